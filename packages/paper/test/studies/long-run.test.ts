/** Long runs: who leaves the simulator's attractor, when, and that chunks continue each other. */
import ndarray from "ndarray";
import {flat, Rng} from "@lola-ts/core";
import {emulatorOf, ensembleOptions, preset} from "@lola-ts/laboratory/stages";
import {decodeStates, trajectoryAt, type Lab} from "@lola-ts/laboratory";
import {unstandardize} from "lola/data";
import {rolloutEnsemble} from "lola/emulate";
import {rings} from "lola/evaluate";
import {departures, leaves, LongRun, longRun, measured, type StateStatistics} from "../../src/studies/long-run";
import {smokeLabs} from "../../../laboratory/test/smoke";

const STATES = 200;
const GRID = [16, 16] as const;
const WIDTH = 2 + rings(GRID).k.length + 80;

/** States of random waves, whose amplitude is 1 but where it is changed: [1, T, 16, 16, 3]. */
function waves(name: string, amplitude: (state: number) => number = () => 1, count = STATES) {
  const states = ndarray(new Float32Array(count * 256 * 3), [1, count, ...GRID, 3]);
  for (let t = 0; t < count; t++) {
    const rng = Rng.from(name, t);
    const field = () => {
      const [a, b, c] = [rng.uniform(0.8, 1.2), rng.uniform(0, 2 * Math.PI), rng.uniform(0, 2 * Math.PI)];
      return (x: number, y: number) =>
        a * (Math.sin((2 * Math.PI * x) / 16 + b) + Math.sin((2 * Math.PI * 2 * y) / 16 + c));
    };
    const all = [field(), field(), field()];
    for (let p = 0; p < 256; p++) {
      all.forEach(
        (f, c) =>
          (states.data[(t * 256 + p) * 3 + c] = amplitude(t) * f(Math.floor(p / 16), p % 16) + 0.02 * rng.normal()),
      );
    }
  }
  return states;
}

function statistics(states: ReturnType<typeof waves>): StateStatistics {
  const values = measured(states, 1);
  const records = Array.from({length: values.length / WIDTH}, (_, t) => values.subarray(t * WIDTH, (t + 1) * WIDTH));
  return {
    energy: records.map(([energy]) => energy),
    enstrophy: records.map(([, enstrophy]) => enstrophy),
    spectrum: records.map((record) => record.subarray(2, WIDTH - 80)),
    vorticity: records.map((record) => record.subarray(WIDTH - 80)),
  };
}

test("a state has the energy, enstrophy and distribution of its fields, and the power of its vorticity", () => {
  const states = ndarray(
    Float32Array.from({length: 256 * 3}, (_, i) => [2, 3, 4][i % 3]),
    [1, 1, ...GRID, 3],
  );
  for (let p = 0; p < 128; p++) states.data[3 * p] = -2;
  const {energy, enstrophy, vorticity, spectrum} = statistics(states);
  expect([energy[0], enstrophy[0]]).toEqual([12.5, 2]);
  expect([...vorticity[0].entries()].filter(([, share]) => share > 0).map(([cell, share]) => [cell, share])).toEqual([
    [30, 0.5],
    [50, 0.5],
  ]);
  const {counts} = rings(GRID);
  expect(spectrum[0].reduce((sum, power, i) => sum + power * counts[i], 0)).toBeCloseTo(256 * 4, 2); // Parseval
});

describe("beside the simulator", () => {
  const simulator = statistics(waves("simulator"));
  const left = (name: string, amplitude?: (state: number) => number) =>
    departures(statistics(waves(name, amplitude)), simulator, 0.5);
  const nothing = {energy: undefined, enstrophy: undefined, spectrum: undefined, vorticity: undefined};

  test("the simulator itself, and another run of it, stay", () => {
    expect(departures(simulator, simulator, 0.5)).toEqual(nothing);
    expect(left("another")).toEqual(nothing);
  });

  test("what becomes constant, or explodes, leaves at that time", () => {
    expect(left("constant", (state) => (state < 60 ? 1 : 0))).toEqual({
      energy: 30.5,
      enstrophy: 30.5,
      spectrum: 30.5,
      vorticity: 30.5,
    });
    const exploded = left("exploding", (state) => (state < 100 ? 1 : 3 * 1.1 ** (state - 100)));
    expect(exploded).toMatchObject({energy: 50.5, enstrophy: 50.5, vorticity: 50.5});
  });

  test("what comes back has not left", () => {
    expect(left("back", (state) => (state > 50 && state < 150 ? 3 : 1))).toEqual(nothing);
  });

  test("NaN is outside, and is named with its time", () => {
    expect(left("lost", (state) => (state < 195 ? 1 : NaN))).toEqual({
      energy: 98,
      enstrophy: 98,
      spectrum: 98,
      vorticity: 98,
      lost: 98,
    });
  });

  test("rows and the figure name them", () => {
    const lost = statistics(waves("lost", (state) => (state < 195 ? 1 : NaN)));
    const run = new LongRun(
      [
        {method: "simulator", runs: [simulator]},
        {method: "solver", runs: [lost]},
      ],
      ["Re 40"],
      0.5,
      "caption",
    );
    expect(run.rows()).toEqual([
      {
        method: "simulator",
        block: "Re 40",
        "energy leaves": null,
        "enstrophy leaves": null,
        "spectrum leaves": null,
        "vorticity leaves": null,
        "not a number from": null,
      },
      {
        method: "solver",
        block: "Re 40",
        "energy leaves": 98,
        "enstrophy leaves": 98,
        "spectrum leaves": 98,
        "vorticity leaves": 98,
        "not a number from": 98,
      },
    ]);
    const {data, layout} = run.figure();
    expect(data.filter(({name}) => name === "solver")).toHaveLength(4);
    expect(JSON.stringify(layout.annotations)).toContain("Re 40. caption");
  });
});

test("the last value inside counts; too few outside at the end are chance", () => {
  const values = Array.from({length: 100}, (_, i) => (i < 80 ? 0 : 2));
  expect(leaves(values, [-1, 1])).toBe(80);
  expect(leaves([...values.slice(0, 95), 0, 2, 2, 2, 2], [-1, 1])).toBeUndefined();
  expect(leaves([...values.slice(0, 80), ...Array<number>(19).fill(0), NaN], [-1, 1])).toBe(99);
  expect(leaves([2, 2], [-1, 1])).toBe(0);
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

  test("simulator, solver and diffusion run, chunk by chunk, and what is kept is read", async () => {
    const run = await longRun(lab, {time});
    expect(run.methods.map(({method}) => method)).toEqual(["simulator", "diffusion", "neural solver"]);
    expect(run.methods.every(({runs}) => runs.length === 1 && runs[0].energy.length === 300)).toBe(true);
    expect(run.rows()[0]).toMatchObject({"energy leaves": null, "spectrum leaves": null, "not a number from": null});
    const write = jest.spyOn(artifacts().constructor.prototype as {write: () => void}, "write");
    expect((await longRun(lab, {time})).rows()).toEqual(run.rows());
    expect(write).not.toHaveBeenCalled();
    await longRun(lab, {time: 80});
    expect(write).toHaveBeenCalledTimes(3); // a chunk more of each
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
    const values = measured(states, dataset.standardization.std[0]);
    const {energy} = (await longRun(lab, {time, methods: [diffusion]})).methods[1].runs[0];
    const width = values.length / (steps - 1);
    energy.slice(0, steps - 1).forEach((value, i) => expect(value).toBeCloseTo(values[i * width], 5));
  });

  test("refuses other systems", async () => {
    await expect(longRun(open())).rejects.toThrow(
      "expected a laboratory of Kolmogorov flow, which is stationary, found euler.",
    );
    await expect(longRun(lab, {time: -1})).rejects.toThrow("time");
  });
});
