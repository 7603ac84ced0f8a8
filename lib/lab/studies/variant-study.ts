/** Variants of an emulator, trained briefly and compared with the preset's. */
import type {TableRow} from "../../core/table";
import type {Overrides} from "../../sweep/space";
import type {Lab} from "../lab";
import type {Sweep} from "../sweep/sweep-result";
import {brieflyTrained, studyName, studyOptions, type StudyOptions} from "./study-lab";

/** Trained variants of an emulator. */
export interface VariantStudy {
  readonly sweep: Sweep;
  /** A row per variant: means over seeds, the difference in VRMSE to the first, paired by seeds, and its p-value. */
  readonly rows: TableRow[];
  readonly caption: string;
}

/** What a study trains and measures. */
interface VariantPlan {
  /** Name of the function that asks, for errors. */
  readonly where: string;
  /** Name of the sweep, see `studyName`. */
  readonly name: string;
  /** Kind of the emulator. Default: diffusion. */
  readonly kind?: "diffusion" | "solver";
  /** What is changed, by its name; the first is the preset as it is. */
  readonly variants: Readonly<Record<string, Overrides>>;
  /** What is measured beside VRMSE and CRPS on 1:20. */
  readonly measure: string;
}

/** Train emulators at the middle rate in which one thing each is changed, with a quarter of the preset's steps. */
export async function variantStudy(
  lab: Lab,
  {where, name, kind = "diffusion", variants, measure}: VariantPlan,
  options: StudyOptions,
): Promise<VariantStudy> {
  const {seeds, train} = studyOptions(where, lab, options);
  const sweep = await lab.with(brieflyTrained).sweep(Object.values(variants), {
    ...studyName(lab, name),
    methods: kind,
    measure: ["vrmse@1:20", "crps@1:20", measure],
    seeds,
    train,
  });
  const rows = sweep.rows({names: variants}).map(({method: _, "training, s": __, ...row}) => row);
  return {sweep, rows, caption: `A quarter of the preset's steps; differences are of VRMSE. ${sweep.caption}`};
}
