/** The curves of a training as TensorBoard reads them. */
import {explainWriteError, shown} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import type {Measured} from "./trial";

/** Curves of a training, each a list of steps and values. */
export interface Curves extends Pick<Measured, "loss" | "validation"> {
  /** Single numbers of the whole training. */
  readonly values: Readonly<Record<string, number>>;
  readonly steps: number;
}

/**
 * Write the event file of a training into a folder: its loss and validation error by step, and what was measured at the end.
 *
 * @throws LabError naming the folder if the disk is full.
 */
export function writeEvents(folder: string, {loss, validation, values, steps}: Curves): void {
  try {
    const writer = tf.node.summaryFileWriter(folder);
    for (const [step, value] of loss) writer.scalar("loss", value, step);
    for (const [step, value] of validation) writer.scalar("validation", value, step);
    for (const [name, value] of Object.entries(values)) writer.scalar(name.replace(/[@:]/g, "-"), value, steps);
    writer.flush();
  } catch (error) {
    // TensorFlow's binding has its status in the message alone; 8 is RESOURCE_EXHAUSTED, of a file writer a full disk
    const isFull = /TF_Status: 8\b/.test((error as Error).message);
    throw isFull ? explainWriteError({code: "ENOSPC"}, shown(folder)) : error;
  }
}
