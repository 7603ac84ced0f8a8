import {records} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {list, number, oneOf} from "../core/options/rules";
import {type FigureOptions, type Figure, palette, rateLabel} from "./style";
import {type FieldImage, limitsOf, tiles} from "./tiles";

/** One row of Figure 4. */
export interface RolloutRow {
  /** "ground truth", "autoencoder", "neural solver" or "diffusion". */
  readonly method: string;
  /** Compression rate, left out for the ground truth. */
  readonly compression?: number;
  /** Number of the member of an ensemble, named in the label. */
  readonly member?: number;
  /** One image per lead time. */
  readonly fields: readonly (FieldImage | null)[];
}

export interface RolloutOptions extends FigureOptions {
  /** Lead times of the columns. */
  leads: readonly number[];
  /** All compression rates of the experiment, so that a colour means the same rate in every figure. */
  rates?: readonly number[];
  /** What rows that belong together share, as they stand apart from the others. Default: "method". */
  groups?: "method" | "compression";
  /** Exponent that raises contrast, see `diverging`. Default: 1.5. */
  contrast?: number;
}

/** Rows of a group from which on it has a colour bar of its own. */
const TALL = 3;

/**
 * Draw Figure 4 (and the galleries 10-21): one trajectory, lead times to the right; the truth above, then the forecast
 * of each method. All images share the limits of the ground truth, whose row has the colour bar; groups of three rows or more
 * have it, too (paper, section 4).
 *
 * @param rows the first row must be the ground truth.
 * @throws RangeError if it is not.
 */
export function figure4(
  rows: readonly RolloutRow[],
  {leads, rates = [], groups = "method", ...options}: RolloutOptions,
): Figure {
  checkOptions("figure4", records("rows", "method", "fields"), rows, "rows");
  checkOptions("figure4", list(number()), leads, "leads");
  checkOptions("figure4", list(number(), {empty: true}), rates, "rates");
  checkOptions("figure4", oneOf(["method", "compression"]), groups, "groups");
  const [truth] = rows;
  if (truth?.method !== "ground truth") {
    throw new RangeError(`figure4: expected the first row to be the ground truth, found ${truth?.method ?? "no row"}.`);
  }
  const shown = rows.flatMap(({compression}) => (compression === undefined ? [] : [compression]));
  const colour = palette([...rates, ...shown]);
  const limits = limitsOf(truth.fields);
  const isFirst = (i: number) => i < 2 || rows[i][groups] !== rows[i - 1][groups];
  const sizeAt = (i: number) => {
    const next = rows.findIndex((_, j) => j > i && isFirst(j));
    return (next < 0 ? rows.length : next) - i;
  };
  return tiles({
    ...options,
    columns: leads.map((lead) => `τ = ${lead}`),
    rows: rows.map(({method, compression, member, fields}, i) => ({
      label: [method, compression && rateLabel(compression), member !== undefined && `#${member}`]
        .filter(Boolean)
        .join(" ")
        .replace(/ (÷|#)/, "<br>$1"),
      colour: compression === undefined ? undefined : colour.get(compression),
      fields,
      limits,
      apart: i > 0 && isFirst(i),
      bar: i === 0 || (isFirst(i) && sizeAt(i) >= TALL ? sizeAt(i) : false),
    })),
  });
}
