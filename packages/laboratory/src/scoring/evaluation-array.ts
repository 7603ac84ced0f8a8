/**
 * An evaluation as one job array of Slurm, an element for each test trajectory: it rolls all emulators out and scores all
 * methods on this trajectory, and what it finishes is kept. Collected, the scores are those of an evaluation on one machine.
 */
import {shown, type TableRow} from "@lola-ts/core";
import {scorecard} from "lola/evaluate";
import {chunkSize} from "lola/emulate";
import {Lab} from "../lab";
import {countStates, elementsOf, lastLines, submitArray, type SlurmOptions, squeue} from "@lola-ts/sweeps";
import type {Evaluation} from "../stages/evaluation";
import type {Artifacts} from "../store/artifacts";
import {beginEvaluation, evaluationFolder, readEvaluation, type EvaluationPlan} from "./evaluation-folder";

/** The test trajectory of an element. */
export interface ScoringTask {
  readonly trajectory: number;
}

const keyOf = ({trajectory}: ScoringTask) => `${trajectory}`;

/**
 * Submit the trajectories that are not scored yet. Models must be trained: elements train none.
 *
 * @returns a sentence.
 * @throws RangeError if Slurm is not there or refuses, a model is not trained, or another evaluation has the name.
 */
export async function submitEvaluation(
  artifacts: Artifacts,
  plan: EvaluationPlan,
  options: SlurmOptions,
): Promise<string> {
  squeue(["0"]); // Slurm is there
  const {config, methods, name} = plan;
  const folder = evaluationFolder(artifacts.root, name);
  const all = await trajectoriesOf(artifacts, plan);
  await beginEvaluation(artifacts.root, plan);
  const scored = await new Lab(config, artifacts).scored({methods});
  const elements = elementsOf(folder, keyOf);
  const busy = all.filter((trajectory) => elements.get(keyOf({trajectory}))?.state !== undefined);
  const missing = all.filter((trajectory) => !scored.includes(trajectory) && !busy.includes(trajectory));
  if (missing.length === 0) {
    return `Nothing to submit: ${scored.length} of ${all.length} trajectories are scored, ${busy.length} in the queue.`;
  }
  const array = {
    name: `evaluate-${name}`,
    tasks: inTurn(missing, all, config.rollout.members).map((trajectory) => ({trajectory})),
    program: "packages/laboratory/dist/scoring/trajectory-element.js",
    threads: options.cpus ?? Math.max(1, config.threads),
  };
  const {job, place} = await submitArray<ScoringTask>(folder, array, options);
  return `Job ${job} with ${missing.length} trajectories; npm run lola -- evaluate --collect ${name} shows what is there, logs are in ${shown(place)}.`;
}

/** List the test trajectories, if all models are trained. @throws RangeError if one is not. */
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

/**
 * Sort trajectories so that those that run at a time are not of one chunk of rollouts: the first of each chunk makes it, and
 * the others find it.
 */
export function inTurn(chosen: readonly number[], all: readonly number[], members: number): number[] {
  const chunk = chunkSize(all.length, members);
  const turn = (trajectory: number) => all.indexOf(trajectory) % chunk;
  return [...chosen].sort((a, b) => turn(a) - turn(b) || a - b);
}

/** What is there of an evaluation. */
export interface CollectedEvaluation {
  /** The scorecard, once all trajectories are scored. */
  readonly rows: TableRow[];
  readonly caption: string;
  readonly lines: readonly string[];
}

/** Tell how far an evaluation is, and join its scores once they are all there. */
export async function collectEvaluation(artifacts: Artifacts, name: string): Promise<CollectedEvaluation> {
  const plan = readEvaluation(artifacts.root, name);
  const {methods, config} = plan;
  const all = await trajectoriesOf(artifacts, plan);
  const lab = new Lab(config, artifacts);
  const scored = await lab.scored({methods});
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

/** Tabulate an evaluation as its program prints it. */
export const evaluationRows = (evaluation: Evaluation): TableRow[] =>
  scorecard(evaluation.results(), evaluation.calibrations());
