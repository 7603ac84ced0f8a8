import {flat} from "../../core/array";
import {records} from "../../core/options/array-rules";
import {checkOptions, checkParts} from "../../core/options/check-options";
import {list, number, text} from "../../core/options/rules";
import type {Figure, FigureOptions} from "../style";
import {imageRule, imagesRule, limitsOf, tiles, type FieldImage, type TileRow} from "../tiles";

/** One way to observe, and the emulation that follows it. */
export interface GuidedImages {
  /** Left of its rows; may contain <br>. */
  readonly name: string;
  /** One per lead time: NaN where nothing is observed, null for a state that is not. */
  readonly observed: readonly (FieldImage | null)[];
  readonly guided: readonly FieldImage[];
}

/** A true trajectory, its emulation without guidance, and those with it. */
export interface GuidanceImages {
  readonly truth: readonly FieldImage[];
  readonly unguided: readonly FieldImage[];
  readonly cases: readonly GuidedImages[];
}

export interface GuidanceFigureOptions extends FigureOptions {
  /** Lead times of the columns. */
  leads: readonly number[];
}

/** Largest share of observed cells that are drawn larger than they are. */
const FEW = 0.05;

/** Draw single cells as blocks of three by three: one cell of many cannot be seen. */
function visible(image: FieldImage | null): FieldImage | null {
  if (!image) return null;
  const {shape} = image;
  const [nx, ny] = shape;
  const values = Float32Array.from(flat(image));
  const seen = [...values.keys()].filter((at) => Number.isFinite(values[at]));
  if (seen.length > FEW * values.length) return image;
  const data = values.slice();
  for (const at of seen) {
    const [x, y] = [Math.floor(at / ny), at % ny];
    for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
      for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++) {
        if (Number.isNaN(values[i * ny + j])) data[i * ny + j] = values[at];
      }
    }
  }
  return {data, shape};
}

/**
 * Draw Figure 6: the true states and the unguided emulation, then for each way to observe what was seen (whitesmoke: nothing;
 * single points are drawn three cells wide) and the guided emulation. All images share the limits of the truth (paper, section 4).
 *
 * @example await lab.show(figure6({truth, unguided, cases}, {leads: [0, 20, 100]}), {name: "figure-06"});
 */
export function figure6(images: GuidanceImages, {leads, ...options}: GuidanceFigureOptions): Figure {
  checkParts("figure6", {truth: list(imageRule), unguided: list(imageRule)}, images);
  const {truth, unguided, cases} = images;
  checkOptions("figure6", records("cases", "name", "observed", "guided"), cases, "cases");
  cases.forEach((one, i) => {
    const rules = {name: text, observed: imagesRule, guided: list(imageRule)};
    for (const [part, rule] of Object.entries(rules)) {
      checkOptions("figure6", rule, one[part as keyof GuidedImages], `cases.${i}.${part}`);
    }
  });
  checkOptions("figure6", list(number()), leads, "leads");
  const limits = limitsOf(truth);
  const pair = ({name, observed, guided}: GuidedImages): TileRow[] => [
    {label: `${name},<br>observed`, fields: observed.map(visible), limits, apart: true},
    {label: "guided", fields: guided, limits},
  ];
  return tiles({
    width: 760,
    ...options,
    columns: leads.map((lead) => `τ = ${lead}`),
    rows: [
      {label: "ground truth", fields: truth, limits, bar: true},
      {label: "not guided", fields: unguided, limits},
      ...cases.flatMap(pair),
    ],
  });
}
