import {collapse, collapseRadius, evrard} from "../../src/gravity-cooling/reference";

test.each([
  [0, 1],
  [0.25, 0.96094],
  [0.5, 0.83681],
  [0.75, 0.59715],
  [0.8, 0.52796],
  [0.9, 0.35136],
  [0.95, 0.22852],
  [1, 0],
])("the law of free fall at t / t_ff = %d", (tau, radius) => expect(collapseRadius(tau)).toBeCloseTo(radius, 5));

test("the law of free fall ends", () => {
  expect(() => collapseRadius(1.1)).toThrow("expected a time from 0 to 1, found 1.1");
});

test("a falling sphere keeps its mass", () => {
  for (const {mass} of collapse([0.5, 0.75])) expect(Math.abs(mass)).toBeLessThan(3e-4);
});

test("Evrard's sphere turns potential energy into motion and heat", () => {
  const [start, middle, end] = evrard([0.3, 0.6]);
  expect(Math.abs(start.potential / (-2 / 3) - 1)).toBeLessThan(2e-3);
  expect(Math.abs(start.internal / 0.05 - 1)).toBeLessThan(5e-3);
  expect(start.kinetic).toBe(0);
  expect(end.potential).toBeLessThan(middle.potential);
  expect(end.kinetic).toBeGreaterThan(0.15);
  expect(end.internal).toBeGreaterThan(0.08);
});
