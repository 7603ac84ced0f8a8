/** Scores of single trajectories in one readable file a system, which carries its verdicts: npm run lola -- claims */
import {checkOptions} from "@lola-ts/core";
import {
  toCsv,
  trajectoryRows,
  type Horizon,
  type Result,
  type ScoredMetric,
  type TrajectoryScores,
} from "lola/evaluate";
import {parameterBlocks, rivals, untrainedRivals, type Lab} from "@lola-ts/laboratory";
import {labRule, saveText} from "@lola-ts/laboratory/stages";
import {fewResults, type FewScores} from "./claims/few-scores";
import {comparedContexts, contextResults} from "./score-tables";
import {overSeeds, seededMethods} from "./seeds";
import {pooledOverRates} from "./tables/context-table";

/** Name of the file in a folder of figures. */
const FILE = "scores.csv";

/** Metrics that claims ask of rivals without training, which are many. */
const UNTRAINED: readonly ScoredMetric[] = ["vrmse", "rmse", "crps", "crpsClimate", "energyClimate"];

/** Test trajectories of what is scored for claims alone. */
export const FEW = 8;

/** Scores that claims are decided by: over the horizons and, as a horizon of its own, of the first state that is predicted. */
export async function claimScores(lab: Lab): Promise<TrajectoryScores> {
  const {config, methods} = lab;
  const evaluation = await lab.evaluation({methods: seededMethods(config, methods), climate: true});
  const first: Horizon = [config.stride, config.stride];
  const spans = [...config.horizons, first];
  const results = overSeeds(evaluation, config, {methods, spans});
  return {results, blocks: parameterBlocks(await lab.dataset())};
}

/** Score the first few trajectories relative to auto-encoded states, and by the number of context states. */
export async function fewScores(lab: Lab, trajectories = FEW): Promise<FewScores> {
  const few = withFew(lab, trajectories);
  const relative = await few.with({metrics: {reference: "autoencoded"}}).evaluation();
  const evaluation = await lab.evaluation({methods: seededMethods(lab.config, lab.methods)});
  const same = evaluation.of((await few.dataset()).testTrajectories);
  const contexts = await contextResults(few, comparedContexts(few));
  return {
    relative: {results: relative.results(), absolute: same.results()},
    contexts: contexts.map((one) => ({context: one.context, scores: pooledOverRates(one)})),
  };
}

/** Keep a few of a laboratory's test trajectories. */
export const withFew = (lab: Lab, trajectories = FEW): Lab =>
  lab.with({rollout: {trajectories: Math.min(trajectories, lab.config.rollout.trajectories)}});

/**
 * Write the scores of each test trajectory to scores.csv in the laboratory's folder: of all methods and seeds, of the rivals at
 * the middle rate, of those that need no training, and of a few trajectories what some claims rest on. The verbs `claims` and `claim` read it.
 *
 * @returns the file.
 */
export async function saveTrajectoryScores(lab: Lab): Promise<string> {
  checkOptions("saveTrajectoryScores", labRule, lab, "lab");
  const {results, blocks} = await claimScores(lab);
  const {config} = lab;
  const beside: Result[] = [];
  for (const [methods, metrics] of [[rivals(config)], [untrainedRivals(config), UNTRAINED]] as const) {
    const evaluation = await lab.evaluation({methods, trivial: false, climate: true});
    const scored = evaluation.results().filter(({method}) => method !== "autoencoder");
    beside.push(...scored.filter(({metric}) => metrics?.includes(metric) ?? true));
  }
  const {testTrajectories} = await lab.dataset();
  const {testTrajectories: few} = await withFew(lab).dataset();
  const places = few.map((trajectory) => testTrajectories.indexOf(trajectory));
  const further = fewResults(await fewScores(lab), places, testTrajectories.length);
  return saveText(lab, toCsv(trajectoryRows([...results, ...beside, ...further], blocks)), FILE);
}
