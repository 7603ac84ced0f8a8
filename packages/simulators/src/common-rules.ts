/** Which values the options may have that the data of all systems share. */
import {count, list, number, section, whole, type RulesOf, type Split} from "@lola-ts/core";
import type {CommonDataConfig} from "./plan";

/** Numbers above 0, none twice. */
export const positives = list(number({above: 0}), {repeats: false});

/** Rules of the options of CommonDataConfig; a system has its own for its name and its grid. */
export const commonRules: RulesOf<Omit<CommonDataConfig, "system" | "grid">> = {
  trajectories: section<Record<Split, number>>({train: count, valid: count, test: count}),
  frames: whole({min: 2}),
  endTime: number({above: 0}),
  seed: whole({min: 0}),
};
