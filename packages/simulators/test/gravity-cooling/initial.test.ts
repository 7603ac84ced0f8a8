import {Rng} from "@lola-ts/core";
import {initialCloud, sphereCoverage} from "../../src/gravity-cooling/initial";
import {SPHERE_DENSITY, unitsOf} from "../../src/gravity-cooling/units";

const sphere = {rho0: 4.45, T0: 100};

test("the sphere covers its volume", () => {
  const coverage = sphereCoverage(20, 2.5);
  expect((coverage.reduce((sum, part) => sum + part, 0) / 20 ** 3) * 2.5 ** 3 * SPHERE_DENSITY).toBeCloseTo(1, 2);
  expect([coverage[0], coverage[4210]]).toEqual([0, 1]);
});

test("the cloud starts with as much kinetic energy as it has potential energy, and without momentum", () => {
  const cloud = initialCloud(Rng.from("cloud"), 10, sphere);
  let energy = 0;
  const momentum = [0, 0, 0];
  for (let cell = 0; cell < 1000; cell++) {
    const [r, u, v, w] = cloud(cell);
    energy += 0.5 * r * (u * u + v * v + w * w) * 0.25 ** 3;
    [u, v, w].forEach((value, axis) => (momentum[axis] += r * value));
  }
  expect(Math.abs(energy - 0.6)).toBeLessThan(1e-10);
  for (const value of momentum) expect(Math.abs(value)).toBeLessThan(1e-10);
});

test("the gas around the sphere is thin, hot and at rest", () => {
  const cloud = initialCloud(Rng.from("cloud"), 10, sphere);
  const {temperature} = unitsOf(sphere.rho0);
  const [r, u, v, w, p] = cloud(0);
  expect(r).toBeCloseTo(0.01 * SPHERE_DENSITY, 12);
  expect([u, v, w].map(Math.abs)).toEqual([0, 0, 0]);
  expect((p / r) * temperature).toBeCloseTo(1000, 8);
});
