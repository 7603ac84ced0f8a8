/**
 * Randomness of a batch whose rows are independent of each other.
 *
 * Each row has its own source, so that its numbers do not depend on the other rows of the batch: a large ensemble may be
 * generated in chunks of any size.
 */
import {tf} from "./backend";
import {Random} from "./random";

/** Sources of random tensors side by side, one per row of a batch; recordable where the keys are an input. */
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
