import {Autoencoder, Solver} from "lola/models";
import {KarrasDenoiser} from "lola/diffusion";
import type {Dataset} from "../../src/stages/dataset";
import {timeEmulator, timesRecipe, timeSimulator} from "../../src/stages/timing";
import {artifactKey} from "../../src/store/artifacts";
import {decoderOperations} from "lola/nn";
import {tf} from "@lola-ts/engine";
import {randomData, smoke, tiny} from "../smoke";

const data = randomData("timing", [1, smoke.window, 2, 2, 3]);
const schedule = {name: "log-logit"} as const;

describe("the simulator", () => {
  const wells = {test: {trajectories: [{frames: 5}]}};
  const datasetOf = (seconds: number) => ({summary: {seconds, trajectories: 3}, wells}) as unknown as Dataset;
  if ("source" in smoke.data) throw new Error("The smoke test simulates its data.");
  const {data: simulated} = smoke;

  test("is timed on test trajectories, each of them simulated anew", () => {
    const {trajectory = [], repeats, generation, ...rest} = timeSimulator(datasetOf(0.3), simulated);
    expect(rest).toEqual({method: "simulator", space: "pixel", decoding: 0});
    expect(trajectory).toHaveLength(Math.min(3, simulated.trajectories.test));
    expect(repeats).toEqual(trajectory.map((time) => time / 4)); // shared among the states but the initial one
    expect(generation).toBe([...repeats!].sort((a, b) => a - b)[trajectory.length >> 1]);
    for (const time of trajectory) expect(time).toBeGreaterThan(0);
  });

  test("has the mean time of its dataset where a trajectory takes long", () => {
    expect(timeSimulator(datasetOf(3 * 600), simulated)).toMatchObject({
      generation: 150,
      trajectory: [600],
      repeats: [150],
    });
  });

  test("stops after half a minute", () => {
    let clock = 0;
    const now = jest.spyOn(performance, "now").mockImplementation(() => (clock += 40_000));
    const {trajectory} = timeSimulator(datasetOf(3 * 40), {...simulated, trajectories: {train: 1, valid: 1, test: 3}});
    now.mockRestore();
    expect(trajectory).toHaveLength(1);
  });

  test("does not take the time of a dataset that was made on a busy machine", () => {
    for (const time of timeSimulator(datasetOf(3 * 60), simulated).trajectory!) expect(time).toBeLessThan(30);
  });
});

test("an emulator is named by its kind and space, and only latents are decoded; nothing stays in memory", async () => {
  const autoencoder = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 3}, 1);
  const solver = Solver.create(tiny, 1);
  const denoiser = KarrasDenoiser.create({network: tiny, schedule}, 1);
  const time = async () => [
    await timeEmulator(smoke, {method: {kind: "solver", latentChannels: null}, model: solver, data}),
    await timeEmulator(smoke, {method: {kind: "diffusion", latentChannels: 3}, model: denoiser, data, autoencoder}),
  ];
  await time();
  const before = tf.memory().numTensors;
  const [pixel, latent] = await time();
  expect(tf.memory().numTensors).toBe(before);
  expect(pixel).toMatchObject({method: "neural solver", space: "pixel", compression: 1, decoding: 0});
  expect(latent).toMatchObject({method: "diffusion", space: "latent", compression: (64 * 5) / 3});
  for (const {repeats, trajectory} of [pixel, latent]) {
    expect(repeats).toHaveLength(7);
    expect(trajectory).toHaveLength(3);
  }
  // a solver calls its network once, diffusion once a step; each call adds all states but one
  const [once, decoded] = [pixel, latent].map(({operations}) => operations!);
  const decoding = decoderOperations(autoencoder.config, [16, 16]);
  expect((decoded - decoding) / once).toBeCloseTo(smoke.rollout.steps, 9);
  for (const seconds of [pixel.generation, latent.generation, latent.decoding]) expect(seconds).toBeGreaterThan(0);
  for (const model of [solver, denoiser, autoencoder]) model.dispose();
});

test("a whole trajectory is rolled out and every state of it decoded, once to record and three times", async () => {
  const model = Solver.create(tiny, 1);
  const autoencoder = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 3}, 1);
  const method = {kind: "solver", latentChannels: 3} as const;
  const decoded = jest.spyOn(autoencoder, "decode");
  const frames = 1 + 4 * 6;
  const long = randomData("long", [1, frames, 2, 2, 3]);
  const {trajectory} = await timeEmulator(smoke, {method, model, data: long, autoencoder});
  expect(trajectory).toHaveLength(3);
  expect(Math.min(...trajectory!)).toBeGreaterThan(0);
  const states = decoded.mock.calls.reduce((sum, [{shape}]) => sum + shape[0], 0);
  expect(states).toBe((7 + 1) * smoke.window + (3 + 1) * frames);
  for (const one of [model, autoencoder]) one.dispose();
});

test("the sampler that is timed takes the steps of the rollout: its network is called once in each", async () => {
  const model = KarrasDenoiser.create({network: tiny, schedule}, 1);
  const method = {kind: "diffusion", latentChannels: 3} as const;
  const network = jest.spyOn(model, "posterior");
  const callsOf = async (steps: number) => {
    network.mockClear();
    await timeEmulator({...smoke, rollout: {...smoke.rollout, steps}}, {method, model, data});
    return network.mock.calls.length;
  };
  const [once, often] = [await callsOf(1), await callsOf(24)];
  expect(once).toBeGreaterThan(0);
  expect(often).toBe(24 * once);
  model.dispose();
});

const keyOf = (...args: Parameters<typeof timesRecipe>) => {
  const {stage, version, config, inputs} = timesRecipe(...args);
  return artifactKey({stage, version, config}, inputs);
};

test("times belong to models, to how they are rolled out, and to a machine", () => {
  const key = keyOf(smoke, ["data", "model"]);
  expect(keyOf({...smoke, horizons: [[1, 4]]}, ["data", "model"])).toBe(key);
  expect(keyOf(smoke, ["data", "another"])).not.toBe(key);
  expect(keyOf({...smoke, rollout: {...smoke.rollout, steps: 3}}, ["data", "model"])).not.toBe(key);
  expect(timesRecipe(smoke, []).config).toMatchObject({machine: expect.stringContaining("logical cores") as string});
});
