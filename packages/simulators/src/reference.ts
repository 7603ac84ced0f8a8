/** Known results, with which simulators are compared. */

/** Known number, and its measurement with the simulator. */
export interface ReferenceRow {
  readonly quantity: string;
  readonly reference: number;
  /** Accepted relative deviation; Infinity for a number that is shown beside its reference without a judgement. */
  readonly tolerance: number;
  readonly source: string;
  /** Measure the quantity with the simulator; takes a second or less. */
  readonly measure: () => number;
}

/** Make a row of a table of known numbers. */
export const known = (
  quantity: string,
  reference: number,
  tolerance: number,
  source: string,
  measure: () => number,
): ReferenceRow => ({quantity, reference, tolerance, source, measure});

interface CurvePoints {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Known curve, and points of it from the simulator. */
export interface ReferenceCurve {
  readonly title: string;
  /** Names of the quantities along the axes. */
  readonly axes: readonly [string, string];
  readonly exact: CurvePoints;
  readonly ours: CurvePoints;
  /** Names of the curve and of the points. Default: "exact" and "simulation". */
  readonly names?: readonly [string, string];
  /** Axes that are logarithmic. Default: none. */
  readonly logarithmic?: {readonly x?: boolean; readonly y?: boolean};
}
