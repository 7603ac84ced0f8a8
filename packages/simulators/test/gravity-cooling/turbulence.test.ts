import {fftn, Rng} from "@lola-ts/core";
import {turbulentVelocity, type VectorField} from "../../src/gravity-cooling/initial";

/** Spectra of the components, and the signed wave vector of each entry. */
function analyse(field: VectorField, n: number) {
  const spectra = field.map((component) => {
    const re = Float64Array.from(component);
    const im = new Float64Array(n ** 3);
    fftn(re, im, [n, n, n]);
    return [re, im];
  });
  const signed = (m: number): number => (m > n / 2 ? m - n : m);
  const waves = Array.from({length: n ** 3}, (_, c) =>
    [Math.floor(c / n ** 2), Math.floor(c / n) % n, c % n].map(signed),
  );
  return {spectra, waves};
}

test.each([15, 16])("on %d^3 cells it has neither divergence nor mean", (n) => {
  const field = turbulentVelocity(Rng.from("divergence"), n);
  const {spectra, waves} = analyse(field, n);
  let divergence = 0;
  let size = 0;
  waves.forEach((k, c) => {
    for (const part of [0, 1]) {
      divergence = Math.max(divergence, Math.abs(k.reduce((sum, ki, axis) => sum + ki * spectra[axis][part][c], 0)));
      size = Math.max(size, Math.abs(spectra[0][part][c]));
    }
  });
  expect(divergence / size).toBeLessThan(1e-12);
  spectra.forEach(([re]) => expect(Math.abs(re[0]) / size).toBeLessThan(1e-12));
});

test.each([
  [-4, -2],
  [-3, -1],
])("mode power k^%d is an energy spectrum k^%d, in all components alike", (power, slope) => {
  const n = 20;
  const count = n / 4 + 1;
  const energies = [0, 0, 0];
  const {waves} = analyse(turbulentVelocity(Rng.from(0), n), n);
  const lengths = waves.map((k) => Math.hypot(...k));
  const shells = Array.from({length: count}, () => ({waves: 0, length: 0, power: 0}));
  for (let seed = 0; seed < 20; seed++) {
    const {spectra} = analyse(turbulentVelocity(Rng.from("spectrum", seed), n, power), n);
    lengths.forEach((length, c) => {
      const shell = shells[Math.round(length)] as (typeof shells)[number] | undefined;
      if (shell === undefined) return;
      const powers = spectra.map(([re, im]) => re[c] ** 2 + im[c] ** 2);
      powers.forEach((value, axis) => (energies[axis] += value));
      shell.power += powers[0] + powers[1] + powers[2];
      shell.length += length;
      shell.waves++;
    });
  }
  // the mean of a shell times its area: shells of few waves hold more or less than their share
  const points = shells.slice(2).map((shell) => {
    const k = shell.length / shell.waves;
    return [Math.log(k), Math.log((shell.power / shell.waves) * k ** 2)];
  });
  const mean = (axis: number): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const x = mean(0);
  const y = mean(1);
  const fit = points.reduce((s, p) => s + (p[0] - x) * (p[1] - y), 0) / points.reduce((s, p) => s + (p[0] - x) ** 2, 0);
  expect(Math.abs(fit - slope)).toBeLessThan(0.15);
  energies.forEach((energy) =>
    expect(Math.abs((3 * energy) / energies.reduce((a, b) => a + b) - 1)).toBeLessThan(0.25),
  );
});

test("the same generator makes the same large eddies at a higher resolution, another one does not", () => {
  const modes = (n: number, seed: number): number[] => {
    const {spectra, waves} = analyse(turbulentVelocity(Rng.from(seed), n), n);
    const low = waves.flatMap((k, c) => (Math.max(...k.map(Math.abs)) <= 3 ? [c] : []));
    return low.flatMap((c) => spectra.map(([re]) => re[c] / n ** 3));
  };
  const coarse = modes(8, 1);
  const fine = modes(12, 1);
  const other = modes(8, 2);
  expect(coarse).toHaveLength(3 * 7 ** 3);
  coarse.forEach((value, i) => expect(Math.abs(value - fine[i])).toBeLessThan(1e-12));
  expect(Math.max(...coarse.map((value, i) => Math.abs(value - other[i])))).toBeGreaterThan(0.1);
});

test("refuses a grid without waves", () => {
  expect(() => turbulentVelocity(Rng.from(1), 3)).toThrow("at least 4 cells along an axis, found 3");
});
