import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {list, number} from "../../core/options/rules";
import type {Figure, FigureOptions} from "../style";
import {limitsOf, tiles, type FieldImage} from "../tiles";

/** A trajectory and the value of its parameter. */
export interface LabelledImages {
  /** "γ = 1.2". */
  readonly label: string;
  /** One per lead time. */
  readonly fields: readonly FieldImage[];
}

/**
 * Draw Figure 22: trajectories that differ in one parameter, a row each, all in the limits of all (paper, appendix D).
 *
 * @example await lab.show(figure22([{label: "γ = 1.2", fields}], {leads: [0, 20, 100]}), {name: "figure-22"});
 */
export function figure22(
  rows: readonly LabelledImages[],
  {leads, ...options}: FigureOptions & {leads: readonly number[]},
): Figure {
  checkOptions("figure22", records("rows", "label", "fields"), rows, "rows");
  checkOptions("figure22", list(number()), leads, "leads");
  const limits = limitsOf(rows.flatMap(({fields}) => [...fields]));
  return tiles({
    width: 800,
    ...options,
    columns: leads.map((lead) => `τ = ${lead}`),
    rows: rows.map(({label, fields}, i) => ({label, fields, limits, ...(i === 0 && {bar: rows.length})})),
  });
}
