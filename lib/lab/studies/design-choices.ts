/** The design choices of section 3 in a diffusion model, each changed alone. */
import type {TableRow} from "../../core/table";
import {codeContext} from "../../models/context";
import type {Overrides} from "../../sweep/space";
import type {Lab} from "../lab";
import type {Sweep} from "../sweep/sweep-result";
import {brieflyTrained, studyName, studyOptions, type StudyOptions} from "./study-lab";

/** What is changed, by its name; the first is the preset as it is. */
export const designVariants: Readonly<Record<string, Overrides>> = {
  "as the preset": {},
  "queries and keys not normalised": {"latent.qkNorm": false},
  "no rotary angles": {"latent.rope": false},
  "value residual: first block's values": {"latent.valueResidual": "values"},
  "value residual: none": {"latent.valueResidual": "none"},
  "attention divided into space and time": {"latent.attention": "divided"},
  "contexts as in the code": {contexts: codeContext},
};

/** Trained variants of a diffusion model. */
export interface DesignChoices {
  readonly sweep: Sweep;
  /** A row per variant: means over seeds, the difference in VRMSE to the first, paired by seeds, and its p-value. */
  readonly rows: TableRow[];
  readonly caption: string;
}

/**
 * Train diffusion models at the middle rate in which one design choice each is changed, three seeds paired with those of the
 * unchanged one, with a quarter of the preset's steps. Trainings that come with the project are read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const {rows, caption} = await designChoices(lab);
 * await lab.showTable(rows, caption, {name: "design-choices"});
 */
export async function designChoices(lab: Lab, options: StudyOptions = {}): Promise<DesignChoices> {
  const {seeds, train} = studyOptions("designChoices", lab, options);
  const sweep = await lab.with(brieflyTrained).sweep(Object.values(designVariants), {
    ...studyName(lab, "design-choices"),
    methods: "diffusion",
    measure: ["vrmse@1:20", "crps@1:20", "mid@1:20"],
    seeds,
    train,
  });
  const rows = sweep.rows({names: designVariants}).map(({method: _, "training, s": __, ...row}) => row);
  return {sweep, rows, caption: `A quarter of the preset's steps; differences are of VRMSE. ${sweep.caption}`};
}
