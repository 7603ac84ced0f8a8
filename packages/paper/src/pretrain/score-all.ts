/** All scores that come trained with the project: of its models, in each way that notebooks 6, 12, 13 and 17 show. */
import {type Lab, latentCalibration, rivals, untrainedRivals} from "@lola-ts/laboratory";
import {comparedContexts, contextResults} from "../score-tables";
import {seededMethods} from "../seeds";
import {compressionFloor} from "../studies/compression-floor";
import {longRun} from "../studies/long-run";
import {isKolmogorov} from "../studies/lyapunov";
import {unseenData} from "../studies/other-trajectories";
import {yardstick} from "../yardstick/yardstick";

/** Test trajectories of what is scored beside the main table. */
export const FEW = 8;

/** Rivals whose calibration in latent space is compared. */
export const CALIBRATED: readonly string[] = ["solver made stochastic", "diffusion, 64 members"];

/** Score the models of a laboratory in all the ways that notebooks show, so that these need not. */
export async function scoreAll(lab: Lab): Promise<void> {
  await lab.evaluation({methods: seededMethods(lab.config, lab.methods)});
  await lab.evaluation({methods: rivals(lab.config)});
  await lab.evaluation({methods: untrainedRivals(lab.config), trivial: false});
  await compressionFloor(lab);
  await yardstick(lab);
  if (isKolmogorov(lab)) await longRun(lab);
  const few = lab.with({rollout: {trajectories: FEW}});
  await latentCalibration(
    few,
    rivals(few.config).filter(({label}) => CALIBRATED.includes(label!)),
  );
  await contextResults(few, comparedContexts(few));
  await few.with({metrics: {reference: "autoencoded"}}).evaluation();
  const unseen = unseenData(lab);
  await unseen?.own.evaluation({trivial: false});
  await unseen?.relabelled.evaluation({trivial: false});
}
