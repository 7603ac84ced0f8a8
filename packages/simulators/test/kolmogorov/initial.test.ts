import {Rng} from "@lola-ts/core";
import {energyOf, energySpectrum} from "../../src/kolmogorov/diagnostics";
import {drawVorticity} from "../../src/kolmogorov/trajectory";
import {KolmogorovSolver} from "../../src/kolmogorov/solver";

test("the mean square velocity is 1, and the same seed draws the same field", () => {
  const field = drawVorticity(Rng.from(3));
  expect(2 * energyOf(field)).toBeCloseTo(1, 12);
  expect(drawVorticity(Rng.from(3))).toEqual(field);
  expect(drawVorticity(Rng.from(4))).not.toEqual(field);
});

test("on average, the spectrum is k⁴ exp(−k²/8)", () => {
  const mean = new Float64Array(11);
  const draws = 400;
  for (let seed = 0; seed < draws; seed++) {
    energySpectrum(drawVorticity(Rng.from(seed))).forEach((energy, k) => (mean[k] += energy / draws));
  }
  const law = (k: number) => k ** 4 * Math.exp(-2 * (k / 4) ** 2);
  // Rings hold about 2 pi k modes, one of each pair is held.
  const {square} = drawVorticity(Rng.from(0)).modes;
  const modes = (k: number) => square.filter((value) => Math.round(Math.sqrt(value)) === k).length;
  const share = (k: number) => (law(k) * modes(k)) / (Math.PI * k);
  for (const k of [3, 5, 6, 7]) expect(Math.abs(mean[k] / mean[4] / (share(k) / share(4)) - 1)).toBeLessThan(0.1);
  expect(mean.indexOf(Math.max(...mean))).toBe(4);
});

test("flows on a coarse and a fine grid start with the same large waves", () => {
  const field = drawVorticity(Rng.from(5));
  const [coarse, fine] = [24, 48].map((n) => {
    const solver = new KolmogorovSolver({reynolds: 1, grid: [n, n]});
    solver.start(field);
    return solver;
  });
  const {length} = coarse.vorticity.re;
  expect(fine.vorticity.re.subarray(0, length)).toEqual(coarse.vorticity.re);
  expect(energyOf(fine)).toBeCloseTo(0.5, 12);
});
