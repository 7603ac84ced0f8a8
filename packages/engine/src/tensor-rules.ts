/** Rules of arguments that are tensors: their types and shapes are looked at, so that steps stay recordable. */
import {passing, type Rule} from "@lola-ts/core";
import {tf} from "./backend";

const rule = (expected: string, accepts: (tensor: tf.Tensor) => boolean): Rule =>
  passing(expected, (value: unknown) => value instanceof tf.Tensor && accepts(value as tf.Tensor));

const isNumeric = ({dtype}: tf.Tensor): boolean => dtype === "float32" || dtype === "int32" || dtype === "bool";
const isFull = ({shape}: tf.Tensor): boolean => shape.every((n) => n >= 1);

/** Accept tensors of numbers with this many axes or more, none of them empty. */
export const tensorFrom = (axes: number): Rule =>
  rule(axes > 0 ? `a tensor of ${axes} axes or more` : "a tensor", (x) => x.rank >= axes && isNumeric(x) && isFull(x));

export const tensorOf = (shape: readonly number[], dtype: "float32" | "int32" = "float32"): Rule =>
  rule(`a tensor [${shape.join(", ")}] of ${dtype}`, (x) => x.dtype === dtype && x.shape.join() === shape.join());

/** Accept tensors of float32 numbers with this many axes or more, none of them empty. */
export const floatsFrom = (axes: number): Rule =>
  rule(
    `a tensor of float32${axes > 0 ? ` with ${axes} axes or more` : ""}`,
    (x) => x.rank >= axes && x.dtype === "float32" && isFull(x),
  );

export const like = ({shape}: tf.Tensor): Rule =>
  rule(`a tensor [${shape.join(", ")}]`, (x) => isNumeric(x) && x.shape.join() === shape.join());
