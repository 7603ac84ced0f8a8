/** Ranks that train together: the rows that each computes, and what they agree on in the course of a training. */
import {createHash} from "node:crypto";
import {tf, type Ranks, type BatchShare} from "@lola-ts/engine";
import {stateTensors, type TrainState} from "./state";

/**
 * Average loss and gradient over ranks, in one vector with their wish to stop.
 *
 * @param local loss and gradient of this rank's rows, which are disposed of.
 * @param stop whether this rank wants to stop.
 * @returns loss and gradient of the whole batch, and whether any rank wants to stop: the same on all ranks.
 */
export async function averageOverRanks(
  ranks: Ranks,
  [loss, gradient]: tf.Tensor[],
  stop: boolean,
): Promise<{gradient: tf.Tensor[]; stop: boolean}> {
  const {size} = gradient;
  const packed = tf.tidy(() => {
    const end = tf.stack([loss.reshape<tf.Scalar>([]), tf.scalar(stop ? 1 : 0)]);
    return tf.concat([gradient, end]).div<tf.Tensor1D>(ranks.count);
  });
  tf.dispose([loss, gradient]);
  try {
    const sum = await ranks.sum(packed);
    const parts = [sum.slice([size], [1]).reshape([]), sum.slice([0], [size])];
    const wish = sum.slice([size + 1], [1]);
    const isWished = wish.dataSync()[0] > 0;
    tf.dispose([sum, wish]);
    return {gradient: parts, stop: isWished};
  } finally {
    packed.dispose();
  }
}

/**
 * Give all ranks the state of the first one. Where all machines are alike it is theirs already, bit by bit; others may round
 * their updates differently, and would drift apart.
 *
 * @returns the state, new tensors; the given one is disposed of.
 */
export async function firstState(ranks: Ranks, state: TrainState): Promise<TrainState> {
  const own = stateTensors(state);
  const shared: tf.Tensor[] = [];
  for (const tensor of own) {
    const mine = tf.tidy(() => (ranks.rank === 0 ? tensor.clone() : tf.fill(tensor.shape, -0)).flatten());
    const sum = await ranks.sum(mine);
    shared.push(sum.reshape(tensor.shape));
    tf.dispose([mine, sum]);
  }
  tf.dispose(own);
  const [weights, updates, ...rest] = shared;
  const averages = state.average.length;
  return {
    weights: weights as tf.Tensor1D,
    updates: updates as tf.Scalar,
    average: rest.slice(0, averages) as tf.Tensor1D[],
    optimiser: rest.slice(averages),
  };
}

/** Check that all ranks begin with the same: step, configuration and weights. */
export async function requireSameBeginning(
  ranks: Ranks,
  {step, config, weights}: {step: number; config: unknown; weights: tf.Tensor1D},
): Promise<void> {
  const plain = JSON.stringify(config ?? null);
  const [first, ...others] = await ranks.gather([step, ...digest(plain), ...digest(weights.dataSync())]);
  const isSame = (row: number[], from: number, to: number) =>
    row.slice(from, to).join() === first.slice(from, to).join();
  const faults = others.flatMap((row, i) => {
    const rank = `rank ${i + 1}`;
    if (row[0] !== first[0]) {
      return [`rank 0 at step ${first[0]} and ${rank} at step ${row[0]}: do they share one data folder?`];
    }
    if (!isSame(row, 1, 3)) return [`another configuration on ${rank} than on rank 0.`];
    return isSame(row, 3, 5) ? [] : [`other weights on ${rank} than on rank 0.`];
  });
  if (faults.length === 0) return;
  await ranks.part();
  throw new Error(`train: expected all ranks to begin alike, found ${faults[0]}`);
}

/** Hash something to two whole numbers that float32 holds. */
function digest(data: string | ArrayBufferView): number[] {
  const hash = createHash("sha256");
  hash.update(typeof data === "string" ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const bytes = hash.digest();
  return [bytes.readUIntBE(0, 3), bytes.readUIntBE(3, 3)];
}

export type RankOf = Omit<BatchShare, "rows">;

/**
 * List the rows of a batch that belong to a rank: of each micro-batch an equal share, in the order of the ranks. So all ranks
 * together compute what one would, micro-batch by micro-batch.
 *
 * @throws RangeError unless the batch divides by the number of ranks times the number of micro-batches.
 */
export function rankRows(batch: number, {rank, count}: RankOf, microBatches = 1): number[] {
  const rows = batch / (count * microBatches);
  if (!Number.isInteger(rows)) {
    const parts = microBatches === 1 ? `${count} ranks` : `${count} ranks times ${microBatches} micro-batches`;
    throw new RangeError(`train: expected a batch that divides by ${parts}, found ${batch}.`);
  }
  return Array.from({length: rows * microBatches}, (_, i) => {
    const microBatch = Math.floor(i / rows);
    return (microBatch * count + rank) * rows + (i % rows);
  });
}
