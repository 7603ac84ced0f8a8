/** The design choices of section 3 in a diffusion model, each changed alone. */
import {codeContext} from "../../models/context";
import type {Overrides} from "../../sweep/space";
import type {Lab} from "../lab";
import type {StudyOptions} from "./study-lab";
import {variantStudy, type VariantStudy} from "./variant-study";

/** What is changed, by its name; the first changes nothing. */
export const designVariants: Readonly<Record<string, Overrides>> = {
  unchanged: {},
  "queries and keys not normalised": {"latent.qkNorm": false},
  "no rotary angles": {"latent.rope": false},
  "value residual: first block's values": {"latent.valueResidual": "values"},
  "value residual: none": {"latent.valueResidual": "none"},
  "attention divided into space and time": {"latent.attention": "divided"},
  "contexts as in the code": {contexts: codeContext},
};

/**
 * Train diffusion models at the middle rate in which one design choice each is changed, three seeds paired with those of the
 * unchanged one, with a quarter of the preset's steps. Trainings that come with the project are read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const {rows, caption} = await designChoices(lab);
 * await lab.showTable(rows, caption, {name: "design-choices"});
 */
export function designChoices(lab: Lab, options: StudyOptions = {}): Promise<VariantStudy> {
  const plan = {where: "designChoices", name: "design-choices", variants: designVariants, measure: "mid@1:20"};
  return variantStudy(lab, plan, options);
}
