/** The four trainings of an ablation of the autoencoder: how it starts, and how it steps. */
import {checkOptions} from "../../core/options/check-options";
import {defaultRun} from "../../core/paths";
import type {Overrides} from "../../sweep/space";
import {labRule, type Lab} from "../lab";
import {validationCurve} from "../stages/validation-curve";
import {studyName} from "../studies/study-lab";

/** Optimisers of the ablation, Adam as in the paper and a preconditioned one in place of its PSGD, and their learning rates. */
const OPTIMISERS = {
  AdamW: {"autoencoder.training.optimiser": "adamw", "autoencoder.training.learningRate": 1e-3},
  SOAP: {"autoencoder.training.optimiser": "soap", "autoencoder.training.learningRate": 3e-3},
} as const;

/** A finished training of the ablation. */
export interface AblationRun {
  readonly optimiser: keyof typeof OPTIMISERS;
  /** Whether it started from an identity initialisation. */
  readonly identity: boolean;
  /** Steps at which it was validated, the last one at the end. */
  readonly steps: readonly number[];
  /** Mean absolute error on the validation split at each of them. */
  readonly error: readonly number[];
  /** Time until each of them. */
  readonly seconds: readonly number[];
}

/** Finished trainings of an ablation. */
export interface AblationStudy {
  readonly runs: readonly AblationRun[];
  readonly caption: string;
}

/**
 * Train four autoencoders at the middle rate, with and without identity initialisation, by AdamW and by SOAP; the trainings of
 * models that come with the project are read, without the training data.
 *
 * @throws RangeError if it is no laboratory; Error with the sentence of a training that failed; LabError `interrupted`.
 * @example
 * const {runs, caption} = await ablationStudy(lab);
 * await lab.show(ablation(runs, {caption}), {name: "ablation"});
 */
export async function ablationStudy(lab: Lab): Promise<AblationStudy> {
  checkOptions("ablationStudy", labRule, lab, "lab");
  const {middleRate: rate, config} = lab;
  const steps = {[`autoencoder.steps.${rate}`]: config.ablationSteps};
  const variants = Object.values(OPTIMISERS).flatMap((optimiser) =>
    [false, true].map((identity): Overrides => ({...optimiser, "autoencoder.model.identityInit": identity, ...steps})),
  );
  // A name finds trainings that come with the project; a sweep without one is another as soon as the preset is.
  const name = config.preset === defaultRun().trained ? studyName(lab, "ablation") : {};
  const {trials} = await lab.sweep(variants, {...name, methods: `autoencoder-${rate}`, measure: "mae"});
  const runs = trials.map(({overrides, measured, error}): AblationRun => {
    if (!measured) throw new Error(`ablationStudy: a training failed: ${error}`);
    const curve = validationCurve(measured);
    return {
      optimiser: overrides["autoencoder.training.optimiser"] === "adamw" ? "AdamW" : "SOAP",
      identity: overrides["autoencoder.model.identityInit"] === true,
      steps: curve.steps,
      error: curve.loss,
      seconds: curve.steps.map((step) => (measured.seconds * step) / measured.steps),
    };
  });
  return {runs, caption: `${rate} latent channels, one seed. ${lab.caption}`};
}
