import {flat} from "@lola-ts/core";
import {untrainedRivals} from "../../src/rivals";
import {decodeRollout} from "../../src/stages/rollouts";
import {smokeLabs, rolloutOf} from "../smoke";

const {open} = smokeLabs();
const solver = {kind: "solver", latentChannels: 16} as const;
const diffusion = {kind: "diffusion", latentChannels: 16} as const;

/** One compression rate, and enough validation trajectories to draw residuals from. */
const small = () =>
  open((config) => ({
    ...config,
    latentChannels: [16],
    pixel: undefined,
    data: {...config.data, trajectories: {train: 2, valid: 3, test: 2}} as typeof config.data,
    rollout: {...config.rollout, trajectories: 2, members: 3},
  }));

test("a dressed answer has members around it, whose deviation grows with the answer's own", async () => {
  const lab = small();
  const {standardization, wells} = await lab.dataset();
  const plain = await rolloutOf(lab, solver);
  for (const dressing of ["noise", "residuals"] as const) {
    const rollout = await rolloutOf(lab, solver, {rollout: {dressing}});
    expect(rollout.key).not.toBe(plain.key);
    expect(flat(rollout.states)).toEqual(flat(plain.states)); // dressed when it is decoded
    const [answer] = [plain].map((one) => decodeRollout(one, 1, standardization, one.autoencoder));
    const members = decodeRollout(rollout, 1, standardization, rollout.autoencoder);
    expect(members.shape).toEqual([3, ...answer.shape.slice(1)]);
    expect(members.shape.at(-1)).toBe(wells.test.channels.length);
    const errors = flat(members).map((value, i) => value - flat(answer)[i % answer.size]);
    expect(errors.every(Number.isFinite)).toBe(true);
    expect(new Set(errors).size).toBeGreaterThan(errors.length / 2);
    const again = decodeRollout(rollout, 1, standardization, rollout.autoencoder);
    expect(flat(again)).toEqual(flat(members)); // drawn by the seed and the trajectory
  }
});

test("residuals are errors of validation forecasts, each trajectory's once", async () => {
  const lab = small();
  const {standardization} = await lab.dataset();
  const [plain, rollout] = [
    await rolloutOf(lab, solver),
    await rolloutOf(lab, solver, {rollout: {dressing: "residuals"}}),
  ];
  const answer = flat(decodeRollout(plain, 0, standardization, plain.autoencoder));
  const members = flat(decodeRollout(rollout, 0, standardization, rollout.autoencoder));
  const errorOf = (k: number) => answer.map((value, i) => members[k * answer.length + i] - value);
  const kinds = new Set([0, 1, 2].map((k) => errorOf(k).slice(-50).join()));
  expect(kinds.size).toBe(3);
});

test("only a solver with one answer can be dressed", async () => {
  const lab = small();
  await expect(rolloutOf(lab, diffusion, {rollout: {dressing: "noise"}})).rejects.toThrow(
    "rollout.dressing: expected a solver with one answer, found diffusion with members of its own.",
  );
  await expect(rolloutOf(lab, solver, {rollout: {dressing: "noise", symmetries: true}})).rejects.toThrow(
    "found solver",
  );
  await expect(rolloutOf(lab, solver, {rollout: {dressing: "fur"}} as never)).rejects.toThrow('found "fur"');
});

test("the mean of latents is one forecast, decoded from the members' mean", async () => {
  const lab = small();
  const [members, mean] = [
    await rolloutOf(lab, diffusion),
    await rolloutOf(lab, diffusion, {rollout: {average: "latent"}}),
  ];
  expect(mean.states.shape).toEqual([2, 1, ...members.states.shape.slice(2)]);
  const [values, size] = [flat(members.states), mean.states.size / 2];
  const expected = [0, 1, 2].reduce((sum, k) => sum + values[k * size + 7] / 3, 0);
  expect(flat(mean.states)[7]).toBeCloseTo(expected, 6);
});

test("rivals without training are scored at every rate beside each other", async () => {
  const lab = small();
  const results = (await lab.evaluation({methods: untrainedRivals(lab.config), trivial: false})).results();
  const at = (method: string, metric: string) =>
    results.find((one) => one.method === method && one.metric === metric)!.value;
  expect(at("solver dressed with noise", "crps")).toBeGreaterThan(0);
  expect(at("solver dressed with noise", "ratio")).toBeGreaterThan(0);
  expect(at("diffusion, mean of latents", "ratio")).toBeNaN();
  expect(at("one call of the denoiser", "vrmse")).toBeGreaterThan(0);
  const emulators = await lab.emulators();
  expect(emulators).toHaveLength(2); // nothing else was trained
});
