/** Calls of schedules, denoisers, samplers, emulators and rollouts. */
import * as lola from "./public";
import {tinyAutoencoder, tinyDenoiser, tinyNetwork, tinySolver} from "../tiny";
import type {Calls} from "./judge";
import {field, tensor} from "./samples";

type Tensor = lola.tf.Tensor;
const schedule = lola.logLogit();
/** A denoiser that needs no network. */
class Halver {
  readonly schedule = schedule;
  denoise = (xt: Tensor) => ({mean: xt.mul(0.5), variance: lola.tf.onesLike(xt)});
}
const halver = () => new Halver();
const windows = (seed = 0) => tensor([2, 3, 2, 2, 2], seed);
const mask = () => lola.tf.tensor1d([1, 0, 0]);
const label = () => tensor([2, 2]);
const config = () => ({
  network: tinyNetwork(),
  schedule: {name: "log-logit", sigmaMin: 1e-3, sigmaMax: 1e3, scale: 1, shift: 0},
});
const made = (model: lola.Model) => {
  const {size} = model.weights;
  model.dispose();
  return size;
};
const denoiser = tinyDenoiser();
/** Emulate one window. */
const emulate = (emulator: {(...args: [Tensor, Tensor, never, object]): Tensor; dispose(): void}) => {
  const made = emulator(tensor([2, 4, 2, 2, 2]), lola.tf.tensor1d([1, 0, 0, 0]), label() as never, {i: 0, row: 0});
  emulator.dispose();
  return made;
};
/** An emulator that repeats. */
const repeat = () => (x: Tensor) => x.mul(1);
const plan = {steps: 5, window: 3, context: 1, overlap: 1, crop: 3};
const sampler = {kind: "ddim", eta: 0.5, steps: 2};

export const diffusionCalls: Calls = {
  observer: {
    call: (...args: [never, never]) => lola.observer(...args).count,
    args: () => [{kind: "sparse", cells: 3, seed: 1}, [4, 4]],
    fine: ["0.cells: one less", "1: one less"],
  },
  logLogit: {
    call: (options: never) => lola.logLogit(options)(0.3),
    args: () => [{sigmaMin: 1e-3, sigmaMax: 1e3, scale: 1, shift: 0}],
    fine: ["*.shift: -1"],
  },
  rectified: {call: lola.rectified, args: () => [0.3], fine: ["0: -1"]},
  discretize: {call: lola.discretize, args: () => [schedule, 4]},
  score: {call: lola.score, args: () => [windows(), windows(1), {alpha: 1, sigma: 0.5}]},
  diffuse: {
    call: lola.diffuse,
    args: () => [windows(), {alpha: lola.tf.tensor1d([1, 1]), sigma: lola.tf.tensor1d([0.1, 0.2])}, windows(1), mask()],
    fine: ["1.*: fewer axes", "3: fewer axes"],
    says: ["context mask"],
  },
  KarrasDenoiser: {
    call: (all: never) => Object.keys(new lola.KarrasDenoiser(all).specs),
    args: () => [config()],
    fine: ["*.shift: -1"],
  },
  "KarrasDenoiser.create": {
    call: (...args: [never, never]) => made(lola.KarrasDenoiser.create(...args)),
    args: () => [config(), 1],
    fine: ["*.shift: -1", "1: -1"],
    says: ["SelfAttention", "SineEncoding", "seed"],
  },
  MaskedDenoiser: {
    call: (...args: [never, never, never]) => new lola.MaskedDenoiser(...args).denoise(windows(1), 0.5).mean,
    args: () => [halver(), windows(), mask()],
    fine: ["2: fewer axes"],
    says: ["context mask"],
  },
  denoiserLoss: {
    call: lola.denoiserLoss,
    args: () => [
      denoiser,
      denoiser.layout.bind(denoiser.weights),
      windows(),
      {mask: mask(), label: label(), t: lola.tf.tensor1d([0.3, 0.6]), z: windows(1), over: "generated", weight: "none"},
    ],
    fine: ["3.mask: fewer axes", "3.t: fewer axes"],
    says: ["diffuse", "context mask"],
  },
  Sampler: {
    call: (options: never) => new lola.Sampler(options).steps,
    args: () => [{kind: "pc", corrections: 1, delta: 0.1, steps: 2}],
    options: [0],
  },
  adamsBashforth: {call: lola.adamsBashforth, args: () => [[4, 2, 1], 2], fine: ["0: one less", "0: -1"]},
  exponentialAdamsBashforth: {call: lola.exponentialAdamsBashforth, args: () => [[4, 2, 1], 2], fine: ["0: one less"]},
  MMPSDenoiser: {
    call: (...args: [never, never, never, never]) => new lola.MMPSDenoiser(...args).denoise(windows(1), 0.5).mean,
    args: () => [
      halver(),
      (x: Tensor) => x.mul(2),
      windows(),
      0.1,
      {iterations: 1, solver: "cg", covariance: "variance"},
    ],
  },
  observeDecoded: {
    call: (...args: [never, never]) => lola.observeDecoded(...args)(tensor([1, 2, 2, 2, 2])),
    args: () => [tinyAutoencoder(), (x: Tensor) => x],
  },
  solverEmulator: {call: (solver: never) => emulate(lola.solverEmulator(solver) as never), args: () => [tinySolver()]},
  stochasticSolverEmulator: {
    call: (...args: [never, never]) => emulate(lola.stochasticSolverEmulator(...args) as never),
    args: () => [lola.StochasticSolver.create(tinyNetwork(), 1), {seed: 0}],
    fine: ["1.seed: -1"],
  },
  diffusionEmulator: {
    call: (...args: [never, never]) => emulate(lola.diffusionEmulator(...args) as never),
    args: () => [denoiser, {seed: 0, ...sampler}],
    fine: ["1.seed: -1"],
    says: ["Sampler"],
  },
  guidedEmulator: {
    call: (...args: [never, never]) => emulate(lola.guidedEmulator(...args) as never),
    args: () => [denoiser, {seed: 0, observe: (x: Tensor) => x, observations: () => undefined, varY: 0.1, ...sampler}],
    fine: ["1.seed: -1"],
    says: ["Sampler"],
  },
  planRollout: {call: lola.planRollout, args: () => [plan], options: [0], says: ["rollout"]},
  rollout: {
    call: lola.rollout,
    args: () => [repeat(), windows(), {...plan, label: label(), row: 0, contextSource: "input"}],
    options: [2],
    fine: ["2.label*"],
  },
  rolloutEnsemble: {
    call: lola.rolloutEnsemble,
    args: () => [
      repeat(),
      field([2, 3, 2, 2, 2]),
      {...plan, label: field([2, 2]), members: 2, chunk: 1, contextSource: "input"},
    ],
    options: [2],
    fine: ["1: another length", "2.label: another length"],
    says: ["rollout"],
  },
};
