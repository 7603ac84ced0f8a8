import {
  growthCurve,
  KOLMOGOROV_REFERENCES,
  meanSpectrum,
  spectralSlope,
  spectrumCurve,
} from "../../../lib/systems/kolmogorov/reference";

test.each(KOLMOGOROV_REFERENCES)("$quantity: $reference ($source)", ({reference, tolerance, measure}) => {
  expect(Math.abs(measure() / reference - 1)).toBeLessThan(tolerance);
});

test("the simulation's growth rates lie on the curve of linear stability", () => {
  const {exact, ours} = growthCurve();
  ours.x.forEach((wavenumber, i) => {
    const right = exact.x.findIndex((x) => x > wavenumber);
    const part = (wavenumber - exact.x[right - 1]) / (exact.x[right] - exact.x[right - 1]);
    const expected = (1 - part) * exact.y[right - 1] + part * exact.y[right];
    expect(Math.abs(ours.y[i] - expected)).toBeLessThan(1e-3);
  });
});

test("the slope of a power law is its exponent", () => {
  const law = Float64Array.from({length: 20}, (_, k) => 7 * k ** -3.5);
  expect(spectralSlope(law, [5, 10])).toBeCloseTo(-3.5, 10);
});

test("the energy spectrum is steeper than −3 without losses, and less so at a larger Reynolds number", () => {
  const {title, ours, exact} = spectrumCurve(200);
  const slope = spectralSlope([NaN, ...ours.y], [5, 10]);
  expect(title).toMatch(`slope ${slope.toFixed(1)}`);
  expect(slope).toBeLessThan(-3);
  expect(slope).toBeGreaterThan(-6.5);
  expect(spectralSlope(meanSpectrum({reynolds: 50}), [5, 10])).toBeLessThan(slope - 0.5);
  expect(ours.y[exact.x[0] - 1]).toBe(exact.y[0]);
});
