import {rayleighBenardReferences, steadyRolls} from "../../src/rayleigh-benard/reference";

test("the onset is where theory puts it, within 1 % and much less", () => {
  const [{quantity, reference, tolerance}] = rayleighBenardReferences;
  expect(quantity).toMatch("critical");
  expect(tolerance).toBeLessThan(0.01);
  expect(reference).toBe(1707.762);
});

test.each([
  [5000, 0.71, 2.1103],
  [5000, 1, 2.1105],
  [1e4, 1, 2.6464],
])("all five estimates of the Nusselt number agree in steady rolls: Ra %d, Pr %d", (rayleigh, prandtl, expected) => {
  const nusselt = steadyRolls({rayleigh, prandtl, wavenumber: 3.117}, {until: 80});
  for (const estimate of Object.values(nusselt)) {
    expect(Math.abs(estimate / nusselt.convection - 1)).toBeLessThan(1e-4);
    expect(Math.abs(estimate / expected - 1)).toBeLessThan(2e-3);
  }
});
