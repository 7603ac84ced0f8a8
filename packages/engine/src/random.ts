/**
 * Randomness as a value.
 *
 * A draw is a pure function of an explicit key (seed, counter): no generator hides in the engine, the same key gives
 * the same numbers, and a recorded step stays random because its key is an input.
 */
import {checkOptions, checkParts, Rng, sizeOf, whole} from "@lola-ts/core";
import {attr, rawOp, tf, nativeBackend, type Attr} from "./backend";
import {tensorOf} from "./tensor-rules";

const keyRule = tensorOf([2], "int32");
/** Accept a word of a key: a whole number of 32 bits with a sign, because two numbers must not share a key. */
const wordRule = whole({min: -(2 ** 31), max: 2 ** 31 - 1});

/** Rows of a batch that is shared among ranks: the rows of one rank, after the rows of all ranks before it. */
export interface BatchShare {
  readonly rank: number;
  readonly count: number;
  /** Rows of each rank. */
  readonly rows: number;
}

/** A source of random tensors, determined by its key. */
export class Random {
  /**
   * @param key int32 tensor of shape [2]: seed and counter.
   * @param share draw the rank's rows of what is drawn for the whole of a shared batch: the first axis of what is drawn counts
   *   rows, or rows repeated as a whole. Default: draws are as large as they are asked for.
   * @throws RangeError unless it is such a tensor.
   */
  constructor(
    readonly key: tf.Tensor1D,
    private readonly share?: BatchShare,
  ) {
    checkOptions("Random", keyRule, key, "key");
  }

  /**
   * Make the source of a seed and a counter, such as the index of a training step. {@link Random.from} keeps purposes apart.
   *
   * @throws RangeError unless both are whole numbers of 32 bits.
   */
  static of(seed: number, counter = 0): Random {
    checkParts("Random.of", {seed: wordRule, counter: wordRule}, {seed, counter});
    return new Random(tf.tensor1d([seed, counter], "int32"));
  }

  /**
   * Make the source that is named by `parts`: a purpose, and the numbers that identify the draw.
   *
   * @example const random = Random.from("rollout", seed, trajectory); // unrelated to the source of any other parts
   */
  static from(...parts: (string | number)[]): Random {
    const rng = Rng.from(...parts);
    return new Random(tf.tensor1d([rng.bits() | 0, rng.bits() | 0], "int32"));
  }

  /**
   * Derive an independent source: draws of `fold(0)`, `fold(1)`, `fold(0).fold(1)`, ... are unrelated.
   *
   * @throws RangeError unless `i` is a whole number of 32 bits.
   */
  fold(i: number): Random {
    checkOptions("fold", wordRule, i, "i");
    const offset = tf.tensor1d([Math.imul(i + 1, 0x9e3779b1), 0], "int32");
    const attrs = [attr.type("dtype", "int32"), attr.type("T", "int32"), attr.type("Tseed", "int32")];
    const shape = tf.tensor1d([2], "int32");
    // hashed, because sums alone would make fold(0).fold(1) equal to fold(1).fold(0)
    return this.at(rawOp("StatelessRandomUniformFullInt", [shape, tf.add(this.key, offset)], attrs) as tf.Tensor1D);
  }

  /** Make the source of another key, for the same rows of a batch. */
  at(key: tf.Tensor1D): Random {
    return new Random(key, this.share);
  }

  /** Draw from $\mathcal{N}(0, I)$. */
  normal(shape: number[]): tf.Tensor {
    return this.draw("StatelessRandomNormal", shape);
  }

  /**
   * Draw uniformly from [lo, hi). By default from [0, 1).
   *
   * @throws RangeError unless `lo` is less than `hi`.
   */
  uniform(shape: number[], lo = 0, hi = 1): tf.Tensor {
    if (!(lo < hi)) throw new RangeError(`uniform: expected lo to be less than hi, found ${lo} and ${hi}.`);
    const unit = this.draw("StatelessRandomUniform", shape);
    return lo === 0 && hi === 1 ? unit : unit.mul(hi - lo).add(lo);
  }

  private draw(operation: Distribution, shape: number[]): tf.Tensor {
    if (this.share) return this.drawShare(operation, shape, this.share);
    const attrs = [attr.type("dtype", "float32"), attr.type("T", "int32"), attr.type("Tseed", "int32")];
    return rawOp(operation, [tf.tensor1d(shape, "int32"), this.key], attrs);
  }

  /** Draw a rank's rows of what one process would draw for all of them. */
  private drawShare(operation: Distribution, shape: number[], {rank, count, rows}: BatchShare): tf.Tensor {
    const repeats = shape[0] / rows;
    if (!Number.isInteger(repeats)) {
      throw new RangeError(
        `Random: expected draws for the ${rows} rows of a rank, found the shape [${shape.join(", ")}].`,
      );
    }
    const size = sizeOf(shape) / repeats;
    const part = (_: unknown, i: number) => drawRange(operation, this.key, (i * count + rank) * size, size);
    return tf.tidy(() => tf.concat(Array.from({length: repeats}, part)).reshape(shape));
  }
}

const GROUP = 4; // numbers of one value of the counter
const UINT64 = 23; // TensorFlow's number of the type, which the binding has no name for
const PHILOX = 1;

type Distribution = "StatelessRandomNormal" | "StatelessRandomUniform";

/**
 * Draw the numbers `from` to `from + count` of the draw that the operation makes of a key; recordable. The engine's generator
 * counts: four consecutive numbers of a draw come from one value of a counter, so that a draw can begin anywhere.
 *
 * @see Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011 (Philox)
 */
export function drawRange(operation: Distribution, key: tf.Tensor1D, from: number, count: number): tf.Tensor1D {
  const backend = nativeBackend();
  const {binding} = backend;
  const idOf = (values: tf.Tensor) => backend.getInputTensorIds([values])[0];
  const uint64 = (name: string): Attr => ({name, type: binding.TF_ATTR_TYPE, value: UINT64});
  const skipped = Math.floor(from / GROUP);
  const before = from - skipped * GROUP;
  return tf.tidy(() => {
    const run = (name: string, attrs: Attr[], inputs: number[], outputs: number) =>
      binding.executeOp(name, attrs, inputs, outputs).map(({id}) => id);
    const [generator, start] = run("StatelessRandomGetKeyCounter", [attr.type("Tseed", "int32")], [idOf(key)], 2);
    const casting = [attr.type("SrcT", "int32"), uint64("DstT"), attr.bool("Truncate", false)];
    const [offset] = run("Cast", casting, [idOf(tf.tensor1d([skipped, 0], "int32"))], 1);
    const [counter] = run("AddV2", [uint64("T")], [start, offset], 1);
    const size = idOf(tf.tensor1d([before + count], "int32"));
    const inputs = [size, generator, counter, idOf(tf.scalar(PHILOX, "int32"))];
    const attrs = [attr.type("dtype", "float32"), attr.type("Tshape", "int32")];
    const [numbers] = binding.executeOp(`${operation}V2`, attrs, inputs, 1);
    for (const id of [generator, start, offset, counter]) binding.deleteTensor(id);
    return (backend.createOutputTensor(numbers) as tf.Tensor1D).slice([before], [count]);
  });
}

/**
 * Sources of random tensors side by side, one per row of a batch; recordable where the keys are an input. The numbers of a row do
 * not depend on the other rows: a large ensemble may be generated in chunks of any size.
 */
export class RowRandom {
  /** @param keys int32 tensor $[B, 2]$: the key of each row's {@link Random}. */
  constructor(readonly keys: tf.Tensor2D) {}

  /** Join sources, one per row. */
  static of(rows: readonly Random[]): RowRandom {
    return new RowRandom(tf.stack(rows.map(({key}) => key)) as tf.Tensor2D);
  }

  /** Derive independent sources, {@link Random.fold} of each row's. */
  fold(i: number): RowRandom {
    return RowRandom.of(this.rows().map((row) => row.fold(i)));
  }

  /**
   * Draw from $\mathcal{N}(0, I)$.
   *
   * @param shape $[B, \dots]$ with as many rows as there are keys.
   * @throws RangeError for another number of rows.
   */
  normal([batch, ...shape]: number[]): tf.Tensor {
    if (batch !== this.keys.shape[0]) {
      throw new RangeError(`RowRandom: expected ${this.keys.shape[0]} rows, one per key, found ${batch}.`);
    }
    return tf.stack(this.rows().map((row) => row.normal(shape)));
  }

  private rows(): Random[] {
    return tf.unstack(this.keys).map((key) => new Random(key as tf.Tensor1D));
  }
}
