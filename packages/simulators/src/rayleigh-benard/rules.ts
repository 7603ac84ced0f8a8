/** Which values the options of a dataset may have. */
import {count, list, number, oneOf, optional, whole, type RulesOf} from "@lola-ts/core";
import {commonRules, positives} from "../common-rules";
import type {RayleighBenardDataConfig} from "./files";

/** Rules of the options of RayleighBenardDataConfig. */
export const rayleighBenardRules: RulesOf<RayleighBenardDataConfig> = {
  ...commonRules,
  system: oneOf(["rayleigh-benard"]),
  rayleigh: positives,
  prandtl: positives,
  differences: optional(positives),
  grid: list(count, {length: 2}),
  resolution: optional(list(whole({min: 4}), {length: 2})),
  startTime: optional(number({min: 0})),
};
