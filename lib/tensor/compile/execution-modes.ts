/**
 * The ways to run a recorded step, best first.
 *
 * - `function`: a function of the engine's own context, which the binding defines since environment/native added that.
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
import {savedModel} from "./graph";
import type {Recording} from "./tracer";

/** Names of the routes. */
export const executionModeNames = ["function", "saved-model", "eager"] as const;
export type ExecutionMode = (typeof executionModeNames)[number];

/** A route to TensorFlow. */
export type GraphMode = Exclude<ExecutionMode, "eager">;

/** What a route needs of the binding. */
const NEEDS: Record<GraphMode, keyof Binding> = {function: "defineFunction", "saved-model": "runSavedModel"};

/**
 * Choose the best route that the binding has, or the wanted one.
 *
 * @throws Error when the wanted route is unknown or the binding lacks it.
 */
export function chooseExecutionMode(binding: Binding, wanted = process.env.LOLA_COMPILE): ExecutionMode {
  const possible = executionModeNames.filter((route) => route === "eager" || NEEDS[route] in binding);
  const route = wanted ? possible.find((name) => name === wanted) : possible[0];
  if (route) return route;
  throw new Error(
    `LOLA_COMPILE: expected a way that this binding can run steps (${possible.join(", ")}), found ${wanted}.`,
  );
}

/** A recorded step in TensorFlow's hands. */
export interface Program {
  /** Run it on the handles of its inputs. */
  run(inputs: number[]): TensorInfo[];
  /** Forget it. */
  release(): void;
}

type Graph = Pick<Recording, "graph" | "inputs" | "outputs">;

/**
 * Hand a graph to TensorFlow.
 *
 * @param name of the step, for errors and profiles.
 * @throws Error with TensorFlow's message when it refuses the graph, now or when it runs.
 */
export function load(route: GraphMode, binding: Binding, graph: Graph, name: string): Program {
  const program = explained(name, () => LOADERS[route](binding, graph, name));
  return {...program, run: (inputs) => explained(name, () => program.run(inputs))};
}

const LOADERS: Record<GraphMode, typeof asFunction> = {function: asFunction, "saved-model": asSavedModel};

/** Names must differ among all users of the engine, which another copy of this module may share. */
const prefix = randomBytes(4).toString("hex");
let functions = 0;

function asFunction(binding: Binding, {graph, inputs, outputs}: Graph, step: string): Program {
  const name = `${step.replace(/[^A-Za-z0-9_]/g, "_")}_${prefix}_${functions++}`;
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
    rmSync(folder, {recursive: true, force: true}); // all of it is in the session now
  }
}

/** How a function's and a session's complaint about a missing attribute begin; nodes are named operation_number. */
const MISSING = [
  /NodeDef missing attr '(?<attribute>\w+)' from Op<name=(?<operation>\w+)/,
  /No attr named '(?<attribute>\w+)' in NodeDef:\s*\[\[\{\{node (?<operation>\w+)_\d+/,
];

/** Run something; TensorFlow's complaint becomes a sentence about the step. */
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
