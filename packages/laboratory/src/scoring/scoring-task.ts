/** The part of scoring that needs no engine, so that a thread can do it while the next forecast is made. */
import {evaluateRollout, type Forecast} from "lola/evaluate";
import {toJsonText} from "@lola-ts/core";

/** A forecast of one trajectory, row-major, and the states that it is compared with. */
export interface ScoringTask {
  readonly truth: Forecast;
  readonly ensemble: Forecast;
  readonly options: Parameters<typeof evaluateRollout>[2];
  /** Subject of `vrmse`: the ensemble's mean, or its members one by one. */
  readonly of: "mean" | "members";
}

/** Score a forecast. @returns its rows as JSON. */
export function scoresOf({truth, ensemble, options, of}: ScoringTask): string {
  const rows = evaluateRollout(truth, ensemble, options);
  return toJsonText(of === "mean" ? rows : rows.map((row) => ({...row, vrmse: row.memberVrmse})));
}
