import {sizeOf} from "@lola-ts/core";
import type {Specs} from "../../../lib/nn/module";

/** Make specs of parameters by their official shapes; with more than two axes they are convolution kernels. */
export function specsOf(shapes: Record<string, readonly number[]>): Specs {
  const zeros = (_: unknown, shape: readonly number[]) => new Float32Array(sizeOf(shape));
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const conv = shape.length > 2;
      const [out, inputs, ...window] = shape;
      return [name, {shape: conv ? [...window, inputs, out] : shape, init: zeros, kind: conv ? "conv" : "plain"}];
    }),
  );
}
