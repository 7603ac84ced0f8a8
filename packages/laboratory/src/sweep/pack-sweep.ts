/** Pack a finished sweep, so that it comes with the project. */
import {shown} from "@lola-ts/core";
import {writeShippedTrials} from "../pretrained/shipped-trials";
import {SweepFolder, type SweepStore} from "./sweep-folder";
import {trialsOf} from "./sweep-plan";
import {trialKey, trialVersions} from "./trial-run";

/**
 * Copy what was measured of a sweep's trainings into a folder that is committed.
 *
 * @returns a sentence.
 * @throws RangeError if there is no such sweep, or if it is not finished.
 */
export async function packSweep(store: SweepStore, name: string, target: string): Promise<string> {
  const folder = SweepFolder.open(store, name);
  const {plan} = folder;
  const all = trialsOf(plan);
  const measured = all.flatMap((trial) => {
    const found = folder.read(trial);
    return found?.measured ? [{...found, ...trial}] : [];
  });
  const left = all.length - measured.length;
  if (left > 0) {
    const found = `${left} of ${all.length} trainings without a result`;
    throw new RangeError(`sweep: expected the sweep ${name} to be finished before it is packed, found ${found}.`);
  }
  const trials = measured.map(({shipped: _, ...trial}) => ({
    key: trialKey(plan, trial),
    versions: trialVersions(plan.config, trial.method),
    trial,
  }));
  const file = await writeShippedTrials(target, name, plan.config, trials);
  return `${shown(file)}: ${trials.length} trainings.`;
}
