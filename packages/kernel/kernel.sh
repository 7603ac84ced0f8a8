#!/bin/sh
# Starts the kernel from its image, in a third of the processor time, or as it is where no image fits: `kernel.sh CONNECTION
# SETTINGS`. Jupyter signals and measures the process that it starts, so this one becomes the kernel.
folder=$(dirname -- "$0")/dist
image=$(node "$folder/image/find.js" "$2") && exec node --snapshot-blob "$image" "$folder/main.js" "$@"
exec node "$folder/main.js" "$@"
