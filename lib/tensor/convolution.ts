/**
 * Convolutions that keep the grid, with zeros or periodic values beyond its border.
 *
 * A periodic convolution pads by gathering cells, all axes at once. Both gradients are convolutions again: that of
 * the input convolves the padded gradient with the kernel mirrored in space and transposed in channels, which is quicker
 * than TensorFlow's own operation for it.
 */
import {attr, rawOp, tf} from "./backend";
import {differentiable} from "./differentiable";

const T = attr.type("T", "float32");

const gatherAttrs = [attr.type("Tparams", "float32"), attr.type("Tindices", "int32"), attr.type("Taxis", "int32")];

export interface ConvolutionOptions {
  /** Whether the grid is a torus; beyond a border there are zeros otherwise. */
  periodic?: boolean;
}

/** Take cells of the second axis. */
function gather(x: tf.Tensor, cells: Int32Array): tf.Tensor {
  return rawOp("GatherV2", [x, tf.tensor1d(cells, "int32"), tf.scalar(1, "int32")], gatherAttrs);
}

/** Cells of a torus, in row-major order, after extending each axis by half a kernel on both sides. */
function wrappedCells(grid: number[], kernel: number[]): Int32Array {
  let cells = [0];
  grid.forEach((n, axis) => {
    const half = (kernel[axis] - 1) / 2;
    const along = Array.from({length: n + 2 * half}, (_, i) => (((i - half) % n) + n) % n);
    cells = cells.flatMap((cell) => along.map((i) => cell * n + i));
  });
  return Int32Array.from(cells);
}

const cellsOf = new Map<string, Int32Array>();

/** Extend each space axis of [B, ...grid, C] by half a kernel on both sides with values from the other end. */
function wrap(x: tf.Tensor, kernel: number[]): tf.Tensor {
  const grid = x.shape.slice(1, -1);
  const [batch, channels] = [x.shape[0], x.shape[x.rank - 1]];
  const key = `${grid.join()};${kernel.join()}`;
  const cells = cellsOf.get(key) ?? wrappedCells(grid, kernel);
  cellsOf.set(key, cells);
  const extended = grid.map((n, axis) => n + kernel[axis] - 1);
  return gather(x.reshape([batch, -1, channels]), cells).reshape([batch, ...extended, channels]);
}

/** Attributes of TensorFlow's Conv2D, Conv3D and their gradients, for a kernel that visits every cell. */
function convolutionAttrs(space: number, padding: "VALID" | "SAME") {
  const ones = new Array<number>(space + 2).fill(1);
  return [
    T,
    attr.ints("strides", ones),
    attr.ints("dilations", ones),
    attr.string("padding", padding),
    attr.string("data_format", space === 2 ? "NHWC" : "NDHWC"),
  ];
}

/** The kernel mirrored along its space axes, with inputs and outputs exchanged. */
function adjoint(w: tf.Tensor): tf.Tensor {
  const [inputs, outputs] = w.shape.slice(-2);
  const kernel = w.shape.slice(0, -2);
  const cells = kernel.reduce((product, size) => product * size, 1);
  const backwards = Int32Array.from({length: cells}, (_, i) => cells - 1 - i);
  const mirrored = gather(w.reshape([1, cells, inputs * outputs]), backwards).reshape([cells, inputs, outputs]);
  return mirrored.transpose([0, 2, 1]).reshape([...kernel, outputs, inputs]);
}

function operation(space: number, periodic: boolean) {
  const attrs = convolutionAttrs(space, periodic ? "VALID" : "SAME");
  const name = `Conv${space}D`;
  const filterGradient = space === 2 ? "Conv2DBackpropFilter" : "Conv3DBackpropFilterV2";

  return differentiable({
    forward(x, w, b) {
      const padded = periodic ? wrap(x, w.shape.slice(0, space)) : x;
      return [rawOp("BiasAdd", [rawOp(name, [padded, w], attrs), b], [T]), padded, w];
    },
    backward(dy, padded, w) {
      const around = periodic ? wrap(dy, w.shape.slice(0, space)) : dy;
      const dx = rawOp(name, [around, adjoint(w)], attrs);
      const dw = rawOp(filterGradient, [padded, tf.tensor1d(w.shape, "int32"), dy], attrs);
      return [dx, dw, rawOp("BiasAddGrad", [dy], [T])];
    },
    tangents: [
      (t, _padded, w) => rawOp(name, [periodic ? wrap(t, w.shape.slice(0, space)) : t, w], attrs),
      (t, padded) => rawOp(name, [padded, t], attrs),
      (t, padded, w) => {
        const grid = padded.shape.slice(1, -1).map((n, axis) => (periodic ? n - w.shape[axis] + 1 : n));
        return tf.zeros([padded.shape[0], ...grid, t.shape[0]]).add(t);
      },
    ],
  });
}

const operations = new Map<string, (...inputs: tf.Tensor[]) => tf.Tensor>();

/**
 * Convolve a field, keeping its grid.
 *
 * @param x field [B, H, W, in] or [B, D, H, W, in].
 * @param w kernel [kh, kw, in, out] or [kd, kh, kw, in, out] of odd sizes.
 * @param b bias [out].
 * @returns field [B, ...grid, out].
 * @throws RangeError when the ranks do not match, the channels differ, or a kernel size is even.
 */
export function convolution(
  x: tf.Tensor,
  w: tf.Tensor,
  b: tf.Tensor,
  {periodic = false}: ConvolutionOptions = {},
): tf.Tensor {
  const space = w.rank - 2;
  if (!(space === 2 || space === 3) || x.rank !== w.rank || x.shape[x.rank - 1] !== w.shape[space]) {
    throw new RangeError(
      `convolution: expected a field [B, ...grid, ${w.shape[space]}] of rank ${w.rank} for the kernel ` +
        `[${w.shape.join(", ")}], found [${x.shape.join(", ")}].`,
    );
  }
  if (w.shape.slice(0, space).some((size) => size % 2 === 0)) {
    throw new RangeError(`convolution: expected a kernel of odd sizes, found [${w.shape.join(", ")}].`);
  }
  const key = `${space} ${periodic}`;
  const convolve = operations.get(key) ?? operation(space, periodic);
  operations.set(key, convolve);
  return convolve(x, w, b);
}
