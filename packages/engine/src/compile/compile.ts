/**
 * Record a step once, then run it as one TensorFlow function.
 *
 * A training step or a sampler's trajectory is thousands of small operations, and calling them one by one from
 * JavaScript costs as much as the arithmetic. `compile` runs a step once while it writes down every operation that
 * reaches the engine, hands the list to TensorFlow as a graph, and from then on calls that graph: one call a step,
 * with operations fused and buffers reused.
 *
 * The graph is a function of the engine where the binding can define one, as the project's own can; with another binding,
 * or LOLA_COMPILE=eager, the step runs operation by operation.
 *
 * A step may be any TypeScript of fixed shapes whose control flow does not depend on tensor values. Randomness
 * and numbers that change from call to call (learning rate, step) must be inputs; any other tensor that the step uses keeps
 * its values of the first call.
 */
import {callable, checkOptions, Lazy} from "@lola-ts/core";
import {nativeBackend, rawOp, tf, type Binding, type TensorInfo} from "../backend";
import {freeCaptured, isRecording, record, type Recording} from "./tracer";
import {runTracedStep, type TracedStep} from "./traced-step";
import {randomBytes} from "node:crypto";

/** Maximum number of recorded variants (input shapes) of a compiled step; the least recently used is dropped first. */
const VARIANTS = 8;

const {binding} = nativeBackend();

/** A step that runs as one TensorFlow function for each combination of input shapes. */
export interface Compiled {
  (...inputs: tf.Tensor[]): tf.Tensor[];
  /** Remove all recorded functions and free the tensors that they captured. */
  dispose(): void;
}

interface Variant {
  program: Program;
  recording: Recording;
}

/** Record `step` for the shapes of `inputs` and hand it to TensorFlow. */
function define(step: TracedStep, name: string, inputs: tf.Tensor[]): Variant {
  const copies = inputs.map((input) => rawOp("Identity", [input])); // inputs that share a value now may not later
  try {
    const recording = record(step, name, copies);
    try {
      return {program: loadProgram(binding, recording, name), recording};
    } catch (error) {
      freeCaptured(recording);
      throw error;
    }
  } finally {
    tf.dispose(copies);
  }
}

function release({program, recording}: Variant): void {
  program.release();
  freeCaptured(recording);
}

/**
 * Compile a step: the first call with new input shapes records it, every call runs the recorded function.
 *
 * @param step function of tensors; it may use gradients, and must be the same sequence of operations every time.
 * @param name name of the step in errors and profiles. Default: "step".
 * @returns the compiled step; its results are new tensors that belong to the caller.
 * @throws Error when the step does something that cannot be recorded: reads a tensor's values, is asynchronous, draws
 * random numbers without a key, assigns to a variable, or returns no tensors; or when TensorFlow refuses the graph.
 * @example const step = compile((x, w) => [tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)]);
 */
export function compile(step: TracedStep, name = "step"): Compiled {
  checkOptions("compile", callable, step, "step");
  if (chooseExecutionMode(binding) === "eager") {
    const run = (...inputs: tf.Tensor[]) => runTracedStep(step, `compile: ${name}`, inputs);
    return nativeBackend().accelerate?.(run) ?? Object.assign(run, {dispose: () => undefined});
  }
  const variants = new Map<string, Variant>();

  const call = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    if (isRecording()) return step(...inputs);
    const key = inputs.map(({dtype, shape}) => `${dtype}[${shape.join(",")}]`).join(";");
    const variant = variants.get(key) ?? define(step, name, inputs);
    variants.delete(key);
    variants.set(key, variant); // most recently used last
    if (variants.size > VARIANTS) {
      const [oldest, stale] = variants.entries().next().value as [string, Variant];
      variants.delete(oldest);
      release(stale);
    }

    const backend = nativeBackend();
    const ids = [...backend.getInputTensorIds(inputs), ...variant.recording.captured];
    return variant.program.run(ids).map((info) => backend.createOutputTensor(info));
  };

  return Object.assign(call, {
    dispose: () => {
      variants.forEach(release);
      variants.clear();
    },
  });
}

export const executionModeNames = ["function", "eager"] as const;
export type ExecutionMode = (typeof executionModeNames)[number];

/**
 * Choose the best execution mode that the binding supports, or the wanted one.
 *
 * @param wanted name of a mode. Default: LOLA_COMPILE.
 */
export function chooseExecutionMode(binding: Binding, wanted = process.env.LOLA_COMPILE): ExecutionMode {
  const possible = executionModeNames.filter((mode) => mode === "eager" || "defineFunction" in binding);
  const mode = wanted ? possible.find((name) => name === wanted) : possible[0];
  if (mode) return mode;
  throw new Error(
    `LOLA_COMPILE: expected an execution mode of this binding (${possible.join(", ")}), found ${wanted}.`,
  );
}

/** A recorded step that TensorFlow has loaded: it runs on the handles of its inputs. */
export interface Program {
  run(inputs: number[]): TensorInfo[];
  release(): void;
}

/** Prefix of names, which must differ among all users of the engine: another copy of this module may share it. */
const prefix = new Lazy(() => randomBytes(4).toString("hex"));
let functions = 0;

/**
 * Load a graph into TensorFlow as a function.
 *
 * @param step name of the step in errors and profiles.
 * @throws Error with TensorFlow's message when it refuses the graph, now or when it runs.
 */
export function loadProgram(
  binding: Binding,
  {graph, inputs, outputs}: Pick<Recording, "graph" | "inputs" | "outputs">,
  step: string,
): Program {
  const name = `${step.replace(/[^A-Za-z0-9_]/g, "_")}_${prefix.get()}_${functions++}`;
  explained(step, () => binding.defineFunction(graph, name, inputs, outputs));
  return {
    run: (ids) => explained(step, () => binding.executeOp(name, [], ids, outputs.length)),
    release: () => binding.removeFunction(name),
  };
}

const MISSING = /NodeDef missing attr '(?<attribute>\w+)' from Op<name=(?<operation>\w+)/;

/** Call `run`; TensorFlow's error becomes a sentence about the step. */
function explained<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const missing = MISSING.exec(message)?.groups;
    const reason = missing
      ? `the operation "${missing.operation}" lacks its attribute "${missing.attribute}", which TensorFlow infers only ` +
        `when it runs by itself: expected attr.type("${missing.attribute}", ...) among its attributes.`
      : `TensorFlow refuses the recorded step: ${message}`;
    throw new Error(`compile: ${name}: ${reason}`, {cause});
  }
}
