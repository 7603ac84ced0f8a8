/** Which values the options of a dataset may have. */
import {count, either, list, number, oneOf, optional, type RulesOf} from "@lola-ts/core";
import {commonRules} from "../common-rules";
import type {EulerDataConfig} from "./files";

/** Rules of the options of EulerDataConfig. */
export const eulerRules: RulesOf<EulerDataConfig> = {
  ...commonRules,
  system: optional(oneOf(["euler"])),
  boundaries: list(oneOf(["open", "periodic"]), {repeats: false}),
  gammas: optional(list(number({above: 1}), {repeats: false})),
  grid: either(count, list(count, {length: 2})),
  oversampling: count,
  lines: oneOf(["few", "well"]),
};
