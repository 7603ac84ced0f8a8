/**
 * Two layouts of convolution kernels: [...spatial, in, out] in the engine, [out, in, ...spatial] in official files.
 */
import {sizeOf} from "@lola-ts/core";

/** Compute the shape of a kernel [...spatial, in, out] in official files. */
export function officialKernelShape(shape: readonly number[]): number[] {
  const [inputs, outputs] = shape.slice(-2);
  return [outputs, inputs, ...shape.slice(0, -2)];
}

/** Write an official kernel into `flat` at `offset`, in the engine's layout of the given shape. */
export function fromOfficialKernel(
  official: Float32Array,
  shape: readonly number[],
  flat: Float32Array,
  offset: number,
): void {
  forEachPlace(shape, (ours, theirs) => (flat[offset + ours] = official[theirs]));
}

/** Copy a kernel from `flat` at `offset`, where it has the given shape, into the official layout. */
export function toOfficialKernel(flat: Float32Array, offset: number, shape: readonly number[]): Float32Array {
  const official = new Float32Array(sizeOf(shape));
  forEachPlace(shape, (ours, theirs) => (official[theirs] = flat[offset + ours]));
  return official;
}

/** Visit the numbers of a kernel of shape [...spatial, in, out]: their places in both layouts. */
function forEachPlace(shape: readonly number[], visit: (ours: number, theirs: number) => void): void {
  const [inputs, outputs] = shape.slice(-2);
  const cells = sizeOf(shape.slice(0, -2));
  for (let i = 0; i < inputs; i++) {
    for (let cell = 0; cell < cells; cell++) {
      for (let o = 0; o < outputs; o++) visit((cell * inputs + i) * outputs + o, (o * inputs + i) * cells + cell);
    }
  }
}
