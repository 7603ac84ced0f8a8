import {Autoencoder} from "../../../lib/models/autoencoder";
import {KarrasDenoiser} from "../../../lib/diffusion/denoiser";
import type {Dataset} from "../../../lib/lab/stages/dataset";
import {timeEmulator, timeSimulator} from "../../../lib/lab/stages/timing";
import {Solver} from "../../../lib/models/solver";
import {tf} from "../../../lib/tensor/backend";
import {randomData, smoke, tiny} from "../smoke";

const data = randomData("timing", [1, smoke.window, 2, 2, 3]);
const schedule = {name: "log-logit"} as const;

test("the simulator's time is shared among the states that it computed: all but the initial ones", () => {
  const wells = {test: {trajectories: [{frames: 5}]}};
  const dataset = {summary: {seconds: 12, trajectories: 3}, wells} as unknown as Dataset;
  const expected = {method: "simulator", space: "pixel", generation: 1, decoding: 0, trajectory: [4]};
  expect(timeSimulator(dataset)).toEqual(expected);
});

test("an emulator is named by its kind and space, and only latents are decoded; nothing stays in memory", () => {
  const autoencoder = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 3}, 1);
  const solver = Solver.create(tiny, 1);
  const denoiser = KarrasDenoiser.create({network: tiny, schedule}, 1);
  const time = () => [
    timeEmulator(smoke, {method: {kind: "solver", latentChannels: null}, model: solver, data}),
    timeEmulator(smoke, {method: {kind: "diffusion", latentChannels: 3}, model: denoiser, data, autoencoder}),
  ];
  time();
  const before = tf.memory().numTensors;
  const [pixel, latent] = time();
  expect(tf.memory().numTensors).toBe(before);
  expect(pixel).toMatchObject({method: "neural solver", space: "pixel", compression: 1, decoding: 0});
  expect(latent).toMatchObject({method: "diffusion", space: "latent", compression: (64 * 5) / 3});
  for (const {repeats, trajectory} of [pixel, latent]) {
    expect(repeats).toHaveLength(7);
    expect(trajectory).toHaveLength(3);
  }
  for (const seconds of [pixel.generation, latent.generation, latent.decoding]) expect(seconds).toBeGreaterThan(0);
  for (const model of [solver, denoiser, autoencoder]) model.dispose();
});

test("a whole trajectory takes as many calls as its rollout", () => {
  const model = Solver.create(tiny, 1);
  const method = {kind: "solver", latentChannels: 3} as const;
  const callsOf = (frames: number) => {
    const {trajectory} = timeEmulator(smoke, {method, model, data: randomData("long", [1, frames, 2, 2, 3])});
    return Math.min(...trajectory!);
  };
  expect(callsOf(1 + 4 * 20)).toBeGreaterThan(3 * callsOf(5)); // 20 calls against one
  model.dispose();
});

test("more steps of the sampler take longer", () => {
  const model = KarrasDenoiser.create({network: tiny, schedule}, 1);
  const [few, many] = [1, 24].map(
    (steps) =>
      timeEmulator(
        {...smoke, rollout: {...smoke.rollout, steps}},
        {method: {kind: "diffusion", latentChannels: 3}, model, data},
      ).generation,
  );
  expect(many).toBeGreaterThan(2 * few);
  model.dispose();
});
