/** Rules of arguments that hold many numbers: their types and shapes are looked at, their values are not. */
import type {StridedArray} from "../array";
import {accepts, count, list, passing, type Rule} from "./rules";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Check if a value is a list or typed array of numbers, by its first one. */
export const isRow = (value: unknown): value is ArrayLike<number> =>
  isObject(value) && "length" in value && typeof (value as ArrayLike<unknown>)[0] === "number";

/** Accept one number or more, in a list or a typed array. */
export const row = passing("a row of numbers", isRow);

/** Accept as many numbers as given, in a list or a typed array. */
export const rowOf = (size: number): Rule =>
  passing(`a row of ${size} number${size === 1 ? "" : "s"}`, (value) => isRow(value) && value.length === size);

/** Check if a shape has only axes of one entry or more, and all its values are there. */
function fits({data, shape, stride, offset = 0}: StridedArray): boolean {
  if (!isRow(data) || !shape.every((n) => Number.isSafeInteger(n) && n >= 1)) return false;
  let low = offset;
  let high = offset;
  for (let axis = shape.length - 1, dense = 1; axis >= 0; dense *= shape[axis--]) {
    const reach = (shape[axis] - 1) * (stride ? stride[axis] : dense);
    if (reach < 0) low += reach;
    else high += reach;
  }
  return low >= 0 && high < data.length;
}

const axesOf = (shape: string): number => shape.split(", ").length;

/**
 * Accept ndarrays, views included, and values with their shape.
 *
 * @param shapes names of the axes, e.g. "L, X, Y, C", for each possible number of them; without any, all are accepted.
 */
export function arrayOf(...shapes: string[]): Rule {
  const words = shapes.map((shape) => `[${shape}]`).join(" or ");
  return passing(words ? `an array ${words}` : "an array", (value) => {
    if (!isObject(value) || !("data" in value) || !("shape" in value) || !Array.isArray(value.shape)) return false;
    const array = value as StridedArray;
    return (shapes.length === 0 || shapes.some((shape) => axesOf(shape) === array.shape.length)) && fits(array);
  });
}

/** Accept trajectories. */
export const trajectories = arrayOf("L, X, C", "L, X, Y, C", "L, X, Y, Z, C");

/** Accept numbers of points per axis. */
export const gridRule = list(count);

/** Accept functions. */
export const callable = passing("a function", (value) => typeof value === "function");

/** Accept lists, empty ones too, of objects with these members. */
export function records(expected: string, ...members: string[]): Rule {
  const item = having("", ...members);
  return passing(
    `a list of ${expected}`,
    (value) => Array.isArray(value) && value.every((entry) => accepts(item, entry)),
  );
}

/** Accept objects with these members, e.g. methods of a class. */
export const having = (expected: string, ...members: (string | symbol)[]): Rule =>
  passing(expected, (value) => isObject(value) && members.every((name) => name in value));
