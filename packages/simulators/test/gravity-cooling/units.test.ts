import {SPHERE_DENSITY, unitsOf} from "../../src/gravity-cooling/units";

// The dense file's own length unit is 0.15 % larger than its density unit implies.
test.each([
  [44.5, 1.854178e20, 2.191325e14, 8.4642e5, 3.134151e-22, 187.2506, 4.62e-4, 2.5e-3],
  [4.45, 3.988763e20, 6.914124e14, 5.76901e5, 3.134151e-23, 18.72506, 9.94e-4, 1e-3],
  [0.445, 8.59353e20, 2.186438e15, 3.93038e5, 3.134151e-24, 1.872506, 2.14e-3, 1e-3],
])("units at %d per cm^3", (rho0, length, time, velocity, density, number, pressure, tolerance) => {
  const units = unitsOf(rho0);
  const expected = {length, time, velocity, density, number};
  for (const [name, value] of Object.entries(expected)) {
    expect(Math.abs(units[name as keyof typeof expected] / value - 1)).toBeLessThan(tolerance);
  }
  expect(Math.abs((SPHERE_DENSITY * 10) / units.temperature / pressure - 1)).toBeLessThan(2e-3);
  // with these units the constant of gravity is 1, and the sphere has the density that names it
  const constant = 6.674e-8 * units.density * units.time ** 2;
  expect(Math.abs(constant - 1)).toBeLessThan(1e-3);
  expect(Math.abs((SPHERE_DENSITY * units.number) / rho0 - 1)).toBeLessThan(6e-3);
});

test("refuses a density that is not positive", () => {
  expect(() => unitsOf(0)).toThrow("expected a positive density, found 0");
});
