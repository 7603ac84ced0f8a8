/** Axes and legends of figures that are put into one: those of a later figure get later names. */

/** Numbers of axes and legends of each of the figures. */
export interface PartNumbers {
  readonly axes: number;
  readonly legends: number;
}

/** Options that name an axis. */
const AXIS_NAMES = ["xaxis", "yaxis", "xref", "yref", "anchor", "matches", "scaleanchor"];

/** Rename the axes and legends that a trace, axis or shape of the i-th figure names. */
export function renamed(part: object, i: number, {axes, legends}: PartNumbers): object {
  const entries = Object.entries(part).map(([name, value]): [string, unknown] => {
    const count = name === "legend" ? legends : AXIS_NAMES.includes(name) ? axes : undefined;
    return [name, count !== undefined && typeof value === "string" ? later(value, i, count) : value];
  });
  const isTrace = "type" in part && "x" in part && !("legend" in part);
  return Object.fromEntries(isTrace ? [...entries, ["legend", later("legend", i, legends)]] : entries);
}

/** Name an axis or legend that is `i` times `count` places later: x → x6, xaxis2 → xaxis7, legend → legend3. */
export function later(name: string, i: number, count: number): string {
  const [, word, number = "1"] = /^([a-z]+?)(\d*)$/.exec(name) ?? [];
  if (word === undefined || word === "paper") return name;
  const at = Number(number || 1) + i * count;
  return at === 1 ? word : `${word}${at}`;
}
