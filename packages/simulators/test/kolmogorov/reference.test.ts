import {enstrophySlope, kolmogorovCurve, kolmogorovReferences} from "../../src/kolmogorov/reference";

const judged = kolmogorovReferences.filter(({tolerance}) => tolerance < Infinity);

test.each(judged)("$quantity: $reference ($source)", ({reference, tolerance, measure}) => {
  expect(Math.abs(measure() / reference - 1)).toBeLessThan(tolerance);
});

test("drag and viscosity make the enstrophy spectrum steeper than the cascade without losses, less so at larger Re", () => {
  expect(enstrophySlope(50)).toBeLessThan(enstrophySlope(130));
  expect(enstrophySlope(130)).toBeLessThan(-1);
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
