import {perturbedEmulator, solverEmulator} from "../../lib/emulate/emulators";
import {contextMask} from "../../lib/models/context";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinySolver} from "../tiny";

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

test("noise of the given deviation is added to context states, and to no others", () => {
  tf.tidy(() => {
    const given = Object.assign((states: tf.Tensor) => states.clone(), {dispose: () => {}});
    const x = draw([2, 4, 40, 40, LATENT]);
    const mask = tf.tensor1d(contextMask(4, 2));
    const emulator = perturbedEmulator(given, {deviation: 0.3, seed: 1});
    const squares = emulator(x, mask, undefined, {i: 0, row: 0}).sub(x).square().mean([2, 3, 4]).dataSync();
    const values = 40 * 40 * LATENT;
    squares.forEach((square, i) => {
      if (i % 4 > 1) return expect(square).toBe(0);
      expect(Math.abs(square / 0.3 ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / values)); // standard errors
    });
  });
});

test("only the context of the first call is perturbed, row by row, whatever the batch", () => {
  tf.tidy(() => {
    const solver = tinySolver();
    const plain = solverEmulator(solver);
    const perturbed = perturbedEmulator(solverEmulator(solver), {deviation: 0.5, seed: 1});
    const x = tf.tile(draw([1, 4, 2, 2, LATENT]), [2, 1, 1, 1, 1]);
    const mask = tf.tensor1d(contextMask(4, 1));
    const run = (emulator: typeof plain, states: tf.Tensor, i: number, row = 0) =>
      emulator(states, mask, labels(states.shape[0]), {i, row}).dataSync();
    const made = run(perturbed, x, 0);
    const half = made.length / 2;
    expect(relativeError(made.subarray(0, half), made.subarray(half))).toBeGreaterThan(1e-2);
    expect(relativeError(run(perturbed, x.slice(0, 1), 0, 0), made.subarray(0, half))).toBeLessThan(1e-5);
    expect(relativeError(run(perturbed, x, 3), run(plain, x, 3))).toBeLessThan(1e-6);
    plain.dispose();
    perturbed.dispose();
    solver.dispose();
  });
});
