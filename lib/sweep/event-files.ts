/** The curves of a training as TensorBoard reads them. */
import {tf} from "../tensor/backend";
import type {Measured} from "./trial";

/** Curves of a training, each a list of steps and values. */
export interface Curves extends Pick<Measured, "loss" | "validation"> {
  /** Single numbers of the whole training. */
  readonly values: Readonly<Record<string, number>>;
  readonly steps: number;
}

/**
 * Write the event file of a training into a folder: its loss and validation error by step, and what was measured at the end.
 */
export function writeEvents(folder: string, {loss, validation, values, steps}: Curves): void {
  const writer = tf.node.summaryFileWriter(folder);
  for (const [step, value] of loss) writer.scalar("loss", value, step);
  for (const [step, value] of validation) writer.scalar("validation", value, step);
  for (const [name, value] of Object.entries(values)) writer.scalar(name.replace(/[@:]/g, "-"), value, steps);
  writer.flush();
}
