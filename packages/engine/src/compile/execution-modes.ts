/**
 * Execution modes of a recorded step, best first.
 *
 * - `function`: a function of the engine's context, which needs the project's build of the binding (packages/engine/native).
 * - `eager`: the step itself, operation by operation.
 *
 * The environment variable LOLA_COMPILE chooses one of them by name.
 */
import {randomBytes} from "node:crypto";
import type {Binding, TensorInfo} from "../backend";
import {Lazy} from "@lola-ts/core";
import type {Recording} from "./tracer";

/** Names of the execution modes. */
export const executionModeNames = ["function", "eager"] as const;
export type ExecutionMode = (typeof executionModeNames)[number];

/**
 * Choose the best execution mode that the binding supports, or the wanted one.
 *
 * @param wanted name of a mode. Default: LOLA_COMPILE.
 * @throws Error when the wanted mode is unknown or the binding does not support it.
 */
export function chooseExecutionMode(binding: Binding, wanted = process.env.LOLA_COMPILE): ExecutionMode {
  const possible = executionModeNames.filter((mode) => mode === "eager" || "defineFunction" in binding);
  const mode = wanted ? possible.find((name) => name === wanted) : possible[0];
  if (mode) return mode;
  throw new Error(
    `LOLA_COMPILE: expected an execution mode of this binding (${possible.join(", ")}), found ${wanted}.`,
  );
}

/** A recorded step that TensorFlow has loaded. */
export interface Program {
  /** Run the step on the handles of its inputs. */
  run(inputs: number[]): TensorInfo[];
  /** Remove the step from TensorFlow. */
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

/** TensorFlow's message about a missing attribute. */
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
