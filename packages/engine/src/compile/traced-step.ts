/** A step: a function of tensors that can run operation by operation or be recorded. */
import {tf} from "../backend";
import {replaced} from "./trace-guard";

/** A function from tensors to tensors; it may use gradients. */
export type TracedStep = (...inputs: tf.Tensor[]) => tf.Tensor[];

/**
 * Run a step operation by operation; everything but its outputs, which are new tensors, is freed.
 *
 * @param label beginning of error messages.
 * @throws TypeError when the step returns a promise, or anything else but one or more tensors.
 */
export function runTracedStep(step: TracedStep, label: string, inputs: tf.Tensor[]): tf.Tensor[] {
  // clones, because a step may return an input, which is not to be disposed of with the other outputs
  return freeSavedTensorsOnError(() => tf.tidy(() => tensors(step(...inputs), label).map((output) => output.clone())));
}

/** Check the outputs of a step: in a notebook's cell no compiler has. */
function tensors(outputs: unknown, label: string): tf.Tensor[] {
  if (outputs instanceof Promise) {
    outputs.catch(() => undefined); // avoids an unhandled rejection
    throw new TypeError(`${label}: the step returns a promise: expected a function that is not async.`);
  }
  const all: unknown[] = Array.isArray(outputs) ? outputs : [];
  if (all.length === 0 || !all.every((output) => output instanceof tf.Tensor)) {
    const found = outputs instanceof tf.Tensor ? "a tensor by itself" : describe(outputs);
    throw new TypeError(`${label}: expected a step that returns a list of one or more tensors, found ${found}.`);
  }
  return all as tf.Tensor[];
}

function describe(outputs: unknown): string {
  if (!Array.isArray(outputs)) return typeof outputs;
  return outputs.length === 0 ? "an empty list" : "a list with something else in it";
}

/**
 * Run a computation; if it throws, free the tensors that were saved for gradients meanwhile. While a gradient is computed, tfjs
 * keeps the tensors that the backward pass needs out of reach of `tidy`, and does not free them if the function throws.
 */
export function freeSavedTensorsOnError<T>(run: () => T): T {
  const saved: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    saved.push(tensor);
    tensor.kept = true;
    return tensor;
  };
  try {
    return replaced(tf.engine(), "keep", keep, run);
  } catch (error) {
    tf.dispose(saved);
    throw error;
  }
}
