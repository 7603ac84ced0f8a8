import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {planFiles, systemNames, systemOf, type SimulationConfig, type SystemName} from "@lola-ts/simulators";
import {Autoencoder, Solver} from "lola/models";
import {KarrasDenoiser} from "lola/diffusion";
import type {Dataset} from "../../src/stages/dataset";
import {timeEmulator, timesRecipe, timeSimulator} from "../../src/stages/timing";
import {artifactKey} from "@lola-ts/cache";
import {decoderOperations} from "lola/nn";
import {tf} from "@lola-ts/engine";
import {preset} from "../../src/presets/presets";
import {randomData, smoke, three, tiny} from "../smoke";

const data = randomData("timing", [1, smoke.window, 2, 2, 3]);
const schedule = {name: "log-logit"} as const;

describe("the simulator", () => {
  /** Three test trajectories of a preset, whose states are zeros, of a dataset whose trajectories took some seconds. */
  const simulated = (system: SystemName, seconds: number) => {
    const config = three(preset(system, "smoke"));
    const facts = systemOf(system);
    const {rollout} = config;
    const plan = planFiles(config.data as SimulationConfig).find(({split}) => split === "test")!;
    const {grid} = plan.requests[0];
    const trajectory = (index: number) => ({path: `a/${plan.name}`, dataset: plan.dataset, index});
    const dataset = {
      summary: {seconds: 3 * seconds, trajectories: 3},
      testTrajectories: [0, 1, 2],
      testWindow: {start: (rollout.start ?? 0) / config.stride, length: 2},
      wells: {test: {trajectories: [0, 1, 2].map(trajectory)}},
      read: () => {
        const shape = [1, ...grid, facts.channels.length];
        return ndarray(new Float32Array(sizeOf(shape)), shape);
      },
    } as unknown as Dataset;
    const restart = jest.spyOn(facts, "restart").mockImplementation(() => ({
      fields: {},
      diagnostics: {steps: 1, updates: 1, seconds: 12},
    }));
    return {config, dataset, restart, plan};
  };
  afterEach(() => jest.restoreAllMocks());

  test.each(systemNames)("of %s is timed from the first state that emulators start from to the last one", (system) => {
    const {config, dataset, restart, plan} = simulated(system, 1);
    const {trajectory, repeats, generation, ...rest} = timeSimulator(config, dataset);
    expect(rest).toEqual({method: "simulator", space: "pixel", decoding: 0});
    expect(trajectory).toEqual([12, 12, 12]);
    const data = config.data as SimulationConfig & {startTime?: number};
    const states = data.frames - 1 - (config.rollout.start ?? 0) / config.stride;
    expect(generation).toBe(12 / states);
    expect(repeats).toEqual([12, 12, 12].map((time) => time / states));
    restart.mock.calls.forEach(([request, {first = 0}], i) => {
      expect(request.seed).toEqual(plan.requests[i].seed);
      const spacing = request.endTime / (request.frames - 1);
      expect(request.endTime).toBeCloseTo(data.endTime, 9);
      expect(first * spacing).toBeCloseTo((data.startTime ?? 0) + (data.frames - 1 - states) * spacing, 9);
    });
  });

  test("is timed over a part of the states where a trajectory takes long", () => {
    const {config, dataset, restart} = simulated("euler", 600);
    expect(timeSimulator(config, dataset)).toMatchObject({trajectory: [24, 24, 24], generation: 2.4});
    const [[{frames, endTime}]] = restart.mock.calls;
    expect(frames).toBe(6);
    expect(endTime).toBeCloseTo(0.3, 9); // of 0.6
  });

  test("stops after half a minute", () => {
    const {config, dataset, restart} = simulated("euler", 1);
    restart.mockImplementation(() => ({fields: {}, diagnostics: {steps: 1, updates: 1, seconds: 40}}));
    expect(timeSimulator(config, dataset).trajectory).toEqual([40]);
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
