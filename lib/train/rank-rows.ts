/** Rows of a batch that a rank computes. */
import type {BatchShare} from "@lola-ts/engine";

/** A rank among others. */
export type RankOf = Omit<BatchShare, "rows">;

/**
 * List the rows of a batch that belong to a rank: of each micro-batch an equal share, in the order of the ranks. So all ranks
 * together compute what one would, micro-batch by micro-batch.
 *
 * @throws RangeError unless the batch divides by the number of ranks times that of micro-batches.
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
