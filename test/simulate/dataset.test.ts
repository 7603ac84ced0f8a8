import {EULER_GASES, channelLast, eulerFileName, simulateEuler} from "../../lib/simulate/dataset";
import type {EulerDataConfig, SimulatedFile} from "../../lib/simulate/dataset";

const config: EulerDataConfig = {
  boundaries: ["periodic", "open"],
  trajectories: {train: 12, valid: 1, test: 0},
  grid: 16,
  oversampling: 2,
  frames: 4,
  endTime: 0.3,
  lines: "well",
  seed: 7,
};

/** Simulate, collect the files by path and forget what may differ: times and order. */
async function collect(overrides: Partial<EulerDataConfig>, workers: number) {
  const files = new Map<string, SimulatedFile>();
  const summary = await simulateEuler(
    {...config, ...overrides},
    (file) => void files.set(`${file.dataset}/${file.split}/${file.name}`, file),
    {workers},
  );
  return {files, summary};
}

const bytes = (files: Map<string, SimulatedFile>): [string, number[]][] =>
  [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, {fields}]) => [path, Object.values(fields).flatMap(({data}) => [...new Int32Array(data.buffer)])]);

describe("simulateEuler", () => {
  test("deals trajectories to one file per gamma, boundary and split", async () => {
    const {files, summary} = await collect({}, 0);
    expect(files.size).toBe(2 * 10 + 2);
    expect(summary).toMatchObject({files: 22, trajectories: 26, floors: 0});
    const file = files.get(
      "euler_multi_quadrants_periodicBC/train/euler_multi_quadrants_periodicBC_gamma_1.22_C2H6_15.hdf5",
    );
    expect(file?.fields.density.shape).toEqual([2, 4, 16, 16]);
    expect(file?.fields.momentum.shape).toEqual([2, 4, 16, 16, 2]);
    expect(file?.times).toEqual(Float32Array.of(0, 0.1, 0.2, 0.3));
    expect([...(file?.x ?? [])].slice(0, 2)).toEqual([1 / 32, 3 / 32]);
    expect(file?.diagnostics.map(({steps}) => steps > 10)).toEqual([true, true]);
    const counts = [...files.values()].map(({split, boundary, gamma, fields}) => [
      split,
      boundary,
      gamma,
      fields.energy.shape[0],
    ]);
    expect(counts).toContainEqual(["train", "open", 1.3, 1]);
    expect(counts).toContainEqual(["valid", "open", 1.13, 1]);
  });

  test("fills every frame, and stores fields that obey the equation of state", async () => {
    const {files} = await collect({trajectories: {train: 3, valid: 0, test: 0}}, 0);
    for (const {fields, gamma} of files.values()) {
      const [energy, density, pressure, momentum] = Object.values(fields).map(({data}) => data);
      energy.forEach((e, k) => {
        const kinetic = (momentum[2 * k] ** 2 + momentum[2 * k + 1] ** 2) / (2 * density[k]);
        expect(Math.abs((gamma - 1) * (e - kinetic) - pressure[k])).toBeLessThan(1e-5 * e);
      });
      expect(Math.min(...density, ...pressure)).toBeGreaterThan(0);
    }
  });

  test("gives the same bytes with 1 and 2 workers and in the calling thread, and others for another seed", async () => {
    const small = {trajectories: {train: 5, valid: 1, test: 1}};
    const [inProcess, one, two, other] = await Promise.all([
      collect(small, 0),
      collect(small, 1),
      collect(small, 2),
      collect({...small, seed: 8}, 0),
    ]);
    expect(bytes(one.files)).toEqual(bytes(inProcess.files));
    expect(bytes(two.files)).toEqual(bytes(inProcess.files));
    expect(bytes(other.files)).not.toEqual(bytes(inProcess.files));
  });

  test("draws another initial state for each trajectory and split", async () => {
    const {files} = await collect({gammas: [1.4], trajectories: {train: 3, valid: 1, test: 1}}, 0);
    const first = [...files.values()].flatMap(({fields}) => {
      const {data, shape} = fields.energy;
      return Array.from({length: shape[0]}, (_, b) =>
        data
          .slice((b * data.length) / shape[0])
          .slice(0, 256)
          .join(),
      );
    });
    expect(first).toHaveLength(10);
    expect(new Set(first).size).toBe(10);
  });

  test("needs no floor on random states of any gamma and boundary, and conserves on periodic ones", async () => {
    const overrides = {grid: 32, oversampling: 1, endTime: 1.5, trajectories: {train: 10, valid: 0, test: 0}};
    const {summary} = await collect(overrides, 0);
    expect(summary.floors).toBe(0);
    expect(summary.drift).toBeGreaterThan(0);
    expect(summary.drift).toBeLessThan(1e-12);
  });

  test("writes one file at a time, and hands on what a write throws", async () => {
    let writing = 0;
    const write = async (): Promise<void> => {
      expect(writing++).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 5));
      writing--;
    };
    await simulateEuler({...config, trajectories: {train: 4, valid: 0, test: 0}}, write, {workers: 2});
    const failing = (): Promise<void> => Promise.reject(new Error("disk full"));
    await expect(simulateEuler(config, failing, {workers: 1})).rejects.toThrow("disk full");
  });

  test("refuses a bad config before it simulates", async () => {
    const refused = (overrides: object) => expect(collect(overrides, 0)).rejects;
    await refused({oversampling: 1.5}).toThrow("expected oversampling to be a positive whole number, found 1.5");
    await refused({boundaries: ["wall"]}).toThrow('expected boundaries to be a list of "open" and "periodic"');
    await refused({trajectories: {train: -1, valid: 0, test: 0}}).toThrow("trajectories.train to be a whole number");
    await refused({lines: "many"}).toThrow('lines to be "well" or "few", found "many"');
    await refused({frames: 1}).toThrow("frames to be a whole number above 1, found 1");
  });
});

test("channelLast interleaves the fields of each trajectory", async () => {
  const {files} = await collect({boundaries: ["open"], gammas: [1.4], trajectories: {train: 2, valid: 0, test: 0}}, 0);
  const [file] = files.values();
  const states = [...channelLast(file)];
  expect(states.map(({shape}) => shape)).toEqual([
    [4, 16, 16, 5],
    [4, 16, 16, 5],
  ]);
  const {energy, density, pressure, momentum} = file.fields;
  const at = [2, 3, 9] as const;
  expect([0, 1, 2, 3, 4].map((c) => states[1].get(...at, c))).toEqual([
    energy.get(1, ...at),
    density.get(1, ...at),
    pressure.get(1, ...at),
    momentum.get(1, ...at, 0),
    momentum.get(1, ...at, 1),
  ]);
});

test("eulerFileName is The Well's", () => {
  expect(eulerFileName("open", 1.404)).toBe("euler_multi_quadrants_openBC_gamma_1.404_H2_100_Dry_air_-15.hdf5");
  expect(eulerFileName("periodic", 1.5)).toBe("euler_multi_quadrants_periodicBC_gamma_1.5.hdf5");
  expect(EULER_GASES).toHaveLength(10);
});
