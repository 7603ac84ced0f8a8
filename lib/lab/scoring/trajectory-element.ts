/** Program of one element of an evaluation's job array: roll out and score one test trajectory, then end. */
import path from "node:path";
import {changesOf} from "../changes";
import {Lab} from "../lab";
import {findShipped} from "../pretrained/find-shipped";
import {runElement} from "../slurm/element";
import {readSubmission} from "../slurm/job-array";
import {Artifacts} from "../store/artifacts";
import type {ScoringTask} from "./evaluation-array";
import {readEvaluation} from "./evaluation-folder";

runElement(async (place, index) => {
  const {tasks} = readSubmission<ScoringTask>(place);
  const task = tasks[index];
  if (!task) throw new RangeError(`${place}: expected an element from 0 to ${tasks.length - 1}, found ${index}.`);
  const home = path.resolve(place, "../..");
  const root = path.resolve(home, "../..");
  const {config, methods} = readEvaluation(root, path.basename(home));
  const shipped = findShipped(config, undefined, changesOf(config).length > 0);
  await new Lab(config, new Artifacts(root, undefined, shipped)).evaluateOne(task.trajectory, {methods});
});
