import {kolmogorovCurve, kolmogorovReferences} from "../../../lib/systems/kolmogorov/reference";

test.each(kolmogorovReferences)("$quantity: $reference ($source)", ({reference, tolerance, measure}) => {
  expect(Math.abs(measure() / reference - 1)).toBeLessThan(tolerance);
});

test("the simulation's growth rates lie on the curve of linear stability", () => {
  const {exact, ours} = kolmogorovCurve();
  ours.x.forEach((wavenumber, i) => {
    const right = exact.x.findIndex((x) => x > wavenumber);
    const part = (wavenumber - exact.x[right - 1]) / (exact.x[right] - exact.x[right - 1]);
    const expected = (1 - part) * exact.y[right - 1] + part * exact.y[right];
    expect(Math.abs(ours.y[i] - expected)).toBeLessThan(1e-3);
  });
});
