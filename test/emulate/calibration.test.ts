/**
 * Ensembles of a system with an exact forecast distribution: cells that follow $x' = a x + \sqrt{1 - a^2} \, \varepsilon$
 * each, of unit variance at all times. The emulator has the exact denoiser, so its ensembles must be calibrated (spread
 * and skill equal within their statistical error) and sharp (the exact variance at every lead time).
 */
import ndarray, {type NdArray} from "ndarray";
import type {Denoiser} from "../../lib/diffusion/posterior";
import {diffusionEmulator, type DiffusionEmulatorOptions, type TrainedDenoiser} from "../../lib/emulate/emulators";
import {contextMask} from "../../lib/models/context";
import {logLogit} from "../../lib/diffusion/noise-schedule";
import {skill, spread, spreadSkillRatio} from "../../lib/evaluate/ensemble";
import {Layout, type BoundParameters} from "../../lib/nn/module";
import {Rng} from "@lola-ts/core";
import {rolloutEnsemble} from "../../lib/emulate/rollout";
import {attr, rawOp, tf} from "@lola-ts/engine";
import {withExecutionMode} from "../execution-modes";

const A = 0.8;
const WINDOW = 4;
const STEPS = 7; // states of a rollout: two calls
const TRAJECTORIES = 2;
const SIDE = 48;
const MEMBERS = 6;
const POINTS = TRAJECTORIES * SIDE ** 2;

/** Relative standard error of a ratio of spread and skill from independent points. */
const ERROR = Math.sqrt((1 + 1 / (MEMBERS - 1)) / (2 * POINTS));

/** The exact denoiser of windows of the system, given the context states; its only weight is $a$. */
function exactDenoiser(a: number): TrainedDenoiser {
  const layout = new Layout({a: {shape: [1], init: () => Float32Array.of(a)}});
  const schedule = logLogit({sigmaMin: 0.01, sigmaMax: 100});
  const given = (p: BoundParameters): Denoiser => ({
    schedule,
    denoise: (xt, t, mask) => {
      const {alpha, sigma} = schedule(t as number);
      const [batch, length] = xt.shape as [number, number];
      const context = mask!.reshape([length, 1]);
      const free = tf.sub(1, context);
      const x = xt.reshape([batch, length, -1]);
      const y = x.div(Math.hypot(alpha, sigma)).mul(context);
      // covariance a^|i - j|; context rows of the linear system for the mean say that the mean is y
      const lags = tf
        .range(0, length)
        .reshape([1, -1])
        .sub(tf.range(0, length).reshape([-1, 1]))
        .abs();
      const precision = inverse(tf.pow(p.get("a"), lags));
      const noisy = precision.add(tf.eye(length).mul((alpha / sigma) ** 2));
      const system = noisy.mul(free).mul(free.transpose()).add(tf.eye(length).mul(context));
      const pulled = x.mul(alpha / sigma ** 2).sub(times(precision, y));
      const mean = times(inverse(system), pulled.mul(free).add(y)).reshape(xt.shape);
      return {mean, variance: tf.scalar(sigma ** 2 / (alpha ** 2 + sigma ** 2))};
    },
  });
  return {schedule, layout, weights: tf.tensor1d(layout.initialise(0)), condition: given};
}

const inverse = (x: tf.Tensor) => rawOp("MatrixInverse", [x], [attr.bool("adjoint", false), attr.type("T", "float32")]);

/** A matrix [L, L] times each of [B, L, N]. */
const times = (matrix: tf.Tensor, x: tf.Tensor) =>
  tf.matMul(tf.tile(matrix.reshape([1, ...matrix.shape]), [x.shape[0], 1, 1]), x);

/** Trajectories of the system, [N, STEPS, SIDE, SIDE, 1]. */
function truth(): NdArray<Float32Array> {
  const generator = Rng.from("calibration");
  const cells = SIDE ** 2;
  const data = new Float32Array(TRAJECTORIES * STEPS * cells);
  for (let i = 0; i < data.length; i++) {
    const first = i % (STEPS * cells) < cells;
    data[i] = first ? generator.normal() : A * data[i - cells] + Math.sqrt(1 - A * A) * generator.normal();
  }
  return ndarray(data, [TRAJECTORIES, STEPS, SIDE, SIDE, 1]);
}

/** All cells at one time: of [N, T, ...] the truth's, of [N, K, T, ...] each member's. */
function statesAt(states: NdArray<Float32Array>, time: number, members?: number): Float32Array[] {
  const count = members ?? 1;
  const cells = SIDE ** 2;
  const length = states.shape[members ? 2 : 1];
  return Array.from({length: count}, (_, k) => {
    const out = new Float32Array(POINTS);
    for (let n = 0; n < TRAJECTORIES; n++) {
      const from = ((n * count + k) * length + time) * cells;
      out.set(states.data.subarray(from, from + cells), n * cells);
    }
    return out;
  });
}

/** Check an ensemble at one time against the truth and the exact variance, all within 4 standard errors. */
function expectCalibrated(u: Float32Array, members: Float32Array[], variance: number): void {
  const found = spread(members);
  const error = skill(u, members);
  expect(Math.abs(spreadSkillRatio(found, error) - 1)).toBeLessThan(4 * ERROR);
  const exact = Math.sqrt(((MEMBERS + 1) / MEMBERS) * variance);
  expect(Math.abs(found / exact - 1)).toBeLessThan(4 * ERROR);
  expect(Math.abs(error / exact - 1)).toBeLessThan(4 * ERROR);
}

const states = truth();

async function ensemble(a: number, options: DiffusionEmulatorOptions, context = 1): Promise<NdArray<Float32Array>> {
  const denoiser = exactDenoiser(a);
  const emulator = diffusionEmulator(denoiser, options);
  try {
    return await rolloutEnsemble(emulator, states, {steps: STEPS, window: WINDOW, context, members: MEMBERS});
  } finally {
    emulator.dispose();
    denoiser.weights.dispose();
  }
}

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

// enough steps that their finite number changes the spread by less than two standard errors
const samplers: DiffusionEmulatorOptions[] = [
  {seed: 1, kind: "ab", steps: 32},
  {seed: 2, kind: "eab", steps: 32},
  {seed: 3, kind: "ddim", eta: 0.3, steps: 80},
  {seed: 4, kind: "ddpm", steps: 160},
  {seed: 5, kind: "pc", delta: 0.005, steps: 80},
];

describe.each(samplers)("with %j", (options) => {
  withExecutionMode("eager"); // two windows each: to record many steps would take longer
  test("rollouts from a first state are calibrated at every lead time", async () => {
    const rollouts = await ensemble(A, options);
    for (let time = 1; time < STEPS; time++) {
      const variance = 1 - A ** (2 * time);
      expectCalibrated(statesAt(states, time)[0], statesAt(rollouts, time, MEMBERS), variance);
    }
  });
});

test("rollouts from a longer context are calibrated too", async () => {
  const rollouts = await ensemble(A, samplers[0], 2);
  for (let time = 2; time < STEPS; time++) {
    const variance = 1 - A ** (2 * (time - 1));
    expectCalibrated(statesAt(states, time)[0], statesAt(rollouts, time, MEMBERS), variance);
  }
});

test.each([1, 2])("windows before a context of %i states at the end, backward in time", (context) => {
  tf.tidy(() => {
    const denoiser = exactDenoiser(A);
    const emulator = diffusionEmulator(denoiser, samplers[0]);
    const mask = tf.tensor1d(contextMask(WINDOW, context, "end"));
    const cells = SIDE ** 2;
    const window = tf.tensor(states.data, [TRAJECTORIES, STEPS, SIDE, SIDE, 1]).slice([0, 0], [-1, WINDOW]);
    const contextStates = window.mul(mask.reshape([1, WINDOW, 1, 1, 1]));
    const rows = tf.tile(contextStates.reshape([TRAJECTORIES, 1, -1]), [1, MEMBERS, 1]);
    const made = emulator(rows.reshape([-1, WINDOW, SIDE, SIDE, 1]), mask, undefined, {i: 0, row: 0});
    emulator.dispose();
    const shape = [TRAJECTORIES, MEMBERS, WINDOW, cells];
    const rollouts = ndarray(made.dataSync() as Float32Array, shape);
    for (let time = 0; time < WINDOW - context; time++) {
      const variance = 1 - A ** (2 * (WINDOW - context - time));
      expectCalibrated(statesAt(states, time)[0], statesAt(rollouts, time, MEMBERS), variance);
    }
  });
});

test("the check detects an overconfident emulator, which assumes a more persistent system", async () => {
  const rollouts = await ensemble(0.9, samplers[0]);
  const [u] = statesAt(states, 1);
  const members = statesAt(rollouts, 1, MEMBERS);
  expect(spreadSkillRatio(spread(members), skill(u, members))).toBeLessThan(0.85);
});
