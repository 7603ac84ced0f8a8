/** Program of one element of an evaluation's job array: roll out and score one test trajectory, then end. */
import {changesOf} from "../changes";
import {Lab} from "../lab";
import {findShipped} from "../pretrained/find-shipped";
import {runElement} from "@lola-ts/sweeps";
import {Artifacts} from "../store/artifacts";
import {readEvaluation, type ScoringTask} from "./evaluation-array";

runElement<ScoringTask>(async ({trajectory}, root, name) => {
  const {config, methods} = readEvaluation(root, name);
  const shipped = findShipped(config, undefined, changesOf(config).length > 0);
  await new Lab(config, new Artifacts(root, undefined, shipped)).evaluateOne(trajectory, {methods});
});
