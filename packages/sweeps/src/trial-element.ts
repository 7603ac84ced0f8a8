/** Program of one element of a sweep's job array: train and measure one trial, then end. */
import {type Trial} from "./trial";
import {runElement} from "./slurm";
import {hasCode} from "@lola-ts/core";
import {Lab} from "@lola-ts/laboratory/stages";
import {Artifacts} from "@lola-ts/cache";
import {SweepFolder} from "./sweep-folder";
import {runTrial} from "./trial-run";

runElement<Trial>(async (trial, root, name) => {
  const folder = SweepFolder.open({root}, name);
  if (folder.read(trial)?.measured) return;
  const lab = new Lab(folder.plan.config, new Artifacts(root));
  try {
    const measured = await runTrial(lab, folder.plan, trial);
    await folder.write({...trial, measured, ended: Date.now()});
  } catch (error) {
    if (!hasCode(error, "interrupted", "aborted")) {
      await folder.write({...trial, error: (error as Error).message, ended: Date.now()});
    }
    throw error;
  }
});
