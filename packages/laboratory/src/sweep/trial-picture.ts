/** A small picture of a sweep while it runs: the value of each trial in the order in which they ended, and the best so far. */
import {escapeHtml} from "@lola-ts/core";
import {formatNumber} from "lola/evaluate";
import {colours, ink} from "@lola-ts/figures";

const WIDTH = 560;
const HEIGHT = 130;
const LEFT = 56;
const EDGE = 12;
const TOP = 28;

/**
 * Draw values as an SVG picture, on a logarithmic axis where they are positive.
 *
 * @param expected number of trials that there will be, the width of the picture.
 * @returns "" while there is nothing to draw.
 */
export function trialPicture(values: readonly number[], expected: number, label: string): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return "";
  const axis = finite.every((value) => value > 0) ? Math.log : (value: number) => value;
  const low = axis(Math.min(...finite));
  const high = axis(Math.max(...finite));
  const x = (i: number) => LEFT + ((WIDTH - LEFT - EDGE) * (i + 0.5)) / Math.max(expected, values.length);
  const y = (value: number) => TOP + ((HEIGHT - TOP - EDGE) * (high - axis(value))) / (high - low || 1);
  const place = (i: number, value: number) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`;
  let best = Infinity;
  const steps = values.flatMap((value, i) => {
    if (Number.isFinite(value)) best = Math.min(best, value);
    return best < Infinity ? [place(i, best)] : [];
  });
  const dots = values.flatMap((value, i) => {
    if (!Number.isFinite(value)) return [];
    const [cx, cy] = place(i, value).split(",");
    return [`<circle cx="${cx}" cy="${cy}" r="3" fill="${colours[0]}" fill-opacity="0.7"/>`];
  });
  const words = (value: number, at: number) =>
    `<text x="${LEFT - 6}" y="${at}" font-size="12" text-anchor="end" fill="${ink.muted}">${formatNumber(value)}</text>`;
  return [
    `<svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeHtml(label)} by trial" style="background:white;display:block">`,
    `<rect x="${LEFT}" y="4" width="${WIDTH - LEFT - 4}" height="${HEIGHT - 8}" fill="none" stroke="${ink.grid}"/>`,
    words(Math.max(...finite), TOP + 4),
    words(Math.min(...finite), HEIGHT - EDGE + 4),
    `<polyline points="${steps.join(" ")}" fill="none" stroke="${colours[1]}" stroke-width="1.5"/>`,
    ...dots,
    `<text x="${WIDTH - 10}" y="16" font-size="12" text-anchor="end" fill="${ink.muted}">${escapeHtml(label)} by trial; line: best so far</text>`,
    "</svg>",
  ].join("");
}
