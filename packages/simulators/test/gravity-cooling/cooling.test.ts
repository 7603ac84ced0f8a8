import {Cooling, coolingRate, equilibriumTemperature} from "../../src/gravity-cooling/cooling";
import {ISOCHORIC, isochoric} from "../../src/gravity-cooling/reference";
import {MEGAYEAR} from "../../src/gravity-cooling/units";

test.each([
  [10, 8.94641e-32],
  [20, 1.25869e-29],
  [50, 3.14443e-28],
  [100, 1.115853e-27],
  [300, 3.568905e-27],
  [1000, 8.076123e-27],
  [3000, 1.487309e-26],
  [8000, 4.116987e-25],
  [1e4, 4.258735e-24],
  [2e4, 7.119679e-22],
])("the cooling rate at %d K", (temperature, rate) => {
  expect(Math.abs(coolingRate(temperature) / rate - 1)).toBeLessThan(2e-6);
});

test.each([
  [0.445, 1, 6407],
  [1, 1, 5006.3],
  [4.45, 1, 405.56],
  [10, 1, 160.53],
  [44.5, 1, 58.82],
  [445, 1, 26.53],
  [0.445, 0.1, 405.56],
  [4.45, 0.1, 58.82],
  [10, 0.1, 41.77],
  [44.5, 0.1, 26.53],
  [445, 0.1, 16.62],
])(
  "the equilibrium at %d per cm^3 with %d of the heating, and that gas gets there",
  (density, heating, temperature) => {
    const balance = equilibriumTemperature(density, heating);
    expect(Math.abs(balance / temperature - 1)).toBeLessThan(3e-4);
    for (const start of [15, 300, 20000]) {
      expect(Math.abs(isochoric(density, start, 1, heating, 4000 / density) / balance - 1)).toBeLessThan(1e-9);
    }
  },
);

test("there is no equilibrium where the rate does not reach", () => {
  expect(() => equilibriumTemperature(0, 1)).toThrow("expected heating / density from");
});

test("gas cools and warms at constant density as an accurate integration says", () => {
  for (const [density, start, cooling, heating, temperatures] of ISOCHORIC) {
    temperatures.forEach((expected, k) => {
      const found = isochoric(density, start, cooling, heating, 10 ** (k - 3));
      expect(Math.abs(found / expected - 1)).toBeLessThan(5e-3);
    });
  }
});

test("the error is of second order in the size of sub-steps", () => {
  const after = (change: number): number => {
    const temperature = Float64Array.of(1000);
    new Cooling({cooling: 1, heating: 1, change}).evolve(temperature, Float64Array.of(44.5), 1, 0.02 * MEGAYEAR);
    return temperature[0];
  };
  const exact = after(1e-3);
  const [coarse, fine] = [0.1, 0.05].map((change) => Math.abs(after(change) - exact));
  expect(coarse / exact).toBeLessThan(1e-3);
  expect(Math.log2(coarse / fine)).toBeGreaterThan(1.6);
});

test("many cells at once are what they are apart; sub-steps are counted; one suffices for slow changes", () => {
  const law = new Cooling({cooling: 1, heating: 0.1});
  const densities = Float64Array.of(1, 50, 0.1);
  const temperatures = Float64Array.of(100, 1000, 5000);
  const alone = temperatures.map((t, i) => {
    const one = Float64Array.of(t);
    law.evolve(one, densities.subarray(i), 1, 0.01 * MEGAYEAR);
    return one[0];
  });
  const substeps = law.evolve(temperatures, densities, 3, 0.01 * MEGAYEAR);
  expect([...temperatures]).toEqual([...alone]);
  expect(substeps).toBeGreaterThan(3);
  expect(law.evolve(Float64Array.of(100), Float64Array.of(1), 1, 1e-4 * MEGAYEAR)).toBe(1);
});

test("without metals nothing changes, except below the minimum temperature", () => {
  const temperatures = Float64Array.of(1, 10, 1e4);
  new Cooling({cooling: 0, heating: 0}).evolve(temperatures, Float64Array.of(1, 1, 1), 3, MEGAYEAR);
  expect([...temperatures]).toEqual([5, 10, 1e4]);
});
