/** Fields, channels, boundaries and splits of a dataset: the words that simulators, files and models share. */
import {checkParts} from "./options/check-options";
import {having, list, text, where, whole, type Rule} from "./options/rules";

export const SPLITS = ["train", "valid", "test"] as const;

/** Part of a dataset that models are trained on, chosen on, or tested on. */
export type Split = (typeof SPLITS)[number];

/** Function that a channel goes through before it is standardised. */
export type Transform = "identity" | "log" | "log1p" | "logEps" | "arcsinh";

/** Boundary codes of The Well: wall 0, open 1, periodic 2. */
export const BOUNDARY = {WALL: 0, OPEN: 1, PERIODIC: 2} as const;

/** Boundary codes of each axis, (lower end, upper end). */
export type BoundaryCodes = readonly (readonly [number, number])[];

export const boundaryRule = (axes: number): Rule => list(list(whole({min: 0, max: 2}), {length: 2}), {length: axes});

const hasOrder = ({order}: {order: unknown}): boolean => Number.isInteger(order) && (order as number) >= 0;

export const fieldRule = where(having("", "order"), "a field with an order of 0 or more", hasOrder);

/** A physical field: a scalar (order 0) or a vector (order 1) at every cell. */
export interface Field {
  readonly name: string;
  readonly order: 0 | 1;
  /** Colour map of pictures. Default: blue for negative values over white to red for positive ones. */
  readonly colours?: "viridis" | "plasma" | "cividis" | "inferno";
}

/** How forecasts are compared as distributions. */
export interface DistributionMetric {
  /**
   * "places": sliced earth mover's distance of where the mass is, in units of the domain. "values": 1-Wasserstein
   * distance of the values, wherever they are, in the field's units.
   */
  readonly compared: "places" | "values";
  /** The channel that it is taken of. */
  readonly channel: string;
  /** Name for readers. */
  readonly title: string;
}

/** Name the channels of a list of fields: a vector field $F$ gives $F$`_x`, $F$`_y` ... in the order of the axes. */
export function channelNames(fields: readonly {name: string; order: number}[], axes: readonly string[]): string[] {
  checkParts("channelNames", {fields: list(fieldRule, {empty: true}), axes: list(text, {empty: true})}, {fields, axes});
  const components = (order: number): string[] =>
    order === 0 ? [""] : components(order - 1).flatMap((head) => axes.map((axis) => head + axis));
  return fields.flatMap(({name, order}) => components(order).map((part) => (part ? `${name}_${part}` : name)));
}
