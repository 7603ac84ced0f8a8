/**
 * Execution modes of a recorded step, best first.
 *
 * - `function`: a function of the engine's context, which needs the project's build of the binding (environment/native).
 * - `saved-model`: a session over the graph, which every binding of tfjs-node loads from a file; on a GPU its inputs and
 *   outputs pass through the host.
 * - `eager`: the step itself, operation by operation.
 *
 * The environment variable LOLA_COMPILE chooses one of them by name.
 */
import {randomBytes} from "node:crypto";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Binding, TensorInfo} from "../backend";
import {Lazy} from "../../core/lazy";
import {savedModel} from "./graph";
import type {Recording} from "./tracer";

/** Names of the execution modes. */
export const executionModeNames = ["function", "saved-model", "eager"] as const;
export type ExecutionMode = (typeof executionModeNames)[number];

/** An execution mode that needs a graph. */
export type GraphMode = Exclude<ExecutionMode, "eager">;

/** Function of the binding that a mode needs. */
const NEEDS: Record<GraphMode, keyof Binding> = {function: "defineFunction", "saved-model": "runSavedModel"};

/**
 * Choose the best execution mode that the binding supports, or the wanted one.
 *
 * @param wanted name of a mode. Default: LOLA_COMPILE.
 * @throws Error when the wanted mode is unknown or the binding does not support it.
 */
export function chooseExecutionMode(binding: Binding, wanted = process.env.LOLA_COMPILE): ExecutionMode {
  const possible = executionModeNames.filter((mode) => mode === "eager" || NEEDS[mode] in binding);
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

type Graph = Pick<Recording, "graph" | "inputs" | "outputs">;

/**
 * Load a graph into TensorFlow.
 *
 * @param name name of the step in errors and profiles.
 * @throws Error with TensorFlow's message when it refuses the graph, now or when it runs.
 */
export function loadProgram(mode: GraphMode, binding: Binding, graph: Graph, name: string): Program {
  const program = explained(name, () => LOADERS[mode](binding, graph, name));
  return {...program, run: (inputs) => explained(name, () => program.run(inputs))};
}

const LOADERS: Record<GraphMode, typeof asFunction> = {function: asFunction, "saved-model": asSavedModel};

/** Prefix of names, which must differ among all users of the engine: another copy of this module may share it. */
const prefix = new Lazy(() => randomBytes(4).toString("hex"));
let functions = 0;

function asFunction(binding: Binding, {graph, inputs, outputs}: Graph, step: string): Program {
  const name = `${step.replace(/[^A-Za-z0-9_]/g, "_")}_${prefix.get()}_${functions++}`;
  binding.defineFunction(graph, name, inputs, outputs);
  return {
    run: (ids) => binding.executeOp(name, [], ids, outputs.length),
    release: () => binding.removeFunction(name),
  };
}

function asSavedModel(binding: Binding, {graph, inputs, outputs}: Graph): Program {
  const folder = mkdtempSync(path.join(tmpdir(), "lola-compile-"));
  try {
    writeFileSync(path.join(folder, "saved_model.pb"), savedModel(graph, "serve"));
    const id = binding.loadSavedModel(folder, "serve");
    return {
      run: (ids) => binding.runSavedModel(id, ids, inputs.join(), outputs.join()),
      release: () => binding.deleteSavedModel(id),
    };
  } finally {
    rmSync(folder, {recursive: true, force: true}); // the session holds all of it
  }
}

/** Messages of functions and sessions about a missing attribute; nodes are named operation_number. */
const MISSING = [
  /NodeDef missing attr '(?<attribute>\w+)' from Op<name=(?<operation>\w+)/,
  /No attr named '(?<attribute>\w+)' in NodeDef:\s*\[\[\{\{node (?<operation>\w+)_\d+/,
];

/** Call `run`; TensorFlow's error becomes a sentence about the step. */
function explained<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const missing = MISSING.map((pattern) => pattern.exec(message)?.groups).find((groups) => groups);
    const reason = missing
      ? `the operation "${missing.operation}" lacks its attribute "${missing.attribute}", which TensorFlow infers only ` +
        `when it runs by itself: expected attr.type("${missing.attribute}", ...) among its attributes.`
      : `TensorFlow refuses the recorded step: ${message}`;
    throw new Error(`compile: ${name}: ${reason}`, {cause});
  }
}
