/** Bars with their intervals, as a list that can also be read. */
import {h, shortly} from "./dom";

export interface Bar {
  readonly name: string;
  /** Class of its colour: diffusion, solver, autoencoder or ideal. */
  readonly kind: string;
  readonly value: number;
  /** Standard error. Default: none is known. */
  readonly error?: number;
}

/** Write a number to the first digit of its standard error. */
export function withError(value: number, error?: number): string {
  if (error === undefined) return shortly(value);
  const digits = error > 0 ? Math.max(0, Math.min(3, -Math.floor(Math.log10(error)))) : 3;
  return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

/** Make bars on one scale, from 0 to `max`, with a line at a value that all are compared with if there is one. */
export function barList(bars: readonly Bar[], max: number, line?: number): HTMLElement {
  const part = (value: number) => `${(100 * Math.max(0, Math.min(1, value / max))).toFixed(1)}%`;
  const items = bars.map(({name, kind, value, error}) => {
    const fill = h("span", {class: `fill ${kind}`});
    fill.style.width = part(value);
    const whisker = (low: number, high: number) => {
      const element = h("span", {class: "whisker"});
      element.style.left = part(low);
      element.style.right = `calc(100% - ${part(high)})`;
      return element;
    };
    const interval = error !== undefined && whisker(value - error, value + error);
    const track = h(
      "span",
      {class: "track", "aria-hidden": "true"},
      fill,
      interval,
      line !== undefined && whisker(line, line),
    );
    return h("li", {}, h("span", {}, name), track, h("span", {class: "value"}, withError(value, error)));
  });
  return h("ul", {class: "bars"}, ...items);
}

/** Find the end of a scale that holds all bars with their intervals. */
export const endOf = (bars: readonly Bar[]): number =>
  Math.max(1e-9, ...bars.map(({value, error = 0}) => value + error));
