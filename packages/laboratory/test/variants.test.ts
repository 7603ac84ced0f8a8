import {latentCalibration} from "../src/latent-calibration";
import {type EmulatorChanges} from "../src/model-changes";
import {type Emulator} from "../src/stages/emulators";
import {trajectoryAt} from "../src/stages/latents";
import {decodeRollout} from "../src/stages/rollouts";
import type {Trained} from "../src/stages/training";
import {relativeError} from "../../../test/reference/reference";
import {smokeLabs, rolloutOf} from "./smoke";

const {open, artifacts} = smokeLabs();

/** One compression rate and no pixel space. */
const small = () => open((config) => ({...config, latentChannels: [16], pixel: undefined}));

const diffusion = {kind: "diffusion", latentChannels: 16} as const;
const deeper = {...diffusion, changes: {network: {hidBlocks: 2}}, label: "two blocks"};

describe("a changed emulator", () => {
  test("is rolled out and scored beside the preset's, under its label", async () => {
    const lab = small();
    const evaluation = await lab.evaluation({methods: [diffusion, deeper]});
    const results = evaluation.results().filter(({metric}) => metric === "vrmse");
    const names = [...new Set(results.map(({method, compression}) => `${method} ${compression}`))];
    expect(names.slice(0, 3)).toEqual(["autoencoder 20", "diffusion 20", "two blocks 20"]);
    const value = (name: string) => results.find(({method}) => method === name)!.value;
    expect(value("two blocks")).not.toBe(value("diffusion"));
    expect(evaluation.curves().map(({method}) => method)).not.toContain("autoencoder");
  });

  test("keeps what was trained when only its rollout changes", async () => {
    const lab = small();
    const few = await rolloutOf(lab, diffusion, {rollout: {members: 3, steps: 1}});
    expect(few.states.shape.slice(0, 2)).toEqual([1, 3]);
    const trained = await lab.emulator(diffusion, {rollout: {members: 3}});
    expect(trained).toBe(await lab.emulator(diffusion));
    expect(few.key).not.toBe((await rolloutOf(lab, diffusion)).key);
    const other = open((config) => ({
      ...config,
      latentChannels: [16],
      rollout: {...config.rollout, members: 3, steps: 1},
    }));
    expect((await rolloutOf(other, diffusion)).key).toBe(few.key);
  });
});

test("an emulator stands on a changed autoencoder: its latents, its decoder, its reconstructions", async () => {
  const lab = small();
  const changes = {autoencoder: {model: {saturation: "tanh"}, steps: 3}} as const;
  const solver = {kind: "solver", latentChannels: 16} as const;
  const own = await lab.autoencoder(16, changes.autoencoder);
  const latents = await lab.latents(16, "test", changes.autoencoder);
  expect(latents.key).not.toBe((await lab.latents(16, "test")).key);
  expect((await lab.emulator(solver, changes)).key).not.toBe((await lab.emulator(solver)).key);
  const rollout = await rolloutOf(lab, solver, {...changes, rollout: {contextSource: "input"}});
  expect(rollout.autoencoder).toBe(own.model);
  const first = rollout.states.data.subarray(0, 64);
  expect(relativeError(first, latents.states.data.subarray(0, 64))).toBeLessThan(1e-5);
  const {standardization} = await lab.dataset();
  expect(decodeRollout(rollout, 0, standardization, rollout.autoencoder).shape).toEqual([1, 11, 16, 16, 5]);
  const evaluation = await lab.evaluation({methods: [solver, {...solver, changes, label: "on tanh"}]});
  expect(evaluation.scores.map(({labels}) => labels.method).slice(0, 4)).toEqual([
    "autoencoder",
    "autoencoder, model.saturation = tanh, steps = 3",
    "neural solver",
    "on tanh",
  ]);
});

test("a stochastic solver is trained, rolled out and scored as the others are, and has a spread of its own", async () => {
  const lab = small();
  const crps = {kind: "crps", latentChannels: 16} as const;
  const {states} = await rolloutOf(lab, crps);
  expect(states.shape.slice(0, 2)).toEqual([1, lab.config.rollout.members]);
  const evaluation = await lab.evaluation({methods: [crps]});
  const ratios = evaluation
    .results()
    .filter(({metric, method}) => metric === "ratio" && method === "stochastic solver");
  expect(ratios.length).toBeGreaterThan(0);
  for (const {value} of ratios) expect(value).toBeGreaterThan(0);
  expect(evaluation.calibrations().map(({method, horizon}) => `${method} ${horizon}`)).toEqual([
    "stochastic solver 1:20",
    "stochastic solver 21:40",
  ]);
  const key = (objective: {members?: number; alpha?: number}) => lab.with({objective}).emulator(crps);
  expect((await key({members: 3})).key).not.toBe((await lab.emulator(crps)).key);
  expect((await key({alpha: 1})).key).not.toBe((await lab.emulator(crps)).key);
});

test("a stochastic solver can begin with a trained solver, and a solver can be trained on", async () => {
  const lab = small();
  const begin = {from: "solver", training: {steps: 1, learningRate: 1e-12}} as const;
  const solver = {kind: "solver", latentChannels: 16} as const;
  const weightsOf = ({model}: Trained<Emulator>) => model.layout.toOfficial(model.weights.dataSync<"float32">());
  const before = weightsOf(await lab.emulator(solver));
  for (const kind of ["crps", "solver"] as const) {
    const after = weightsOf(await lab.emulator({...solver, kind}, begin));
    for (const [name, {data}] of before) expect(relativeError(after.get(name)!.data, data)).toBeLessThan(1e-6);
  }
  await expect(lab.emulator(diffusion, begin)).rejects.toThrow('"from" of a solver or a stochastic one');
});

test("solvers have members, too: several seeds, or perturbed initial states", async () => {
  const lab = small();
  const solver = {kind: "solver", latentChannels: 16} as const;
  const one = await rolloutOf(lab, solver);
  const seeds = await rolloutOf(lab, solver, {seeds: 2});
  expect(seeds.states.shape).toEqual([1, 2, ...one.states.shape.slice(2)]);
  expect(seeds.states.data.subarray(0, one.states.size)).toEqual(one.states.data);
  const other = await rolloutOf(lab, solver, {seed: lab.config.seed + 1});
  expect(seeds.states.data.subarray(one.states.size)).toEqual(other.states.data);
  const perturbed = await rolloutOf(lab, solver, {rollout: {perturbation: 0.1}});
  expect(perturbed.states.shape[1]).toBe(lab.config.rollout.members);
  const evaluation = await lab.evaluation({methods: [solver, {...solver, changes: {seeds: 2}}]});
  const ensembles = evaluation.calibrations().map(({method}) => method);
  expect(new Set(ensembles)).toEqual(new Set(["neural solver, seeds = 2"]));
});

test("every emulator makes an ensemble of the symmetries of a trajectory: its first member is the plain forecast", async () => {
  const lab = open();
  const {standardization, testTrajectories} = await lab.dataset();
  const [n] = testTrajectories;
  const changes = {rollout: {symmetries: true, members: 3}};
  for (const method of [
    {kind: "solver", latentChannels: 16},
    diffusion,
    {kind: "solver", latentChannels: null},
  ] as const) {
    const plain = await rolloutOf(lab, method);
    const made = await rolloutOf(lab, method, changes);
    expect(made.states.shape).toEqual([1, 3, ...plain.states.shape.slice(2)]);
    const decoded = decodeRollout(made, n, standardization, made.autoencoder);
    const first = decodeRollout(plain, n, standardization, plain.autoencoder);
    const members = [0, 1, 2].map((k) => trajectoryAt(decoded, k).data);
    expect(relativeError(members[0], trajectoryAt(first, 0).data)).toBeLessThan(1e-5);
    expect(relativeError(members[1], members[0])).toBeGreaterThan(1e-3);
    expect(relativeError(members[2], members[1])).toBeGreaterThan(1e-3);
  }
  await expect(latentCalibration(lab, [{...diffusion, changes}])).rejects.toThrow("found rollout.symmetries");
});

test("the symmetries of ensembles are undone member by member when solvers of several seeds are joined", async () => {
  const lab = small();
  const {standardization, testTrajectories} = await lab.dataset();
  const solver = {kind: "solver", latentChannels: 16} as const;
  const rollout = {symmetries: true, members: 2};
  const decoded = async (changes: EmulatorChanges) => {
    const made = await rolloutOf(lab, solver, {rollout, ...changes});
    return decodeRollout(made, testTrajectories[0], standardization, made.autoencoder).data;
  };
  const both = await decoded({seeds: 2});
  const each = [await decoded({}), await decoded({seed: lab.config.seed + 1})];
  expect(relativeError(both, Float32Array.from(each.flatMap((one) => [...one])))).toBeLessThan(1e-6);
});

test("windows of latents are rolled while emulators train, where the autoencoder is periodic", async () => {
  const lab = small();
  const rolled = lab.with({latentRolls: true});
  const before = await lab.emulator(diffusion);
  const after = await rolled.emulator(diffusion);
  expect(after.key).not.toBe(before.key);
  expect(after.history.loss).not.toEqual(before.history.loss);
  const walls = {autoencoder: {model: {periodic: false}, steps: 2}} as const;
  expect((await rolled.emulator(diffusion, walls)).key).toBe((await lab.emulator(diffusion, walls)).key);
});

test("another number of latent channels needs no change of the configuration, only steps", async () => {
  const rollout = await rolloutOf(small(), {kind: "solver", latentChannels: 8}, {autoencoder: {steps: 2}});
  expect(rollout.states.shape.slice(3)).toEqual([2, 2, 8]);
});

test("what cannot be is refused before any work", async () => {
  const lab = open(undefined, artifacts("empty"));
  const dataset = jest.spyOn(lab, "dataset");
  await expect(lab.evaluation({methods: []})).rejects.toThrow("found an empty list.");
  await expect(rolloutOf(lab, {...diffusion, latentChannels: 1.5})).rejects.toThrow("found 1.5.");
  await expect(lab.autoencoder(16, {steps: 0})).rejects.toThrow();
  await expect(lab.emulator(diffusion, {training: {steps: 0}})).rejects.toThrow("steps");
  await expect(rolloutOf(lab, diffusion, {seeds: 1.5})).rejects.toThrow(
    "expected methods[0].changes.seeds to be a whole number",
  );
  expect(dataset).not.toHaveBeenCalled();
});

test("scores are a DataFrame to filter: a row per method, horizon, field and metric", async () => {
  const lab = small();
  const evaluation = await lab.evaluation();
  const alone = (await lab.evaluation({methods: [diffusion]})).results();
  expect(evaluation.results()).toEqual(expect.arrayContaining(alone)); // the default scores the same, and more
  const frame = await evaluation.frame();
  expect(frame.columns).toEqual([
    ...["lab", "system", "preset", "seed", "changes", "method", "space", "compression", "horizon", "from", "to"],
    ...["field", "metric", "value", "error", "trajectories"],
  ]);
  const all = frame.column("field").eq("all");
  const chosen = frame.query(all.and(frame.column("metric").eq("vrmse")));
  const results = evaluation.results().filter(({metric}) => metric === "vrmse");
  expect(chosen.column("value").values).toEqual(results.map(({value}) => value));
  expect(new Set(frame.column("lab").values as string[])).toEqual(new Set([lab.name]));
});
