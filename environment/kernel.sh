#!/bin/sh
# Starts the notebook kernel from its image, in a third of the processor time, or as it is where no image fits. Jupyter signals
# and measures the process that it starts, so this one becomes the kernel.
folder=$(dirname -- "$0")
image=$(node "$folder/kernel/image/find.cjs") && exec node --snapshot-blob "$image" "$folder/kernel.cjs" "$@"
exec node "$folder/kernel.cjs" "$@"
