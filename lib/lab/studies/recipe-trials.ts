/** How a diffusion model is trained: settings that learn more or less from the same steps, each changed alone. */
import type {Overrides} from "../../sweep/space";
import type {Lab} from "../lab";
import type {StudyOptions} from "./study-lab";
import {variantStudy, type VariantStudy} from "./variant-study";

/** What is changed, by its name; the first changes nothing. */
export const recipeVariants: Readonly<Record<string, Overrides>> = {
  unchanged: {},
  "loss without weight": {"objective.weight": "none"},
  "schedule shifted by 2": {"schedule.shift": 2},
  "loss of generated states only": {"objective.over": "generated"},
  "noise of 0.1 on the context": {"objective.contextNoise": 0.1},
  "dropout of 0.05": {"latent.dropout": 0.05},
  "width 96": {"latent.hidChannels": 96},
  "eight augmented copies": {copies: 8},
  "no rolls of latents": {latentRolls: false},
  "moving average of 0.99": {"latent.training.ema": 0.99},
  "learning rate of 0.002": {"latent.training.learningRate": 2e-3},
  "learning rate of 0.008": {"latent.training.learningRate": 8e-3},
};

/**
 * Train diffusion models at the middle rate by other recipes, three seeds paired with those of the preset's, with a quarter
 * of its steps. Trainings that come with the project are read. Validation errors of other losses cannot be compared.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const {rows, caption} = await recipeTrials(lab);
 * await lab.showTable(rows, caption, {name: "recipes"});
 */
export function recipeTrials(lab: Lab, options: StudyOptions = {}): Promise<VariantStudy> {
  const plan = {where: "recipeTrials", name: "recipes", variants: recipeVariants, measure: "validation"};
  return variantStudy(lab, plan, options);
}
