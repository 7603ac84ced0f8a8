import {datasetNames, planFiles, simulateDataset} from "../src/simulate";
import type {EulerDataConfig} from "../src/euler/system";
import type {SimulatedFile} from "../src/plan";
import type {SimulatedTrajectory} from "../src/result";
import type {TrajectoryStore} from "../src/pool";
import type {GravityCoolingDataConfig} from "../src/gravity-cooling/system";
import type {RayleighBenardDataConfig} from "../src/rayleigh-benard/system";

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
  const summary = await simulateDataset(
    {...config, ...overrides},
    (file) => void files.set(`${file.dataset}/${file.split}/${file.name}`, file),
    {workers},
  );
  return {files, summary};
}

/** Fields of all trajectories of a file. */
const fieldsOf = ({fields, diagnostics}: SimulatedFile) => diagnostics.map((_, b) => fields(b));

const bytes = (files: Map<string, SimulatedFile>): [string, number[]][] =>
  [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, file]) => [
      path,
      fieldsOf(file).flatMap((fields) =>
        Object.values(fields).flatMap(({data}) => [...new Int32Array(data.slice().buffer)]),
      ),
    ]);

describe("simulateDataset", () => {
  test("deals trajectories to one file per gamma, boundary and split", async () => {
    const {files, summary} = await collect({}, 0);
    expect(files.size).toBe(2 * 10 + 2);
    expect(summary).toMatchObject({files: 22, trajectories: 26, floors: 0});
    const file = files.get(
      "euler_multi_quadrants_periodicBC/train/euler_multi_quadrants_periodicBC_gamma_1.22_C2H6_15.hdf5",
    );
    expect(fieldsOf(file!).map(({density}) => density.shape)).toEqual(new Array(2).fill([4, 16, 16]));
    expect(fieldsOf(file!).map(({momentum}) => momentum.shape)).toEqual(new Array(2).fill([4, 16, 16, 2]));
    expect(file?.times).toEqual(Float32Array.of(0, 0.1, 0.2, 0.3));
    expect([...file!.axes[0].coordinates].slice(0, 2)).toEqual([1 / 32, 3 / 32]);
    expect(file!.diagnostics.map(({steps}) => steps > 10)).toEqual([true, true]);
    const counts = [...files.values()].map(({split, axes, scalars, diagnostics}) => [
      split,
      axes[0].boundary,
      scalars.gamma,
      diagnostics.length,
    ]);
    expect(counts).toContainEqual(["train", "open", 1.3, 1]);
    expect(counts).toContainEqual(["valid", "open", 1.13, 1]);
  });

  test("fills every frame, and stores fields that obey the equation of state", async () => {
    const {files} = await collect({trajectories: {train: 3, valid: 0, test: 0}}, 0);
    for (const file of files.values()) {
      const {gamma} = file.scalars;
      for (const fields of fieldsOf(file)) {
        const [energy, density, pressure, momentum] = Object.values(fields).map(({data}) => data);
        energy.forEach((e, k) => {
          const kinetic = (momentum[2 * k] ** 2 + momentum[2 * k + 1] ** 2) / (2 * density[k]);
          expect(Math.abs((gamma - 1) * (e - kinetic) - pressure[k])).toBeLessThan(1e-5 * e);
        });
        expect(Math.min(...density, ...pressure)).toBeGreaterThan(0);
      }
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
    const first = [...files.values()].flatMap((file) =>
      fieldsOf(file).map(({energy}) => energy.data.slice(0, 256).join()),
    );
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
    await simulateDataset({...config, trajectories: {train: 4, valid: 0, test: 0}}, write, {workers: 2});
    const failing = (): Promise<void> => Promise.reject(new Error("disk full"));
    await expect(simulateDataset(config, failing, {workers: 1})).rejects.toThrow("disk full");
  });

  test("fetches trajectories from a store when a file is written, and names one that is lost", async () => {
    const kept = new Map<number, SimulatedTrajectory>();
    let reads = 0;
    const store: TrajectoryStore = {
      read: (index) => (reads++, kept.get(index)),
      write: (index, _, trajectory) => void kept.set(index, trajectory),
    };
    const small = {...config, gammas: [1.4], trajectories: {train: 2, valid: 0, test: 0}};
    const files: SimulatedFile[] = [];
    await simulateDataset(small, (file) => void files.push(file), {workers: 0, store});
    expect(reads).toBe(4); // before anything was simulated
    const [energies] = files.map((file) => fieldsOf(file).map(({energy}) => energy.data));
    expect(energies).toEqual([0, 1].map((index) => kept.get(index)!.fields.energy));
    expect(reads).toBe(8);
    kept.delete(1);
    expect(() => files[0].fields(1)).toThrow(/the trajectory with seed \(euler_.*, train, 1, 7\) kept, found none/);
  });

  test("refuses a bad config before it simulates", async () => {
    const refused = (overrides: object) => expect(collect(overrides, 0)).rejects;
    await refused({oversampling: 1.5}).toThrow(
      "planEuler: expected oversampling to be a whole number of 1 or more, found 1.5",
    );
    await refused({boundaries: ["wall"]}).toThrow(
      'expected boundaries to be a list without repetition, each "open" or "periodic", found',
    );
    await refused({trajectories: {train: -1, valid: 0, test: 0}}).toThrow(
      "trajectories.train to be a whole number from 0 to 100000, found -1",
    );
    await refused({lines: "many"}).toThrow('expected lines to be "few" or "well", found "many"');
    await refused({frames: 1}).toThrow("expected frames to be a whole number of 2 or more, found 1");
  });
});

const convection: RayleighBenardDataConfig = {
  system: "rayleigh-benard",
  rayleigh: [1e5, 3e4],
  prandtl: [0.5, 1],
  trajectories: {train: 6, valid: 1, test: 1},
  grid: [16, 8],
  resolution: [16, 8],
  frames: 3,
  startTime: 0.5,
  endTime: 1.5,
  seed: 1,
};

const turbulence: GravityCoolingDataConfig = {
  system: "gravity-cooling",
  rho0: [44.5, 0.445],
  metallicity: [0, 1],
  temperature: [100],
  trajectories: {train: 5, valid: 1, test: 0},
  grid: 4,
  oversampling: 1,
  side: 2.5,
  frames: 3,
  endTime: 0.05,
  seed: 1,
};

describe("planFiles", () => {
  test("names The Well's folders and files, and leaves out those without a trajectory", () => {
    expect(datasetNames(config)).toEqual(["euler_multi_quadrants_periodicBC", "euler_multi_quadrants_openBC"]);
    expect(datasetNames(convection)).toEqual(["rayleigh_benard"]);
    expect(datasetNames(turbulence)).toEqual(["turbulence_gravity_cooling"]);
    const names = (plans: ReturnType<typeof planFiles>) =>
      plans.map(({split, name, requests}) => `${split} ${name} ${requests.length}`);
    expect(names(planFiles(convection))).toEqual([
      "train rayleigh_benard_Rayleigh_1e5_Prandtl_5e-1.hdf5 2",
      "train rayleigh_benard_Rayleigh_1e5_Prandtl_1.hdf5 2",
      "train rayleigh_benard_Rayleigh_3e4_Prandtl_5e-1.hdf5 1",
      "train rayleigh_benard_Rayleigh_3e4_Prandtl_1.hdf5 1",
      "valid rayleigh_benard_Rayleigh_1e5_Prandtl_5e-1.hdf5 1",
      "test rayleigh_benard_Rayleigh_1e5_Prandtl_5e-1.hdf5 1",
    ]);
    expect(names(planFiles(turbulence))[0]).toBe("train turbulence_gravity_cooling_rho0_44.5_Z_0_T0_100.hdf5 2");
  });

  test("gives every trajectory another seed, whatever the system", () => {
    for (const plans of [planFiles(config), planFiles(convection), planFiles(turbulence)]) {
      const seeds = plans.flatMap(({requests}) => requests.map(({seed}) => JSON.stringify(seed)));
      expect(new Set(seeds).size).toBe(seeds.length);
    }
  });

  test("refuses parameters that make no sense", () => {
    const refused = (wrong: object) => expect(() => planFiles({...convection, ...wrong}));
    refused({rayleigh: [-1]}).toThrow(
      "planRayleighBenard: expected rayleigh to be a list without repetition, each a finite number above 0, found",
    );
    refused({startTime: 0.4}).toThrow("startTime to be a multiple of the time between frames, 0.55");
    refused({grid: [16, 0.5]}).toThrow(
      "expected grid to be a list of 2 entries, each a whole number of 1 or more, found",
    );
    expect(() => planFiles({...turbulence, side: 1})).toThrow("side to be a finite number of 2 or more, found 1");
    expect(() => planFiles({...turbulence, metallicity: []})).toThrow(
      "metallicity to be a list without repetition, each a finite number of 0 or more",
    );
  });
});

describe.each([
  ["rayleigh-benard", convection],
  ["gravity-cooling", turbulence],
] as const)("%s", (system, small) => {
  test("is the same with 2 workers and in the calling thread", async () => {
    const collected = async (workers: number) => {
      const files = new Map<string, SimulatedFile>();
      const summary = await simulateDataset(small, (file) => void files.set(`${file.split}/${file.name}`, file), {
        workers,
      });
      expect(summary).toMatchObject({
        files: files.size,
        trajectories: small.trajectories.train + 1 + small.trajectories.test,
      });
      expect(summary.steps).toBeGreaterThan(0);
      return bytes(files);
    };
    const here = await collected(0);
    expect(here.length).toBeGreaterThan(3);
    expect(await collected(2)).toEqual(here);
  });

  test("fills fields of the right shapes", async () => {
    const [plan] = planFiles(small);
    const files: SimulatedFile[] = [];
    await simulateDataset({...small, trajectories: {train: 1, valid: 0, test: 0}}, (file) => void files.push(file), {
      workers: 0,
    });
    const [{fields, system: found, axes}] = files;
    expect(found).toBe(system);
    const grid = axes.map(({coordinates}) => coordinates.length);
    expect(grid).toEqual(plan.axes.map(({coordinates}) => coordinates.length));
    for (const [name, {shape, data}] of Object.entries(fields(0))) {
      expect(shape).toEqual([3, ...grid, ...(name === "velocity" ? [grid.length] : [])]);
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });
});
