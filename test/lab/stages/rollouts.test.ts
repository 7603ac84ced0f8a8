import ndarray from "ndarray";
import {MemorySource} from "../../../lib/data/source";
import {KarrasDenoiser} from "../../../lib/diffusion/denoiser";
import type {SamplerScheme} from "../../../lib/diffusion/samplers/sampler";
import type {EmulatorData, EmulatorSpec} from "../../../lib/lab/stages/emulators";
import {testTrajectory} from "../../../lib/lab/stages/evaluation";
import type {Config} from "../../../lib/lab/config";
import {obtainRollout, decodeRollout} from "../../../lib/lab/stages/rollouts";
import {Solver} from "../../../lib/models/solver";
import {relativeError} from "../../reference/reference";
import {asTrained, randomData, smoke, smokeLabs, tiny} from "../smoke";

const {artifacts, open} = smokeLabs();

test("rolls out ensembles whose members differ and whose solver answer is single", async () => {
  const experiment = open();
  const dataset = await experiment.dataset();
  const {model} = await experiment.autoencoder(16);
  const diffusion = await experiment.rollout({kind: "diffusion", latentChannels: 16});
  const solver = await experiment.rollout({kind: "solver", latentChannels: null});
  expect(diffusion.states.shape.slice(0, 3)).toEqual([1, 2, 11]);
  expect(solver.states.shape.slice(0, 3)).toEqual([1, 1, 11]);
  const physical = decodeRollout(diffusion, 0, dataset.standardization, model);
  expect(physical.shape.slice(1)).toEqual(testTrajectory(dataset, 0).shape);
  const half = physical.data.length / 2;
  expect(Array.from(physical.data.subarray(0, half))).not.toEqual(Array.from(physical.data.subarray(half)));
});

describe("a rollout of a solver of random weights", () => {
  const method: EmulatorSpec = {kind: "solver", latentChannels: 16};
  const config = {...smoke, rollout: {...smoke.rollout, trajectories: 2}};
  const data = randomData("test", [3, 7, 2, 2, 3]);
  const [states, size] = [data.states.data, data.states.data.length / 3];
  const solver = Solver.create(tiny, 4);
  const roll = (test: EmulatorData, model = solver) =>
    obtainRollout(config, artifacts(), method, asTrained(model, "solver"), test);

  test("starts from as many trajectories as told, and looks at their first state and label only", async () => {
    const rollout = await roll(data);
    expect(rollout.states.shape).toEqual([2, 1, 7, 2, 2, 3]);
    const later = states.map((value, i) => (i % size < 12 ? value : 9));
    const other = new MemorySource(ndarray(later, [...data.states.shape]));
    const same = await roll({...data, states: other, key: "later states differ"});
    expect(same.states.data).toEqual(rollout.states.data);
    const [a, b, c] = data.labels;
    const relabelled = await roll({...data, labels: [b, b, c], key: "a label differs"});
    expect(relabelled.states.data.subarray(size)).toEqual(rollout.states.data.subarray(size, 2 * size));
    expect(relativeError(relabelled.states.data.subarray(0, size), rollout.states.data.subarray(0, size))).not.toBe(0);
    expect(a).not.toEqual(b);
  });

  test("of each trajectory does not depend on the others", async () => {
    const [first, second] = [states.slice(0, size), states.slice(size, 2 * size)];
    const both = Float32Array.from([...second, ...first]);
    const swapped = new MemorySource(ndarray(both, [2, ...data.states.shape.slice(1)]));
    const [a, b] = data.labels;
    const there = (await roll(data)).states.data;
    const back = (await roll({states: swapped, labels: [b, a], key: "swapped"})).states.data;
    expect(relativeError(back.subarray(0, size), there.subarray(size))).toBeLessThan(1e-5);
    expect(relativeError(back.subarray(size), there.subarray(0, size))).toBeLessThan(1e-5);
  });

  test("is made once: what was kept needs no model", async () => {
    const kept = await roll(data);
    const without = new Solver(tiny); // no weights
    expect((await roll(data, without)).states.data).toEqual(kept.states.data);
    await expect(roll({...data, key: "not kept"}, without)).rejects.toThrow("expected weights, found none");
  });
});

describe("a rollout's sampler", () => {
  const method: EmulatorSpec = {kind: "diffusion", latentChannels: 16};
  const data = randomData("test", [1, 7, 2, 2, 3]);
  const denoiser = KarrasDenoiser.create({network: tiny, schedule: {name: "log-logit"}}, 4);
  const roll = (rollout: Partial<Config["rollout"]>) =>
    obtainRollout(
      {...smoke, rollout: {...smoke.rollout, ...rollout}},
      artifacts("samplers"),
      method,
      asTrained(denoiser, "denoiser"),
      data,
    );

  test("is Adams-Bashforth unless told, under the key that it has without the option", async () => {
    const {order} = smoke.rollout;
    const [none, absent, told] = [await roll({}), await roll({sampler: undefined}), await roll({sampler: {order}})];
    expect(absent.key).toBe(none.key);
    expect(told.key).not.toBe(none.key);
    expect(told.states.data).toEqual(none.states.data);
  });

  test("may be any other, each an artefact of its own", async () => {
    const samplers: SamplerScheme[] = [{kind: "eab"}, {kind: "ddim", eta: 0.5}, {kind: "ddpm"}, {kind: "pc"}];
    const rollouts = [await roll({})];
    for (const sampler of samplers) rollouts.push(await roll({sampler}));
    expect(new Set(rollouts.map(({key}) => key)).size).toBe(5);
    const [first, ...others] = rollouts.map(({states}) => states.data);
    for (const other of others) expect(relativeError(other, first)).toBeGreaterThan(1e-3);
  });
});

test("a rollout in pixel space in physical units is what standardisation was undone of", async () => {
  const dataset = await open().dataset();
  const {data, shape} = dataset.states("test");
  const states = ndarray(data, [1, 1, ...shape.slice(1)]);
  const rollout = {method: {kind: "solver", latentChannels: null}, states, key: ""} as const;
  const truth = testTrajectory(dataset, 0);
  const physical = decodeRollout(rollout, 0, dataset.standardization);
  expect(physical.shape).toEqual([1, ...truth.shape]);
  expect(relativeError(physical.data, truth.data)).toBeLessThan(1e-6);
});
