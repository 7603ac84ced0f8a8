/** A neural solver as an emulator: each window of a rollout is one evaluation of its network. */
import {having, checkOptions} from "@lola-ts/core";
import type {Solver} from "../models/solver";
import {type tf, compile} from "@lola-ts/engine";
import type {DisposableEmulator, Emulator} from "./emulator";

/** Make the emulator of a trained solver for rollouts; each shape of batch is recorded once. Dispose of it after use. */
export function solverEmulator(solver: Solver): DisposableEmulator {
  checkOptions("solverEmulator", having("a Solver", "forward", "layout"), solver, "solver");
  const complete = compile(
    (weights, states, mask, label?) => [
      solver.forward(solver.layout.bind(weights as tf.Tensor1D), states, {
        mask,
        label: label as tf.Tensor2D | undefined,
      }),
    ],
    "solver_window",
  );
  const emulator: Emulator = (states, mask, label) =>
    complete(solver.weights, states, mask, ...(label ? [label] : []))[0];
  return Object.assign(emulator, {dispose: () => complete.dispose()});
}
