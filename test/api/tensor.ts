/** Calls of the tensor layer. */
import * as lola from "./public";
import type {Calls} from "./judge";
import {tensor} from "./samples";

type Tensor = lola.tf.Tensor;
const square = (x: Tensor) => x.square();

export const tensorCalls: Calls = {
  compile: {
    call: (...args: [never, never]) => {
      const step = lola.compile(...args);
      const [y] = step(tensor([2, 3]));
      step.dispose();
      return y;
    },
    args: () => [(x: Tensor) => [x.add(1)], "step"],
    fine: ["1: another text"],
  },
  Random: {
    call: (key: never) => new lola.Random(key).normal([2]),
    args: () => [lola.Random.of(1, 2).key],
    fine: ["0: fewer axes"],
  },
  "Random.of": {
    call: (...args: [never, never]) => lola.Random.of(...args).normal([2]),
    args: () => [1, 2],
    fine: ["*: -1"],
  },
  "Random.from": {
    call: (...parts: never[]) => lola.Random.from(...parts).normal([2]),
    args: () => ["rollout", 3],
    fine: ["0: another text", "1: -1", "1: NaN", "1: a text"],
  },
  jvp: {call: (x: never, v: never) => lola.jvp(square)(x, v), args: () => [tensor([2, 3]), tensor([2, 3], 1)]},
  vjp: {call: (x: never, u: never) => lola.vjp(square)(x, u), args: () => [tensor([2, 3]), tensor([2, 3], 1)]},
  blockMeans: {call: lola.blockMeans, args: () => [tensor([2, 4, 4, 3]), [2, 2]], fine: ["1: one less"]},
  saturate: {call: lola.saturate, args: () => [tensor([2, 4, 4, 3]), "tanh"], fine: ["0: fewer axes"]},
};
