/** Which values the options of a dataset may have. */
import {count, list, number, oneOf, type RulesOf} from "@lola-ts/core";
import {commonRules, positives} from "../common-rules";
import type {GravityCoolingDataConfig} from "./files";

/** Rules of the options of GravityCoolingDataConfig. */
export const gravityCoolingRules: RulesOf<GravityCoolingDataConfig> = {
  ...commonRules,
  system: oneOf(["gravity-cooling"]),
  rho0: positives,
  metallicity: list(number({min: 0}), {repeats: false}),
  temperature: positives,
  grid: count,
  oversampling: count,
  side: number({min: 2}),
};
