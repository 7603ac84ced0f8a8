/** Program of a {@link Loader}'s thread: makes the batches of the requested steps. */
import {workerData} from "node:worker_threads";
import {serve} from "@lola-ts/core";
import {reopen, type SourceOpener} from "./source";
import {Batches, type Batch, type BatchesOptions} from "./batches";

/** `workerData` of the thread. */
export interface LoaderData {
  readonly source: SourceOpener;
  readonly options: BatchesOptions;
}

const {source, options} = workerData as LoaderData;
let batches: Promise<Batches> | undefined;

serve<number, Batch>(
  async (step) => {
    const opened = await (batches ??= reopen(source).then((files) => new Batches(files, options)));
    opened.seek(step);
    return opened.next();
  },
  ({x, label}) => [x.buffer, ...(label ? [label.buffer] : [])],
);
