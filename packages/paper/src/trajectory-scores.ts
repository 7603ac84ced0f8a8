/** Scores of single trajectories in one readable file a system, which carries its verdicts: npm run lola -- claims */
import {checkOptions} from "@lola-ts/core";
import {toCsv, trajectoryRows, type Horizon, type Result, type TrajectoryScores} from "lola/evaluate";
import {parameterBlocks, rivals, untrainedRivals, type Lab} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {overSeeds, seededMethods} from "./seeds";

/** Name of the file in a folder of figures. */
const FILE = "scores.csv";

/** Scores that claims are decided by: over the horizons and, as a horizon of its own, of the first state that is predicted. */
export async function claimScores(lab: Lab): Promise<TrajectoryScores> {
  const {config, methods} = lab;
  const evaluation = await lab.evaluation({methods: seededMethods(config, methods)});
  const first: Horizon = [config.stride, config.stride];
  const spans = [...config.horizons, first];
  const results = overSeeds(evaluation, config, {methods, spans});
  return {results, blocks: parameterBlocks(await lab.dataset())};
}

/**
 * Write the scores of each test trajectory to scores.csv in the laboratory's folder: of all methods and seeds, of the rivals at
 * the middle rate, and of those that need no training. The verbs `claims` and `claim` read it.
 *
 * @returns the file.
 */
export async function saveTrajectoryScores(lab: Lab): Promise<string> {
  checkOptions("saveTrajectoryScores", labRule, lab, "lab");
  const {results, blocks} = await claimScores(lab);
  const {config} = lab;
  const beside: Result[] = [];
  for (const methods of [rivals(config), untrainedRivals(config)]) {
    const evaluation = await lab.evaluation({methods, trivial: false});
    beside.push(...evaluation.results().filter(({method}) => method !== "autoencoder"));
  }
  return lab.saveText(toCsv(trajectoryRows([...results, ...beside], blocks)), FILE);
}
