/**
 * In place of the browser's accelerator: a recorded step's results are the graphics processor's at its first call already. They
 * come later, so a test that asks for them ends, and begins again once they are there.
 */
import * as tf from "@tensorflow/tfjs-core";
import {Processor, Program} from "../../../packages/engine/src/browser/webgpu/program";
import {record} from "../../../packages/engine/src/browser/webgpu/recording";

type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Results that are on their way. */
class Later extends Error {
  constructor(readonly results: Promise<unknown>) {
    super("results are on their way");
  }
}

interface Result {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

let processor: Processor | undefined;
let isRecording = false;
let results: Result[][] = [];
let at = 0;

/** Numbers of operations of the steps that ran on the graphics processor. */
export const ran: number[] = [];

export const acceleration = () => undefined;
export const proved = () => Promise.resolve();
export const arrived = () => Promise.resolve();

export async function startAcceleration(): Promise<boolean> {
  processor = await Processor.start();
  return true;
}

/** Run a step on the graphics processor. */
export async function compute(step: Step, inputs: tf.Tensor[]) {
  isRecording = true;
  const {recording, answer} = record(step, inputs);
  isRecording = false;
  tf.dispose(answer);
  const program = await Program.load(processor!, recording);
  const found = await program.run(inputs);
  const results = found.map((values, n): Result => ({values, shape: recording.outputs[n].shape}));
  return {results, recording, program};
}

export function accelerate(step: Step): Step & {dispose(): void} {
  const run = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    if (!processor || isRecording) return step(...inputs);
    const n = at++;
    if (n < results.length) return results[n].map(({values, shape}) => tf.tensor(values, [...shape]));
    const own = inputs.map((x) => tf.keep(tf.tensor(x.dataSync(), x.shape, x.dtype)));
    const later = compute(step, own).then(({results: found, recording, program}) => {
      results.push(found);
      ran.push(recording.operations.length);
      program.dispose();
      tf.dispose(own);
    });
    throw new Later(later);
  };
  return Object.assign(run, {dispose: () => undefined});
}

/** Run something from its beginning each time that results have come. */
export async function untilThere(run: () => Promise<void>): Promise<void> {
  for (results = []; ;) {
    at = 0;
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      await error.results;
    }
  }
}
