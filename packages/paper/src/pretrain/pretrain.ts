/**
 * Program that trains what comes trained with the project, and packs it: npm run lola -- pretrain --system euler, or the models
 * of a plan.
 *
 * Shipped artefacts that still fit stay; a run that was stopped continues from there. Artefacts are made in data/unpacked/, the
 * copies go to data/pretrained/<system>/.
 */
import {defaultRun, LabError, shown} from "@lola-ts/core";
import {
  type Config,
  preset,
  obtainClimate,
  obtainTrainingMean,
  openContext,
  Trainer,
  packArtifacts,
  RecordingArtifacts,
  Shipped,
  shippedFolder,
  unpackedFolder,
} from "@lola-ts/laboratory/stages";
import {Artifacts} from "@lola-ts/cache";
import {readModelPlan, trainPlan} from "@lola-ts/sweeps";
import {Lab, rivals, latentCalibration, untrainedRivals} from "@lola-ts/laboratory";
import {comparedContexts, contextResults} from "../score-tables";
import {seededMethods} from "../seeds";
import {compressionFloor} from "../studies/compression-floor";
import {longRun} from "../studies/long-run";
import {isKolmogorov, lyapunovExponents} from "../studies/lyapunov";
import {bothBoundaries} from "../studies/other-trajectories";
import {withFew} from "../trajectory-scores";
import {yardstick} from "../yardstick/yardstick";

/** Train and score in a store what is missing there. Of most rivals only the scores are shipped, which keeps clones small. */
async function make(config: Config, store: Artifacts): Promise<void> {
  const lab = new Lab(config, store, new Trainer(config.threads));
  await lab.emulators();
  await lab.emulators(rivals(config).filter(({kind}) => kind === "crps"));
  await scoreAll(lab);
  const context = await openContext(lab);
  await obtainTrainingMean(context);
  await obtainClimate(context);
}

/** Run the verb `pretrain`. @throws LabError `usage` without a system or a plan. */
export async function main({system, plan}: {readonly system?: string; readonly plan?: string}): Promise<void> {
  if (plan !== undefined) return trainPlan(readModelPlan(plan), {system});
  if (system === undefined) throw new LabError("usage", "pretrain: expected --system or --plan, found neither.");
  const config = preset(system, defaultRun().trained);
  const folder = shippedFolder(system);
  await make(config, new Artifacts(unpackedFolder(), undefined, Shipped.open(folder)));
  const store = new RecordingArtifacts(unpackedFolder(), undefined, Shipped.open(folder));
  const lab = new Lab(config, store); // all is there: scores ask for no models now
  const own = [...(await lab.autoencoders()), ...(await lab.emulators())];
  await lab.evaluation();
  await calibratedInLatentSpace(lab);
  const ranked = new Set(store.asked.keys());
  await make(config, store);
  const {artifacts} = await packArtifacts(config, store, folder, {models: own.map(({key}) => key), ranked});
  process.stdout.write(`${shown(folder)}: ${artifacts.length} artefacts\n`);
}

/** Rivals whose calibration in latent space is compared. */
export const CALIBRATED: readonly string[] = ["solver made stochastic", "diffusion, 64 members"];

async function calibratedInLatentSpace(lab: Lab): Promise<void> {
  const methods = rivals(lab.config).filter(({label}) => CALIBRATED.includes(label!));
  await latentCalibration(withFew(lab), methods);
}

/** Score the models of a laboratory in all the ways that notebooks show, so that these need not. */
export async function scoreAll(lab: Lab): Promise<void> {
  await lab.evaluation({methods: seededMethods(lab.config, lab.methods)});
  await lab.evaluation({methods: rivals(lab.config)});
  await lab.evaluation({methods: untrainedRivals(lab.config), trivial: false});
  await compressionFloor(lab);
  await yardstick(lab);
  if (isKolmogorov(lab)) {
    await longRun(lab);
    await lyapunovExponents(lab);
  }
  await calibratedInLatentSpace(lab);
  const few = withFew(lab);
  await contextResults(few, comparedContexts(few));
  await few.with({metrics: {reference: "autoencoded"}}).evaluation();
  const both = bothBoundaries(lab);
  if (!both) return;
  const {models, methods} = both;
  await models.emulators(methods);
  for (const shown of [both.open, both.periodic]) await shown.evaluation({methods, trivial: false});
}
