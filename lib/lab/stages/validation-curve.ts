import {checkParts} from "../../core/options/check-options";
import {anything, list, where} from "../../core/options/rules";
import type {History} from "../../train/checkpoint";

/** Validation errors of a training, as the training curves draw them. */
export interface ValidationCurve {
  readonly steps: number[];
  readonly loss: number[];
}

const pairs = where(list(anything, {empty: true}), "a list of pairs [step, error]", (all: unknown[]) =>
  all.every((pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "number"),
);

/** Split a training's validation history into its steps and its errors. @throws RangeError unless it is a list of pairs. */
export function validationCurve(history: Pick<History, "validation">): ValidationCurve {
  checkParts("validationCurve", {validation: pairs}, history);
  const {validation} = history;
  return {steps: validation.map(([step]) => step), loss: validation.map(([, error]) => error)};
}
