import {
  kolmogorovFileName,
  planKolmogorov,
  summariseKolmogorov,
  type KolmogorovDataConfig,
} from "../../src/kolmogorov/system";

const config = (overrides: Partial<KolmogorovDataConfig> = {}): KolmogorovDataConfig => ({
  system: "kolmogorov",
  reynolds: [50, 100],
  grid: [12, 16],
  oversampling: 2,
  trajectories: {train: 3, valid: 1, test: 0},
  frames: 3,
  endTime: 0.5,
  seed: 3,
  ...overrides,
});

test("file names say the Reynolds number", () => {
  expect(kolmogorovFileName("kolmogorov_flow", 62.5)).toBe("kolmogorov_flow_Reynolds_62.5.hdf5");
});

test("trajectory n goes to Reynolds number n modulo their number", () => {
  const plans = planKolmogorov(config());
  expect(plans.slice(0, 4).map(({split, scalars, requests}) => [split, scalars.Reynolds, requests.length])).toEqual([
    ["train", 50, 2],
    ["train", 100, 1],
    ["valid", 50, 1],
    ["valid", 100, 0],
  ]);
  const [{axes, times, requests, dataset, name}] = plans;
  expect(dataset).toBe("kolmogorov_flow");
  expect(axes.map(({name, boundary, coordinates}) => [name, boundary, coordinates.length])).toEqual([
    ["x", "periodic", 12],
    ["y", "periodic", 16],
  ]);
  expect(axes[0].coordinates[0]).toBeCloseTo(Math.PI / 12, 6);
  expect(times).toEqual(Float32Array.of(0, 0.25, 0.5));
  expect(requests[1]).toEqual({
    system: "kolmogorov",
    seed: [dataset, name, "train", 1, 3],
    reynolds: 50,
    drag: 0.1,
    grid: [12, 16],
    oversampling: 2,
    spinUp: 20,
    frames: 3,
    endTime: 0.5,
  });
});

test("configurations that make no sense are refused in words", () => {
  const refused = (overrides: Partial<KolmogorovDataConfig>) => () => planKolmogorov(config(overrides));
  expect(refused({reynolds: [50, 50]})).toThrow(
    "planKolmogorov: expected reynolds to be a list without repetition, each a finite number above 0, found",
  );
  expect(refused({reynolds: [NaN]})).toThrow("found [ NaN ]");
  expect(refused({grid: 2})).toThrow(
    "planKolmogorov: expected grid to be a whole number of 4 or more, or a list of 2 entries, each",
  );
  expect(refused({grid: 6})).toThrow("expected grid times oversampling to be 19 or more, found 12 x 12");
  expect(refused({oversampling: 0})).toThrow("expected oversampling to be a whole number of 1 or more, found 0");
  expect(refused({drag: -1})).toThrow("expected drag to be a finite number of 0 or more, found -1");
  expect(refused({spinUp: -1})).toThrow("expected spinUp to be a finite number of 0 or more, found -1");
});

test("a dataset is as sound as its worst trajectory", () => {
  const one = {steps: 1, updates: 1, seconds: 1, budget: 1e-4, divergence: 2e-8, tail: 1e-3, resolved: true};
  const energies = {energy: [0.5, 0.6] as const, enstrophy: 4, slope: -5};
  const other = {
    ...one,
    ...energies,
    budget: 2e-4,
    tail: 0.02,
    resolved: false,
    energy: [0.7, 0.72] as const,
    slope: -6,
  };
  const {energyDrift, ...worst} = summariseKolmogorov([{...one, ...energies}, other]);
  expect(worst).toEqual({unresolvedShare: 1 / 2, tail: 0.02, budget: 2e-4, divergence: 2e-8, slope: -5.5});
  const among = (number: number, bursts: number) =>
    summariseKolmogorov(Array.from({length: number}, (_, i) => (i < bursts ? other : {...one, ...energies})));
  expect([among(24, 1), among(25, 1), among(25, 2)].map(({unresolvedShare}) => unresolvedShare)).toEqual([
    1 / 24,
    0,
    2 / 25,
  ]);
  expect(energyDrift).toBeCloseTo(0.1, 12);
});
