/** Embeddings of numbers: diffusion times, and the positions of tokens. */
import {sizeOf} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import {Linear, constantInit} from "./linear";
import {nest, type BoundParameters, type Specs} from "./module";

/** Ratio of the highest to the lowest frequency. */
const RANGE = 1e3;

/**
 * Encoding of numbers by sines and cosines, $(\sin x f, \cos x f)$ with $f_i = 1000^{-i / (n - 1)}$, $i = 0, \dots, n - 1$, $n$ half the
 * features.
 */
export class SineEncoding {
  readonly specs: Specs;
  /** Frequencies, single precision as in official files. */
  readonly frequencies: Float32Array;

  /** @throws RangeError unless the number of features is even. */
  constructor(readonly features: number) {
    if (!(features > 0 && features % 2 === 0)) {
      throw new RangeError(`SineEncoding: expected an even number of features, found ${features}.`);
    }
    const n = features / 2;
    this.frequencies = Float32Array.from({length: n}, (_, i) => RANGE ** -(n === 1 ? 0 : i / (n - 1)));
    this.specs = {freqs: {shape: [n], init: constantInit(this.frequencies), trainable: false}};
  }

  /** Encode a tensor of numbers [...] as [..., features]. */
  forward(p: BoundParameters, x: tf.Tensor): tf.Tensor {
    const phase = x.reshape([...x.shape, 1]).mul(p.get("freqs"));
    return tf.concat([phase.sin(), phase.cos()], -1);
  }

  /** Encode an array of numbers, row by row, [numbers, features]. */
  encode(x: ArrayLike<number>): Float32Array {
    const {features, frequencies} = this;
    const out = new Float32Array(x.length * features);
    for (let i = 0; i < x.length; i++) {
      frequencies.forEach((frequency, j) => {
        const phase = Math.fround(x[i] * frequency);
        out[i * features + j] = Math.sin(phase);
        out[i * features + features / 2 + j] = Math.cos(phase);
      });
    }
    return out;
  }
}

/** List the integer coordinates of a grid's cells in row-major order, [cells, axes]. */
export function coordinates(grid: readonly number[]): Float32Array {
  const cells = sizeOf(grid);
  const out = new Float32Array(cells * grid.length);
  for (let cell = 0; cell < cells; cell++) {
    let rest = cell;
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      out[cell * grid.length + axis] = rest % grid[axis];
      rest = Math.floor(rest / grid[axis]);
    }
  }
  return out;
}

/** Embedding of a token's position: a linear layer of the encoded coordinates. */
export class PositionalEmbedding {
  readonly specs: Specs;
  private readonly sine: SineEncoding;
  private readonly linear: Linear;

  constructor(
    private readonly spatial: number,
    features: number,
  ) {
    this.sine = new SineEncoding(features);
    this.linear = new Linear(features * spatial, features);
    this.specs = {...nest("0", this.sine.specs), ...nest("2", this.linear.specs)};
  }

  /** Embed all positions. @param grid number of tokens along each axis. @returns [tokens, features]. */
  forward(p: BoundParameters, grid: readonly number[]): tf.Tensor2D {
    const waves = this.sine.encode(coordinates(grid)); // [tokens, axes, features]
    const x = tf.tensor2d(waves, [
      waves.length / (this.spatial * this.sine.features),
      this.spatial * this.sine.features,
    ]);
    return this.linear.forward(p.in("2"), x) as tf.Tensor2D;
  }
}
