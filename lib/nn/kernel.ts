/**
 * Two layouts of convolution kernels: [...spatial, in, out] in the engine, [out, in, ...spatial] in official files.
 *
 * Both directions are one transposition in blocks, from one vector into a place of another: a kernel of a hundred
 * megabytes is moved once, without intermediate copies.
 */
import {sizeOf} from "@lola-ts/core";

/** Side of a block: two of them fit into the fastest cache. */
const BLOCK = 32;

/** Sizes of a kernel of shape [...spatial, in, out]. */
interface Sizes {
  readonly outputs: number;
  /** Length of a row of the official layout: in x cells. */
  readonly columns: number;
  /** Offsets in the engine's layout of the columns (in, cell) of the official one. */
  readonly places: Int32Array | Float64Array;
}

function sizesOf(shape: readonly number[]): Sizes {
  const [inputs, outputs] = shape.slice(-2);
  const cells = sizeOf(shape.slice(0, -2));
  const columns = inputs * cells;
  const places = columns * outputs < 2 ** 31 ? new Int32Array(columns) : new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    places[column] = ((column % cells) * inputs + Math.floor(column / cells)) * outputs;
  }
  return {outputs, columns, places};
}

/** Visit blocks of rows (outputs) and columns. */
function inBlocks({outputs, columns}: Sizes, run: (o0: number, o1: number, k0: number, k1: number) => void): void {
  for (let k = 0; k < columns; k += BLOCK) {
    const end = Math.min(k + BLOCK, columns);
    for (let o = 0; o < outputs; o += BLOCK) run(o, Math.min(o + BLOCK, outputs), k, end);
  }
}

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
  const sizes = sizesOf(shape);
  const {columns, places} = sizes;
  inBlocks(sizes, (o0, o1, k0, k1) => {
    for (let k = k0; k < k1; k++) {
      const place = offset + places[k];
      for (let o = o0; o < o1; o++) flat[place + o] = official[o * columns + k];
    }
  });
}

/** Copy a kernel from `flat` at `offset`, where it has the given shape, into the official layout. */
export function toOfficialKernel(flat: Float32Array, offset: number, shape: readonly number[]): Float32Array {
  const sizes = sizesOf(shape);
  const {outputs, columns, places} = sizes;
  const official = new Float32Array(outputs * columns);
  inBlocks(sizes, (o0, o1, k0, k1) => {
    for (let o = o0; o < o1; o++) {
      for (let k = k0; k < k1; k++) official[o * columns + k] = flat[offset + places[k] + o];
    }
  });
  return official;
}
