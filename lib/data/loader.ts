/** Batches that another thread prepares ahead of time, so that training does not wait for the disk. */
import {requireInteger, checkOptions, sizeOf, Thread, programFile} from "@lola-ts/core";
import type {LoaderData} from "./loader-worker";
import {fileSourceRule, isFileSource, type FileSource, type TrajectorySource} from "./source";
import {Batches, type Batch, type BatchesOptions, type BatchStream} from "./batches";

/** Bytes of batches that are prepared ahead: at least one batch, at most {@link MAX_BATCHES}. */
const AHEAD = 2 ** 28;
const MAX_BATCHES = 4;

/**
 * The batches of {@link Batches} for a source on the disk, prepared by a thread that opens the files itself: while a batch
 * is in use, it makes those that follow.
 */
export class Loader implements BatchStream {
  readonly shape: readonly number[];
  readonly epoch: number;
  private readonly thread: Thread<number, Batch>;
  private readonly ahead: number;
  private readonly made = new Map<number, Promise<Batch>>();
  private step = 0;

  /** @throws RangeError as {@link Batches}. */
  constructor(source: FileSource, options: BatchesOptions) {
    checkOptions("Loader", fileSourceRule, source, "source");
    const {shape, epoch} = new Batches(source, options);
    this.shape = shape;
    this.epoch = epoch;
    const bytes = 4 * sizeOf(shape);
    this.ahead = Math.min(MAX_BATCHES, Math.max(1, Math.floor(AHEAD / bytes)));
    const data: LoaderData = {source: source.opener, options};
    this.thread = new Thread(programFile(__dirname, "loader-worker"), data);
  }

  /** @throws Error with the reader's message, or if the thread ended. */
  next(): Promise<Batch> {
    const step = this.step++;
    const batch = this.made.get(step) ?? this.ask(step);
    this.made.delete(step);
    for (let later = step + 1; later <= step + this.ahead; later++) {
      if (!this.made.has(later)) this.made.set(later, this.ask(later));
    }
    return batch;
  }

  seek(step: number): void {
    requireInteger("Loader.seek", "step", step, {min: 0});
    this.step = step;
    for (const known of this.made.keys()) {
      if (known < step || known > step + this.ahead) this.made.delete(known);
    }
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private ask(step: number): Promise<Batch> {
    const batch = this.thread.ask(step, `batch ${step}`);
    batch.catch(() => undefined); // reaches whoever awaits this batch; avoids an unhandled rejection if nobody does
    return batch;
  }
}

/** Open a stream of batches: {@link Batches} for a source in memory, a {@link Loader} for files. */
export function openBatches(source: TrajectorySource, options: BatchesOptions): BatchStream {
  return isFileSource(source) ? new Loader(source, options) : new Batches(source, options);
}
