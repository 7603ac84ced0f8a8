import {label} from "../src/label";

test("the logarithm of T0 is an option, and scalars that it takes must be positive", () => {
  expect([...label({rho0: 1, Z: 0, T0: 1}, [])]).toEqual([0, 0, 1]);
  expect([...label({rho0: 1, Z: 0, T0: 1}, [], {logT0: true})]).toEqual([0, 0, 0]);
  expect(() => label({Rayleigh: 0}, [])).toThrow("expected Rayleigh > 0 for its logarithm, found 0");
});

test("scalars in their order, then the codes of each axis' lower and upper end", () => {
  const boundary = [[0, 1] as const, [2, 2] as const];
  expect([...label({gamma: 1.5, Prandtl: 1}, boundary)]).toEqual([1.5, 0, 0, 1, 2, 2]);
  expect([...label({Prandtl: 1, gamma: 1.5}, boundary)]).toEqual([0, 1.5, 0, 1, 2, 2]);
});
