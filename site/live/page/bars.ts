/** Bars with their intervals, as a list that can also be read. */
import {h} from "./dom";

export interface Bar {
  readonly name: string;
  /** Class of its colour: diffusion, solver, autoencoder or ideal. */
  readonly kind: string;
  readonly value: number;
  readonly error: number;
}

/** Write a number to the first digit of its standard error. */
export function withError(value: number, error: number): string {
  const digits = error > 0 ? Math.max(0, Math.min(3, -Math.floor(Math.log10(error)))) : 3;
  return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

/** Make bars on one scale, from 0 to `max`. */
export function barList(bars: readonly Bar[], max: number): HTMLElement {
  const part = (value: number) => `${(100 * Math.max(0, Math.min(1, value / max))).toFixed(1)}%`;
  const items = bars.map(({name, kind, value, error}) => {
    const fill = h("span", {class: `fill ${kind}`});
    const whisker = h("span", {class: "whisker"});
    fill.style.width = part(value);
    whisker.style.left = part(value - error);
    whisker.style.right = `calc(100% - ${part(value + error)})`;
    const track = h("span", {class: "track", "aria-hidden": "true"}, fill, whisker);
    return h("li", {}, h("span", {}, name), track, h("span", {class: "value"}, withError(value, error)));
  });
  return h("ul", {class: "bars"}, ...items);
}

/** Find the end of a scale that holds all bars with their intervals. */
export const endOf = (bars: readonly Bar[]): number => Math.max(1e-9, ...bars.map(({value, error}) => value + error));
