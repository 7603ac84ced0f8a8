/** How a solver is trained: on windows that it continues itself, or on inputs with noise, against single windows. */
import {checkOptions} from "../../core/options/check-options";
import type {Overrides} from "../../sweep/space";
import type {Config} from "../config";
import {labRule, type Lab} from "../lab";
import {brieflyTrained, type StudyOptions} from "./study-lab";
import {variantStudy, type VariantStudy} from "./variant-study";

/**
 * List what is changed in the training of a solver, by its name; the first changes nothing. A step through two
 * windows takes twice the passes of the network, so that with half of the steps there are as many.
 */
export function solverVariants(config: Config): Readonly<Record<string, Overrides>> {
  const {steps} = brieflyTrained(config).latent.training;
  return {
    unchanged: {},
    "two windows unrolled": {"objective.unroll": 2},
    "two windows unrolled, half of the steps": {
      "objective.unroll": 2,
      "latent.training.steps": Math.ceil(steps / 2),
    },
    "noise of 0.1 on the context": {"objective.contextNoise": 0.1},
  };
}

/**
 * Train solvers at the middle rate for their own output: through two windows of a forecast, or with noise on what they are
 * given; three seeds paired with those of the preset's, with a quarter of its steps. Trainings that come with the project are
 * read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const {rows, caption} = await solverTrials(lab);
 * await lab.showTable(rows, caption, {name: "solver-recipes"});
 */
export async function solverTrials(lab: Lab, options: StudyOptions = {}): Promise<VariantStudy> {
  const where = "solverTrials";
  checkOptions(where, labRule, lab, "lab");
  const [from, to] = lab.config.horizons.at(-1)!;
  const variants = solverVariants(lab.config);
  return variantStudy(
    lab,
    {where, name: "solver-recipes", kind: "solver", variants, measure: `vrmse@${from}:${to}`},
    options,
  );
}
