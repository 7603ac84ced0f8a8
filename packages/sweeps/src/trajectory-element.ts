/** Program of one element of an evaluation's job array: roll out and score one test trajectory, then end. */
import {changesOf, Lab, findShipped} from "@lola-ts/laboratory/stages";
import {runElement} from "./slurm";
import {Artifacts} from "@lola-ts/cache";
import {readEvaluation, type ScoringTask} from "./evaluation-array";

runElement<ScoringTask>(async ({trajectory}, root, name) => {
  const {config, methods} = readEvaluation(root, name);
  const shipped = findShipped(config, undefined, changesOf(config).length > 0);
  await new Lab(config, new Artifacts(root, undefined, shipped)).evaluateOne(trajectory, {methods});
});
