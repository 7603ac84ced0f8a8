/**
 * An evaluation as one job array of Slurm, an element for each test trajectory: it rolls all emulators out and scores all
 * methods on this trajectory, and what it finishes is kept. Collected, the scores equal an evaluation's on one machine.
 * data/evaluations/name/evaluation.json says what is scored.
 */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {parseJson, shown, writeWhole, type TableRow} from "@lola-ts/core";
import {scorecard} from "lola/evaluate";
import {chunkSize} from "lola/emulate";
import {
  contestantsOf,
  Lab,
  openContext,
  scoredTrajectories,
  type Evaluation,
  type Config,
  differences,
  inWords,
  type EmulatorSpec,
} from "@lola-ts/laboratory/stages";
import {countStates, elementsOf, lastLines, submitArray, type SlurmOptions, squeue} from "./slurm";
import type {Artifacts} from "@lola-ts/cache";

export interface EvaluationPlan {
  readonly name: string;
  readonly config: Config;
  readonly methods: readonly EmulatorSpec[];
}

export function evaluationFolder(root: string, name: string): string {
  return path.join(root, "evaluations", name);
}

export function readEvaluation(root: string, name: string): EvaluationPlan {
  const file = path.join(evaluationFolder(root, name), "evaluation.json");
  if (existsSync(file)) return {...(parseJson(readFileSync(file, "utf8")) as EvaluationPlan), name};
  const folder = path.join(root, "evaluations");
  const known = existsSync(folder) ? readdirSync(folder).join(", ") : "none";
  throw new RangeError(`evaluate: expected an evaluation of the name ${name} in ${shown(folder)}, found ${known}.`);
}

export async function beginEvaluation(root: string, {name, ...definition}: EvaluationPlan): Promise<void> {
  const folder = evaluationFolder(root, name);
  const file = path.join(folder, "evaluation.json");
  const text = `${JSON.stringify(definition, null, 1)}\n`;
  if (!existsSync(file)) return writeWhole(file, text);
  const {name: _, ...before} = readEvaluation(root, name);
  const [change] = differences(before, parseJson(text), "");
  if (!change) return;
  throw new RangeError(
    `evaluate: expected the evaluation ${name} as it was begun, found ${inWords([change])[0]} instead of ${change.preset}; ` +
      `give it another name, or remove ${shown(folder)}.`,
  );
}

export interface ScoringTask {
  readonly trajectory: number;
}

const keyOf = ({trajectory}: ScoringTask) => `${trajectory}`;

/** Submit the trajectories that are not scored yet. Models must be trained: elements train none. */
export async function submitEvaluation(artifacts: Artifacts, plan: EvaluationPlan, options: SlurmOptions) {
  squeue(["0"]); // Slurm is there
  const {config, methods, name} = plan;
  const folder = evaluationFolder(artifacts.root, name);
  const all = await trajectoriesOf(artifacts, plan);
  await beginEvaluation(artifacts.root, plan);
  const scored = await scoredIn(new Lab(config, artifacts), methods);
  const elements = elementsOf(folder, keyOf);
  const busy = all.filter((trajectory) => elements.get(keyOf({trajectory}))?.state !== undefined);
  const missing = all.filter((trajectory) => !scored.includes(trajectory) && !busy.includes(trajectory));
  if (missing.length === 0) {
    return `Nothing to submit: ${scored.length} of ${all.length} trajectories are scored, ${busy.length} in the queue.`;
  }
  const array = {
    name: `evaluate-${name}`,
    tasks: inTurn(missing, all, config.rollout.members).map((trajectory) => ({trajectory})),
    program: "packages/sweeps/dist/trajectory-element.js",
    threads: options.cpus ?? Math.max(1, config.threads),
  };
  const {job, place} = await submitArray<ScoringTask>(folder, array, options);
  return `Job ${job} with ${missing.length} trajectories; npm run lola -- evaluate --collect ${name} shows the finished part, logs are in ${shown(place)}.`;
}

async function trajectoriesOf(artifacts: Artifacts, {config, methods}: EvaluationPlan): Promise<readonly number[]> {
  const lab = new Lab(config, artifacts.finished());
  try {
    await lab.emulators(methods);
    return (await lab.dataset()).testTrajectories;
  } catch (error) {
    throw new RangeError(
      `evaluate: expected trained models, found that ${(error as Error).message}; ` +
        "npm start, a sweep, or the same command without --backend slurm trains them.",
    );
  }
}

async function scoredIn(lab: Lab, methods: EvaluationPlan["methods"]): Promise<number[]> {
  const context = await openContext(lab);
  return scoredTrajectories(context, (await contestantsOf(context, {methods})).contestants);
}

/** Sort trajectories so that those that run at a time are not of one chunk of rollouts: the first of each makes it for the others. */
export function inTurn(chosen: readonly number[], all: readonly number[], members: number): number[] {
  const chunk = chunkSize(all.length, members);
  const turn = (trajectory: number) => all.indexOf(trajectory) % chunk;
  return [...chosen].sort((a, b) => turn(a) - turn(b) || a - b);
}

export async function collectEvaluation(artifacts: Artifacts, name: string) {
  const plan = readEvaluation(artifacts.root, name);
  const {methods, config} = plan;
  const all = await trajectoriesOf(artifacts, plan);
  const lab = new Lab(config, artifacts);
  const scored = await scoredIn(lab, methods);
  const elements = [...elementsOf(evaluationFolder(artifacts.root, name), keyOf).values()];
  const lost = elements.filter(({state, task}) => state === undefined && !scored.includes(task.trajectory));
  const {running, waiting} = countStates(elements);
  const lines = [
    `${scored.length} of ${all.length} trajectories scored, ${running} running, ${waiting} waiting, ${lost.length} failed.`,
    ...lost.flatMap(({task, log}) => [
      `failed: trajectory ${task.trajectory}`,
      ...lastLines(log).map((line) => `    ${line}`),
    ]),
    ...(lost.length > 0 ? ["The command that submitted it submits what is missing again."] : []),
  ];
  const rows = scored.length === all.length ? evaluationRows(await lab.evaluation({methods})) : [];
  return {rows, caption: lab.caption, lines};
}

export const evaluationRows = (evaluation: Evaluation): TableRow[] =>
  scorecard(evaluation.results(), evaluation.calibrations());
