/** Long runs: who leaves the simulator's attractor, when, and that chunks continue each other. */
import ndarray from "ndarray";
import {flat, Rng} from "@lola-ts/core";
import {emulatorOf, ensembleOptions, preset} from "@lola-ts/laboratory/stages";
import {decodeStates, methodName, trajectoryAt, type Lab} from "@lola-ts/laboratory";
import {unstandardize} from "lola/data";
import {rolloutEnsemble} from "lola/emulate";
import {rings} from "lola/evaluate";
import {
  leaves,
  LongRun,
  longRun,
  longRunStatistics,
  measure,
  meansOf,
  runOf,
  type Measured,
} from "../../src/studies/long-run";
import {smokeLabs} from "../../../laboratory/test/smoke";

const STATES = 200;
const GRID = [16, 16] as const;

/** Amplitude of the waves of a state. */
type Amplitude = (state: number) => number;

/** Measure states of random waves, of an amplitude near 1 times the given one. */
function measuredWaves(name: string, amplitude: Amplitude = () => 1): Measured[] {
  return Array.from({length: STATES}, (_, t) => {
    const rng = Rng.from(name, t);
    const fields = Array.from({length: 3}, () => {
      const [a, b, c] = [rng.uniform(0.8, 1.2), rng.uniform(0, 2 * Math.PI), rng.uniform(0, 2 * Math.PI)];
      const wave = (p: number, k: number, phase: number) => Math.sin((2 * Math.PI * k * p) / 16 + phase);
      return (p: number) => a * (wave(Math.floor(p / 16), 1, b) + wave(p % 16, 2, c));
    });
    const values = Float32Array.from({length: 256 * 3}, (__, i) => {
      return amplitude(t) * fields[i % 3](Math.floor(i / 3)) + 0.02 * rng.normal();
    });
    return measure(ndarray(values, [...GRID, 3]), 1);
  });
}

test("a state has the energy, enstrophy and distribution of its fields, and the power of its vorticity", () => {
  const state = ndarray(
    Float32Array.from({length: 256 * 3}, (_, i) => [2, 3, 4][i % 3]),
    [...GRID, 3],
  );
  for (let p = 0; p < 128; p++) state.data[3 * p] = -2;
  const {energy, enstrophy, shares, power} = measure(state, 1);
  expect([energy, enstrophy]).toEqual([12.5, 2]);
  expect([...shares.entries()].filter(([, share]) => share > 0)).toEqual([
    [30, 0.5],
    [50, 0.5],
  ]);
  const {counts} = rings(GRID);
  expect(power.reduce((sum, value, i) => sum + value * counts[i], 0)).toBeCloseTo(256 * 4, 2); // Parseval
});

describe("beside the simulator", () => {
  const states = ["simulator", "again"].map((name) => measuredWaves(name));
  const simulator = states.map((own) => runOf(own, meansOf(states.flat())));
  const beside = (name: string, amplitude?: Amplitude) => {
    const run = runOf(measuredWaves(name, amplitude), meansOf(states.flat()));
    const methods = [
      {method: "simulator", runs: simulator},
      {method: "solver", compression: 24, runs: [run]},
    ];
    return new LongRun(methods, [40, 40], 0.5, "caption");
  };
  const row = (...args: Parameters<typeof beside>) => beside(...args).rows()[2];

  test("the simulator, and another run of it, stay: one state in a hundred is outside", () => {
    for (const {"leaves at": time, ...one} of beside("another").rows()) {
      expect(time).toBeNull();
      for (const name of longRunStatistics) expect(one[`${name} outside, %`]).toBeLessThan(5);
    }
  });

  test("what becomes constant, or explodes, leaves at that time", () => {
    expect(row("constant", (state) => (state < 60 ? 1 : 0))).toMatchObject({
      ...{"÷": 24, "leaves by": longRunStatistics.join(", "), "leaves at": 30.5},
    });
    expect(row("exploding", (state) => (state < 100 ? 1 : 3 * 1.1 ** (state - 100)))).toMatchObject({
      "leaves at": 50.5,
    });
  });

  test("what comes back has not left", () => {
    const back = row("back", (state) => (state >= 50 && state < 150 ? 3 : 1));
    expect(back).toMatchObject({"leaves at": null});
    expect(back["energy outside, %"]).toBeGreaterThan(49);
    expect(back["energy / simulator's"]).toBeCloseTo((1 + 9) / 2, 0);
  });

  test("a state that is not a number is outside, and the means leave it out", () => {
    const lost = beside("lost", (state) => (state < 150 ? 1 : NaN));
    expect(lost.rows()[2]).toMatchObject({"Reynolds number": 40, "leaves at": 75.5});
    const {power, shares} = lost.methods[1].runs[0];
    expect([...power, ...shares].every(Number.isFinite)).toBe(true);
  });

  test("the figure has all of them", () => {
    const {data, layout} = beside("another").figure();
    expect(data.filter(({name}) => name === "solver ÷24")).toHaveLength(4);
    expect(JSON.stringify(layout.annotations)).toContain("caption");
    const [energy] = data.filter(({name}) => name === "solver ÷24") as {y: number[]}[];
    expect(energy.y).toHaveLength(STATES / 20);
    for (const value of energy.y) expect(value).toBeCloseTo(1, 0);
  });
});

test("nine of ten states outside are away; too few at the end are chance", () => {
  const flags = (inside: number, outside: number) => [
    ...Array<boolean>(inside).fill(false),
    ...Array<boolean>(outside).fill(true),
  ];
  expect(leaves(flags(80, 20))).toBe(80);
  expect(leaves(flags(96, 4))).toBeUndefined();
  expect(leaves([...flags(0, 80), ...flags(20, 0)])).toBeUndefined();
  expect(leaves(flags(0, 2))).toBe(0);
  expect(leaves([...flags(30, 40), ...flags(1, 29)])).toBe(30);
});

describe("of a laboratory", () => {
  const {artifacts, open} = smokeLabs();
  let lab: Lab;
  beforeAll(() => {
    jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const config = preset("kolmogorov", "smoke");
    lab = open(() => ({...config, latentChannels: [4]}));
  });
  afterAll(() => jest.restoreAllMocks());
  const diffusion = {kind: "diffusion", latentChannels: 4} as const;
  const time = 60; // 300 states, three chunks

  test("every emulator runs beside the simulator, chunk by chunk, and what is kept is read", async () => {
    const run = await longRun(lab, {time});
    expect(run.methods.map(({method, compression}) => [method, compression])).toEqual([
      ["simulator", undefined],
      ...lab.methods.map(({kind, latentChannels}) => [methodName({kind}), latentChannels === null ? 1 : 48]),
    ]);
    expect(run.methods.every(({runs}) => runs.length === 1 && runs[0].energy.length === 60)).toBe(true);
    expect(run.rows()[0]).toMatchObject({method: "simulator", "Reynolds number": 40, "leaves at": null});
    const write = jest.spyOn(artifacts().constructor.prototype as {write: () => void}, "write");
    expect((await longRun(lab, {time})).rows()).toEqual(run.rows());
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  test("chunks of a diffusion model are one rollout, noise included", async () => {
    const {latents, dataset, model, autoencoder} = {
      latents: await lab.latents(4, "test"),
      dataset: await lab.dataset(),
      model: (await lab.emulator(diffusion)).model,
      autoencoder: (await lab.autoencoder(4)).model,
    };
    const {config} = lab;
    const emulator = emulatorOf(config, model);
    const steps = 1 + 2 * 25 * (config.window - 1);
    const options = ensembleOptions(config, {labels: [latents.labels[0]], steps});
    const first = ndarray(flat(trajectoryAt(latents.states, 0).hi(1)).slice(), [
      1,
      1,
      ...latents.states.shape.slice(2),
    ]);
    const whole = await rolloutEnsemble(emulator, first, options);
    emulator.dispose();
    const states = unstandardize(decodeStates(autoencoder, whole.pick(null, 0).lo(0, 1)), dataset.standardization);
    const {energy} = (await longRun(lab, {time, methods: [diffusion]})).methods[1].runs[0];
    const times = Array.from({length: (steps - 1) / 5}, (_, i) => 5 * i + 4); // every fifth state is measured
    const values = times.map((t) => measure(states.pick(0, t), 1).energy);
    energy.slice(0, times.length).forEach((value, i) => expect(value).toBeCloseTo(values[i], 5));
  });

  test("refuses other systems", async () => {
    await expect(longRun(open())).rejects.toThrow(
      "expected a laboratory of Kolmogorov flow, which is stationary, found euler.",
    );
    await expect(longRun(lab, {time: -1})).rejects.toThrow("time");
  });
});
