import type {Figure} from "@lola-ts/figures";
import {figuresCalls} from "./figures";

/** Pixels of 8 points, at the 96 pixels per inch of CSS. */
const LEAST = (8 * 96) / 72;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Sizes of all fonts in a specification, with their places. */
function fontSizes(part: unknown, place = ""): {place: string; size: number}[] {
  if (!isObject(part) || ArrayBuffer.isView(part)) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    const own = `${place}.${name}`;
    const isFont = /font$/i.test(name) && isObject(value) && typeof value.size === "number";
    return [...(isFont ? [{place: own, size: value.size as number}] : []), ...fontSizes(value, own)];
  });
}

const isFigure = (made: unknown): made is Figure => isObject(made) && isObject(made.layout) && Array.isArray(made.data);

test.each(Object.entries(figuresCalls))("%s has no text below 8 points", async (_, {call, args}) => {
  const made: unknown = await (call as (...all: unknown[]) => unknown)(...args());
  const figures = [made, isObject(made) ? made.figure : undefined].filter(isFigure);
  const small = figures.flatMap((figure) => fontSizes(figure)).filter(({size}) => size < LEAST);
  expect(small).toEqual([]);
  for (const {layout} of figures) expect(layout.font?.size).toBeGreaterThanOrEqual(LEAST); // of what names no size
});
