/**
 * Batches made ahead of time in another thread, so that training does not wait for the disk.
 */
import {sizeOf} from "../core/shape";
import {Thread} from "../core/workers";
import type {LoaderData} from "./loader-worker";
import type {Source} from "./source";
import {WellSource} from "./well-source";
import {Batches, type Batch, type BatchesOptions, type BatchStream} from "./batches";

/** Bytes of batches that wait to be asked for; at least one batch does, and at most {@link MOST}. */
const AHEAD = 2 ** 28;
const MOST = 4;

/**
 * The same batches as {@link Batches} of a source on the disk. The thread opens the files itself; while a batch is in use,
 * it makes those that follow.
 */
export class Loader implements BatchStream {
  readonly shape: readonly number[];
  readonly epoch: number;
  private readonly thread: Thread<number, Batch>;
  private readonly ahead: number;
  private readonly made = new Map<number, Promise<Batch>>();
  private step = 0;

  /** @throws RangeError as {@link Batches}. */
  constructor(source: WellSource, options: BatchesOptions) {
    const {shape, epoch} = new Batches(source, options);
    this.shape = shape;
    this.epoch = epoch;
    const bytes = 4 * sizeOf(shape);
    this.ahead = Math.min(MOST, Math.max(1, Math.floor(AHEAD / bytes)));
    const data: LoaderData = {source: source.spec, options};
    this.thread = new Thread("data/loader-worker", data);
  }

  /** @throws Error with the reader's own sentence, or if the thread ended. */
  next(): Promise<Batch> {
    const step = this.step++;
    const batch = this.made.get(step) ?? this.ask(step);
    this.made.delete(step);
    for (let later = step + 1; later <= step + this.ahead; later++) {
      if (!this.made.has(later)) this.made.set(later, this.ask(later));
    }
    return batch;
  }

  state(): number {
    return this.step;
  }

  seek(step: number): void {
    if (!(Number.isInteger(step) && step >= 0)) throw new RangeError(`loader: expected a step >= 0, found ${step}`);
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
    batch.catch(() => undefined); // told to whoever asks for this batch; nobody may
    return batch;
  }
}

/** Draw batches: out of memory in this thread, where they cost next to nothing; from the disk ahead of time in another. */
export function openBatches(source: Source, options: BatchesOptions): BatchStream {
  return source instanceof WellSource ? new Loader(source, options) : new Batches(source, options);
}
