import * as system from "../../src/gravity-cooling/trajectory";
import {SPHERE_DENSITY, unitsOf} from "../../src/gravity-cooling/units";

const {expectedGravityCoolingCost: expectedCost, simulateGravityCooling} = system;

const request: system.GravityCoolingRequest = {
  system: "gravity-cooling",
  seed: ["cloud", 1],
  rho0: 4.45,
  Z: 1,
  T0: 100,
  grid: [4, 4, 4],
  oversampling: 1,
  frames: 3,
  endTime: 0.2,
};

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("a trajectory", () => {
  const {fields, diagnostics} = simulateGravityCooling(request);
  const {density, pressure, temperature, velocity} = fields;

  test("has its fields on the grid, from a uniform first frame on", () => {
    expect([density, pressure, temperature, velocity].map((field) => field.length)).toEqual([192, 192, 192, 576]);
    for (let cell = 0; cell < 64; cell++) {
      expect(density[cell]).toBeCloseTo(SPHERE_DENSITY, 6);
      expect(temperature[cell]).toBeCloseTo(100, 3);
    }
    expect(Math.max(...velocity.slice(0, 192))).toBeGreaterThan(0.2);
    expect(Math.max(...density.slice(128)) / Math.min(...density.slice(128))).toBeGreaterThan(1.1);
    for (const field of Object.values(fields)) expect(field.every(Number.isFinite)).toBe(true);
  });

  test("has a temperature that belongs to its density and pressure", () => {
    const factor = unitsOf(4.45).temperature;
    temperature.forEach((t, i) => expect(Math.abs(((pressure[i] / density[i]) * factor) / t - 1)).toBeLessThan(1e-6));
  });

  test("reports its steps, sub-steps, floors and mass", () => {
    const {steps, updates, floors, substeps, massChange, seconds} = diagnostics;
    expect(steps).toBeGreaterThanOrEqual(4);
    expect(updates).toBe(steps * 1000);
    expect(floors).toBe(0);
    expect(substeps).toBeGreaterThanOrEqual(1);
    expect(Math.abs(massChange)).toBeLessThan(0.05);
    expect(seconds).toBeGreaterThan(0);
  });

  test("is the same for the same seed, and another one for another", () => {
    const again = simulateGravityCooling(request).fields;
    for (const [name, field] of Object.entries(fields)) expect(again[name]).toEqual(field);
    const other = simulateGravityCooling({...request, seed: ["cloud", 2]}).fields;
    expect(Math.abs(other.velocity[0] - velocity[0])).toBeGreaterThan(1e-3);
  });

  test("cools with metals, and is adiabatic without", () => {
    const last = (change: Partial<system.GravityCoolingRequest>): number =>
      mean(simulateGravityCooling({...request, rho0: 44.5, T0: 1000, ...change}).fields.temperature.slice(128));
    const adiabatic = last({Z: 0});
    const cold = last({});
    expect(cold).toBeLessThan(0.3 * adiabatic);
    expect(adiabatic).toBeGreaterThan(800);
  });
});

test("until gas reaches the walls, none is lost", () => {
  const {diagnostics} = simulateGravityCooling({...request, Z: 0, T0: 10, grid: [6, 6, 6], side: 3, endTime: 0.1});
  expect(Math.abs(diagnostics.massChange)).toBeLessThan(1e-3);
});

test("frames of a finer simulation hold averages of what is conserved", () => {
  const still = {...request, frames: 1, endTime: 0};
  const coarse = simulateGravityCooling({...still, oversampling: 2}).fields;
  const fine = simulateGravityCooling({...still, grid: [8, 8, 8]}).fields;
  for (let cell = 0; cell < 64; cell++) {
    const i = cell >> 4;
    const j = (cell >> 2) & 3;
    const k = cell & 3;
    const block = [0, 1].flatMap((a) =>
      [0, 1].flatMap((b) => [0, 1].map((c) => ((2 * i + a) * 8 + 2 * j + b) * 8 + 2 * k + c)),
    );
    for (const axis of [0, 1, 2]) {
      expect(coarse.velocity[3 * cell + axis]).toBeCloseTo(mean(block.map((at) => fine.velocity[3 * at + axis])), 6);
    }
    expect(coarse.pressure[cell]).toBeCloseTo(mean(block.map((at) => fine.pressure[at])), 8);
  }
});

test("hot, thin gas is expected to cost most, and twice the cells sixteen times as much", () => {
  const cost = (change: Partial<system.GravityCoolingRequest>): number =>
    expectedCost({...request, frames: 1, ...change});
  expect(cost({rho0: 0.445, T0: 1000})).toBeGreaterThan(1.5 * cost({rho0: 44.5, T0: 10}));
  expect(cost({grid: [8, 8, 8], endTime: 10}) / cost({endTime: 10})).toBeCloseTo(16, 1);
});

test.each<[Partial<system.GravityCoolingRequest>, string]>([
  [{grid: [4, 4, 5]}, "expected grid to be three times the same positive whole number, found"],
  [{oversampling: 0}, "expected oversampling to be a whole number of 1 or more, found 0"],
  [{frames: 0}, "expected frames"],
  [{endTime: -1}, "expected endTime"],
  [{rho0: 0}, "expected rho0 to be a finite number above 0, found 0"],
  [{T0: NaN}, "expected T0 to be a finite number above 0, found NaN"],
  [{Z: -1}, "expected Z to be a finite number of 0 or more, found -1"],
  [{side: 1.5}, "expected side to be 2 or more"],
  [{side: 2.25}, "the cube of 4 cells sits in the middle of whole cells, found 2.25"],
])("a request with %j is refused", (change, message) => {
  expect(() => simulateGravityCooling({...request, ...change})).toThrow(message);
});
