/**
 * Random turbulent velocity without divergence, drawn wave by wave.
 *
 * Each wave of a periodic cube gets a random complex vector $\propto |k|^{p / 2}$, without its part along $k$. Mode power
 * $\propto |k|^p$ means an energy spectrum $E(k) \propto k^{p + 2}$, as the number of waves of a length is $\propto k^2$.
 *
 * Waves are drawn from the longest to the shortest, so that a generator makes the same large eddies at any resolution.
 */
import {fftn, type Rng} from "@lola-ts/core";

export type VectorField = readonly [Float64Array, Float64Array, Float64Array];

const wrap = (k: number, n: number): number => (k < 0 ? k + n : k);

/** Visit one of each pair $\pm k$ of waves on the surface of the cube $\max |k_i| = s$. */
function visitShell(s: number, visit: (kx: number, ky: number, kz: number) => void): void {
  for (let kx = 0; kx <= s; kx++) {
    for (let ky = kx === 0 ? 0 : -s; ky <= s; ky++) {
      const surface = kx === s || Math.abs(ky) === s;
      const first = kx === 0 && ky === 0 ? s : -s;
      for (let kz = first; kz <= s; kz += surface || kz === s ? 1 : 2 * s) visit(kx, ky, kz);
    }
  }
}

/**
 * Draw a velocity field on a cube of `cells`^3 cells. Its mean is zero; its modes are unit normal numbers times
 * $|k|^{p / 2}$, which the caller scales.
 *
 * @param power Exponent $p$ of the power of a mode. Default: -4.
 * @throws RangeError unless there are at least 4 cells along an axis.
 */
export function turbulentVelocity(generator: Rng, cells: number, power = -4): VectorField {
  if (!(Number.isInteger(cells) && cells >= 4)) {
    throw new RangeError(`turbulentVelocity: expected at least 4 cells along an axis, found ${cells}.`);
  }
  const size = cells ** 3;
  const spectra = [0, 1, 2].map(() => [new Float64Array(size), new Float64Array(size)] as const);
  const at = (kx: number, ky: number, kz: number): number =>
    (wrap(kx, cells) * cells + wrap(ky, cells)) * cells + wrap(kz, cells);
  // The last wave number of an even grid is its own opposite, and left out.
  for (let s = 1; s < cells / 2; s++) {
    visitShell(s, (...k) => {
      const square = k[0] ** 2 + k[1] ** 2 + k[2] ** 2;
      const amplitude = square ** (power / 4);
      const [re, im] = [0, 1].map(() => [0, 1, 2].map(() => amplitude * generator.normal()));
      const [alongRe, alongIm] = [re, im].map((part) => part.reduce((sum, v, i) => sum + v * k[i], 0) / square);
      const here = at(...k);
      const opposite = at(-k[0], -k[1], -k[2]);
      spectra.forEach(([fieldRe, fieldIm], i) => {
        fieldRe[here] = fieldRe[opposite] = re[i] - alongRe * k[i];
        fieldIm[here] = im[i] - alongIm * k[i];
        fieldIm[opposite] = -fieldIm[here];
      });
    });
  }
  for (const [re, im] of spectra) fftn(re, im, [cells, cells, cells]);
  const [u, v, w] = spectra.map(([re]) => re);
  return [u, v, w];
}
