/** Program of one element of an evaluation's job array: roll out and score one test trajectory, then end. */
import {changesOf, contestantsOf, evaluateOne, Lab, findShipped, openContext} from "@lola-ts/laboratory/stages";
import {runElement} from "./slurm";
import {Artifacts} from "@lola-ts/cache";
import {readEvaluation, type ScoringTask} from "./evaluation-array";

runElement<ScoringTask>(async ({trajectory}, root, name) => {
  const {config, methods} = readEvaluation(root, name);
  const shipped = findShipped(config, undefined, changesOf(config).length > 0);
  const context = await openContext(new Lab(config, new Artifacts(root, undefined, shipped)));
  const {contestants} = await contestantsOf(context, {methods});
  await evaluateOne(context, contestants, trajectory);
});
