/** Which values the options of a dataset may have. */
import {count, either, list, number, oneOf, optional, whole, type RulesOf} from "@lola-ts/core";
import {commonRules, positives} from "../common-rules";
import type {KolmogorovDataConfig} from "./files";

/** Rules of the options of KolmogorovDataConfig. */
export const kolmogorovRules: RulesOf<KolmogorovDataConfig> = {
  ...commonRules,
  system: oneOf(["kolmogorov"]),
  reynolds: positives,
  grid: either(whole({min: 4}), list(whole({min: 4}), {length: 2})),
  oversampling: count,
  drag: optional(number({min: 0})),
  spinUp: optional(number({min: 0})),
};
