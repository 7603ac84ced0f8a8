import {existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import ndarray from "ndarray";
import {MemorySource} from "lola/data";
import {KarrasDenoiser} from "lola/diffusion";
import type {SamplerScheme} from "../../../../lib/diffusion/samplers/sampler";
import {type EmulatorSpec} from "../../src/model-changes";
import {type EmulatorData} from "../../src/stages/emulators";
import {testTrajectory} from "../../src/stages/evaluation";
import type {Config} from "../../src/config";
import {trajectoryAt} from "../../src/stages/latents";
import {decodeRollout, obtainRolloutOf, readRollout, type Rollout, type RolloutInputs} from "../../src/stages/rollouts";
import {Artifacts} from "@lola-ts/cache";
import {drawTestTrajectories} from "../../src/stages/dataset";
import {Solver} from "lola/models";
import {relativeError} from "../../../../test/reference/reference";
import {asTrained, randomData, smoke, smokeLabs, tiny, inContext, obtainRollout, rolloutOf, rolloutsOf} from "../smoke";

const {folder, artifacts, open} = smokeLabs();

test("rolls out ensembles whose members differ and whose solver answer is single", async () => {
  const experiment = open();
  const dataset = await experiment.dataset();
  const {model} = await experiment.autoencoder(16);
  const [alone] = await experiment.rollouts([{kind: "solver", latentChannels: null}], 0);
  const forecasts = readdirSync(path.join(experiment.artifacts.root, "rollout"));
  expect(forecasts).toEqual([expect.stringMatching(/solver-pixel.*partial$/)]); // its part alone
  const diffusion = await rolloutOf(experiment, {kind: "diffusion", latentChannels: 16});
  const solver = await rolloutOf(experiment, {kind: "solver", latentChannels: null});
  expect(diffusion.states.shape.slice(0, 3)).toEqual([1, 2, 11]);
  expect(solver.states.shape.slice(0, 3)).toEqual([1, 1, 11]);
  expect(alone.states).toEqual(solver.states);
  await expect(experiment.rollouts(undefined, 7)).rejects.toThrow("expected one of the test trajectories 0, found 7");
  const physical = decodeRollout(diffusion, 0, dataset.standardization, model);
  expect(physical.shape.slice(1)).toEqual(testTrajectory(dataset, 0).shape);
  const half = physical.data.length / 2;
  expect(Array.from(physical.data.subarray(0, half))).not.toEqual(Array.from(physical.data.subarray(half)));
  const decode = (count: number) => decodeRollout(diffusion, 0, dataset.standardization, model, {members: count});
  const one = decode(1);
  expect(one.shape).toEqual([1, ...physical.shape.slice(1)]);
  expect(relativeError(one.data, physical.data.subarray(0, half))).toBeLessThan(1e-6); // of the first member alone
  for (const count of [0, 3, 1.5]) expect(() => decode(count)).toThrow("decodeRollout: expected members to be");
});

describe("a rollout of a solver of random weights", () => {
  const method: EmulatorSpec = {kind: "solver", latentChannels: 16};
  const config = {...smoke, rollout: {...smoke.rollout, trajectories: 2}};
  const data = randomData("test", [3, 7, 2, 2, 3]);
  const states = data.states.data;
  const size = data.states.data.length / 3;
  const solver = Solver.create(tiny, 4);
  const roll = (test: EmulatorData, model = solver) =>
    obtainRollout(config, artifacts(), method, asTrained(model, "solver"), test);

  test("starts from as many drawn trajectories as configured, and reads their first state and label only", async () => {
    const rollout = await roll(data);
    expect(rollout.states.shape).toEqual([2, 1, 7, 2, 2, 3]);
    expect(rollout.trajectories).toEqual(drawTestTrajectories(config, 3));
    const later = states.map((value, i) => (i % size < 12 ? value : 9));
    const other = new MemorySource(ndarray(later, [...data.states.shape]));
    const same = await roll({...data, states: other, key: "later states differ"});
    expect(same.states.data).toEqual(rollout.states.data);
    const [first, second] = rollout.trajectories;
    const labels = data.labels.map((label, n) => (n === first ? data.labels[second] : label));
    const relabelled = await roll({...data, labels, key: "a label differs"});
    expect(relabelled.states.data.subarray(size)).toEqual(rollout.states.data.subarray(size, 2 * size));
    expect(relativeError(relabelled.states.data.subarray(0, size), rollout.states.data.subarray(0, size))).not.toBe(0);
    expect(data.labels[first]).not.toEqual(data.labels[second]);
  });

  test("is decoded by the trajectory's index in the test split, and refused for one that was not drawn", async () => {
    const rollout = await roll(data);
    const constants = {transform: Array<"identity">(3).fill("identity"), mean: [0, 0, 0], std: [1, 1, 1]};
    const [, second] = rollout.trajectories;
    expect(decodeRollout(rollout, second, constants).data).toEqual(rollout.states.data.subarray(size));
    const other = [0, 1, 2].find((n) => !rollout.trajectories.includes(n))!;
    expect(() => decodeRollout(rollout, other, constants)).toThrow(
      `decodeRollout: expected trajectory to be one of the test trajectories ${rollout.trajectories.join(", ")}, found ${other}.`,
    );
  });

  test("starts where lead time 0 is, from as many context states as configured", async () => {
    const later = {...config, rollout: {...config.rollout, start: 2 * config.stride, context: 2}};
    const rollout = await obtainRollout(later, artifacts(), method, asTrained(solver, "solver"), data);
    expect(rollout.states.shape).toEqual([2, 1, 6, 2, 2, 3]); // states 1 to 6, of which 1 and 2 are given
    const cut = states.slice();
    for (let n = 0; n < 3; n++) cut.fill(9, n * size, n * size + 12); // state 0 does not matter
    const other = {...data, states: new MemorySource(ndarray(cut, [...data.states.shape])), key: "another state 0"};
    const same = await obtainRollout(later, artifacts(), method, asTrained(solver, "solver"), other);
    expect(same.states.data).toEqual(rollout.states.data);
  });

  test("keeps so many states of each window as configured, and continues from the last of them", async () => {
    const cropped = {...config, rollout: {...config.rollout, crop: 2}};
    const trained = asTrained(solver, "solver");
    const obtain = (of: typeof config, test: EmulatorData) => obtainRollout(of, artifacts(), method, trained, test);
    const [all, one] = [(await roll(data)).states.data, (await obtain(cropped, data)).states.data];
    const state = (values: Float32Array, n: number) => values.subarray(12 * n, 12 * (n + 1)); // of the first trajectory
    expect(relativeError(state(one, 1), state(all, 1))).toBeLessThan(1e-6);
    expect(relativeError(state(one, 2), state(all, 2))).toBeGreaterThan(1e-3);
    const [first] = drawTestTrajectories(config, 3);
    const moved = states.slice();
    moved.set(state(one, 1), first * size);
    const later = {...data, states: new MemorySource(ndarray(moved, [...data.states.shape])), key: "a step later"};
    expect(relativeError(state((await roll(later)).states.data, 1), state(one, 2))).toBeLessThan(1e-6);
  });

  test("of each trajectory does not depend on the others", async () => {
    const drawn = drawTestTrajectories(config, 3).reverse();
    const both = Float32Array.from(drawn.flatMap((n) => [...states.subarray(n * size, (n + 1) * size)]));
    const swapped = new MemorySource(ndarray(both, [2, ...data.states.shape.slice(1)]));
    const there = (await roll(data)).states.data;
    const labels = drawn.map((n) => data.labels[n]);
    const back = (await roll({states: swapped, labels, key: "swapped"})).states.data;
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

  test("is Adams-Bashforth by default, under the key that it has when it is named", async () => {
    const {order} = smoke.rollout;
    const none = await roll({});
    for (const sampler of [undefined, {order}]) {
      const same = await roll({sampler});
      expect(same.key).toBe(none.key);
      expect(same.states.data).toEqual(none.states.data);
    }
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
  const rollout = {method: {kind: "solver", latentChannels: null}, trajectories: [0], states, key: ""} as const;
  const truth = testTrajectory(dataset, 0);
  const physical = decodeRollout(rollout, 0, dataset.standardization);
  expect(physical.shape).toEqual([1, ...truth.shape]);
  expect(relativeError(physical.data, truth.data)).toBeLessThan(1e-6);
});

describe("rollouts in chunks", () => {
  const method = {kind: "solver", latentChannels: 3} as const;
  const config: Config = {
    ...smoke,
    rollout: {...smoke.rollout, trajectories: 3, members: 30, perturbation: 0.1}, // a chunk for each trajectory
  };
  const data = randomData("streamed", [3, 11, 2, 2, 3]);
  const [model, other] = [Solver.create(tiny, 0), Solver.create(tiny, 1)];
  const trained = asTrained(model, "streamed");
  const folderOf = (store: Artifacts) => store.partial(rolloutsOf(config, store, method, trained, data).recipe);
  let whole: Rollout;
  beforeAll(async () => void (whole = await obtainRollout(config, artifacts("whole"), method, trained, data)));
  afterAll(() => [model, other].forEach((one) => one.dispose()));

  /** A store in which some chunks are finished, by their trajectories' places. */
  async function interrupted(name: string, places: readonly number[]): Promise<{store: Artifacts; said: string[]}> {
    const said: string[] = [];
    const store = new Artifacts(folder(name), (sentence) => said.push(sentence));
    for (const place of places) {
      const {recipe, inputs} = rolloutsOf(config, store, method, trained, data);
      const work = {place: inContext(config, store), asked: {method}, recipe, inputs: inputs as RolloutInputs};
      await obtainRolloutOf(work, whole.trajectories[place]);
    }
    return {store, said};
  }

  test("are read one trajectory alone, the same as among all; stopped work continues after its last chunk", async () => {
    const {store, said} = await interrupted("streamed", [0]);
    const streamed = asTrained(other, "streamed");
    const file = await rolloutsOf(config, store, method, streamed, data).get();
    const [first, second] = await Promise.all([0, 1].map((i) => readRollout(file, file.trajectories[i])));
    expect(first.states.data).toEqual(trajectoryAt(whole.states, 0).data);
    expect(second.trajectories).toEqual([whole.trajectories[1]]);
    const others = await obtainRollout(config, artifacts("others"), method, asTrained(other, "streamed"), data);
    expect(second.states.data).toEqual(trajectoryAt(others.states, 1).data);
    expect(existsSync(folderOf(store))).toBe(false);
    expect(said).toEqual([]);
    await expect(readRollout(file, 99)).rejects.toThrow("readRollout: expected one of the test trajectories");
  });

  test("of which some are cut, flipped or exchanged are made again, and a line says so", async () => {
    const {store, said} = await interrupted("damaged", [0, 1, 2]);
    const chunks = readdirSync(folderOf(store), {recursive: true, encoding: "utf8"})
      .filter((name) => name.endsWith(".f32"))
      .sort()
      .map((name) => path.join(folderOf(store), name));
    expect(chunks).toHaveLength(3);
    const [cut, flipped, exchanged] = chunks.map((file) => readFileSync(file));
    writeFileSync(chunks[0], cut.subarray(0, cut.length - 400));
    flipped[100] ^= 1;
    writeFileSync(chunks[1], flipped);
    writeFileSync(chunks[2], cut);
    const made = await obtainRollout(config, new Artifacts(store.root, store.report), method, trained, data);
    expect(made.states.data).toEqual(whole.states.data);
    expect(said.filter((line) => /damaged \(.*\): it is made again/.test(line))).toHaveLength(3);
    expect(exchanged).toHaveLength(cut.length);
  });

  test("of another size are not joined, and a line says so", async () => {
    const {store, said} = await interrupted("sizes", [1]);
    const values = whole.states.data;
    for (const from of [0, 1, 2]) writeFileSync(path.join(folderOf(store), `${from}.f32`), values.subarray(0, 90));
    const made = await obtainRollout(config, store, method, trained, data);
    expect(made.states.data).toEqual(values);
    expect(said).toEqual([expect.stringMatching(/: 3 chunks are not of this size or version, and are not used\.$/)]);
  });
});
