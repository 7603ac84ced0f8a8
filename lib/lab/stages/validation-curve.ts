import type {History} from "../../train/checkpoint";

/** Validation errors of a training, as the training curves draw them. */
export interface ValidationCurve {
  readonly steps: number[];
  readonly loss: number[];
}

/** Split a training's validation history into its steps and its errors. */
export function validationCurve({validation}: Pick<History, "validation">): ValidationCurve {
  return {steps: validation.map(([step]) => step), loss: validation.map(([, error]) => error)};
}
