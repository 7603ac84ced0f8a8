/**
 * Convolutions that preserve the grid, with zeros or periodic values beyond its border.
 *
 * A periodic convolution pads by gathering cells, all axes at once. Both gradients are convolutions again: that of
 * the input convolves the padded gradient with the kernel mirrored in space and transposed in channels, which is quicker
 * than TensorFlow's own operation for it.
 *
 * A convolution saves its input as it came, because another operation often saves the same tensor. It saves the input of a
 * quick map instead of the map's result. For the gradient the input is computed, padded and converted to bfloat16 again.
 */
import {remembered, sizeOf} from "@lola-ts/core";
import {attr, rawOp, tf} from "../backend";
import {differentiable} from "../autodiff/differentiable";
import {again, sourceOf} from "../autodiff/recompute";
import {after} from "../compile/tracer";
import {arithmetic, type Arithmetic, type Precision} from "./precision";

const T = attr.type("T", "float32");

export interface ConvolutionOptions {
  /** Pad with values from the opposite side instead of zeros. Default: false. */
  periodic?: boolean;
  /** Number format of the products; x, w, b, the result and all gradients are float32. Default: "float32". */
  precision?: Precision;
}

function reshape(x: tf.Tensor, shape: number[], {run, type}: Arithmetic): tf.Tensor {
  return run("Reshape", [x, tf.tensor1d(shape, "int32")], [type("T"), attr.type("Tshape", "int32")]);
}

/** Gather cells along the second axis. */
function gather(x: tf.Tensor, cells: Int32Array, {run, type}: Arithmetic): tf.Tensor {
  const attrs = [type("Tparams"), attr.type("Tindices", "int32"), attr.type("Taxis", "int32")];
  return run("GatherV2", [x, tf.tensor1d(cells, "int32"), tf.scalar(1, "int32")], attrs);
}

/** List the cells of a periodic grid, row-major, after extending each axis by half a kernel on both sides. */
const wrappedCells = remembered((grid: number[], kernel: number[]): Int32Array => {
  let cells = [0];
  grid.forEach((n, axis) => {
    const half = (kernel[axis] - 1) / 2;
    const along = Array.from({length: n + 2 * half}, (_, i) => (((i - half) % n) + n) % n);
    cells = cells.flatMap((cell) => along.map((i) => cell * n + i));
  });
  return Int32Array.from(cells);
});

/** Extend each space axis of [B, ...grid, C] by half a kernel on both sides with values from the other end. */
function wrap(x: tf.Tensor, kernel: number[], format: Arithmetic): tf.Tensor {
  const grid = x.shape.slice(1, -1);
  const batch = x.shape[0];
  const channels = x.shape[x.rank - 1];
  const extended = grid.map((n, axis) => n + kernel[axis] - 1);
  const rows = gather(reshape(x, [batch, -1, channels], format), wrappedCells(grid, kernel), format);
  return reshape(rows, [batch, ...extended, channels], format);
}

/** Make the attributes of TensorFlow's Conv2D, Conv3D and their gradients, for a kernel that visits every cell. */
function convolutionAttrs(space: number, padding: "VALID" | "SAME", {type}: Arithmetic) {
  const ones = new Array<number>(space + 2).fill(1);
  return [
    type("T"),
    attr.ints("strides", ones),
    attr.ints("dilations", ones),
    attr.string("padding", padding),
    attr.string("data_format", space === 2 ? "NHWC" : "NDHWC"),
  ];
}

/** Mirror a kernel along its space axes and exchange inputs and outputs. */
function adjoint(w: tf.Tensor, format: Arithmetic): tf.Tensor {
  const [inputs, outputs] = w.shape.slice(-2);
  const kernel = w.shape.slice(0, -2);
  const cells = sizeOf(kernel);
  const backwards = Int32Array.from({length: cells}, (_, i) => cells - 1 - i);
  const rows = gather(reshape(w, [1, cells, inputs * outputs], format), backwards, format);
  const mirrored = reshape(rows, [cells, inputs, outputs], format);
  const order = [format.type("T"), attr.type("Tperm", "int32")];
  const exchanged = format.run("Transpose", [mirrored, tf.tensor1d([0, 2, 1], "int32")], order);
  return reshape(exchanged, [...kernel, outputs, inputs], format);
}

const operation = remembered((space: number, periodic: boolean, precision: Precision) => {
  const format = arithmetic(precision);
  const attrs = convolutionAttrs(space, periodic ? "VALID" : "SAME", format);
  const name = `Conv${space}D`;
  const filterGradient = space === 2 ? "Conv2DBackpropFilter" : "Conv3DBackpropFilterV2";
  const pad = (x: tf.Tensor, {shape}: tf.Tensor) => (periodic ? wrap(x, shape.slice(0, space), format) : x);
  const convolve = (padded: tf.Tensor, w: tf.Tensor) => format.toFloat32(format.run(name, [padded, w], attrs));

  return differentiable({
    forward(x, w, b) {
      const product = convolve(pad(format.from(x), w), format.from(w));
      return [rawOp("BiasAdd", [product, b], [T]), x, w, sourceOf(x)];
    },
    backward(dy, x, w, source) {
      const [lateW] = after([w], dy); // or it would be copied in the forward pass
      const dx = convolve(pad(format.from(dy), w), adjoint(format.from(lateW), format));
      const dw = () => {
        const lateX = format.from(again(x, source, dy));
        const options = [pad(lateX, w), tf.tensor1d(w.shape, "int32"), format.from(dy)];
        return format.toFloat32(format.run(filterGradient, options, attrs));
      };
      return [dx, dw, () => rawOp("BiasAddGrad", [dy], [T])];
    },
    tangents: [
      (t, _x, w) => convolve(pad(format.from(t), w), format.from(w)),
      (t, x) => convolve(pad(format.from(x), t), format.from(t)),
      (t, x) => tf.zeros([...x.shape.slice(0, -1), t.shape[0]]).add(t),
    ],
  });
});

/**
 * Convolve a field on its grid.
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
  {periodic = false, precision = "float32"}: ConvolutionOptions = {},
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
  return operation(space, periodic, precision)(x, w, b);
}
