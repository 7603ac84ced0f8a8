import {energyOf, energySpectrum, enstrophyOf, spectralSlope, tailOf} from "../../src/kolmogorov/diagnostics";
import {modesOf, zeros} from "../../src/kolmogorov/transforms";
import {KolmogorovSolver} from "../../src/kolmogorov/solver";

test("energy and enstrophy are the averages over the box", () => {
  const solver = new KolmogorovSolver({reynolds: 1, grid: [16, 16]});
  // psi = 0.4 sin(3x + y) + 0.5 cos 2y
  solver.set((x, y) => 10 * 0.4 * Math.sin(3 * x + y) + 4 * 0.5 * Math.cos(2 * y));
  expect(enstrophyOf(solver)).toBeCloseTo((4 ** 2 + 2 ** 2) / 4, 12);
  expect(energyOf(solver)).toBeCloseTo((10 * 0.4 ** 2 + 4 * 0.5 ** 2) / 4, 12);
});

test("the rings of the spectrum add up to the energy of what they hold", () => {
  const modes = modesOf([6, 6]);
  const vorticity = zeros(modes);
  modes.square.forEach((square, m) => (vorticity.re[m] = square <= 6 ** 2 ? m : 0));
  const spectrum = energySpectrum({modes, vorticity});
  expect(spectrum).toHaveLength(7);
  expect(spectrum.reduce((a, b) => a + b)).toBeCloseTo(energyOf({modes, vorticity}), 8);
  const single = zeros(modes);
  const at = modes.i.findIndex((i, m) => i === 2 && modes.j[m] === 3); // |k| = 3.6
  single.im[at] = 1;
  expect(energySpectrum({modes, vorticity: single})[4]).toBeCloseTo(1 / 13, 14);
});

test("the tail is what the last third of the waves holds", () => {
  const modes = modesOf([6, 9]);
  const vorticity = zeros(modes);
  const put = (i: number, j: number, value: number) =>
    (vorticity.re[modes.i.findIndex((x, m) => x === i && modes.j[m] === j)] = value);
  expect(tailOf({modes, vorticity})).toBe(0);
  put(4, 6, 3);
  expect(tailOf({modes, vorticity})).toBe(0);
  put(5, 0, 4);
  expect(tailOf({modes, vorticity})).toBeCloseTo(16 / 25, 14);
  put(-1, 7, 12);
  expect(tailOf({modes, vorticity})).toBeCloseTo(160 / 169, 14);
});

test("the slope of a power law is its exponent", () => {
  const law = Float64Array.from({length: 20}, (_, k) => 7 * k ** -3.5);
  expect(spectralSlope(law, [5, 10])).toBeCloseTo(-3.5, 10);
});
