/** Measures of a flow: energy, enstrophy, their spectrum and how well the modes resolve it. */
import type {Coefficients, Modes} from "./transforms";

export interface VorticityField {
  readonly modes: Modes;
  readonly vorticity: Coefficients;
}

/** Compute the energy $\frac{1}{2} \langle |u|^2 \rangle$, the average over the box. */
export function energyOf({modes: {square}, vorticity: {re, im}}: VorticityField): number {
  let sum = 0;
  for (let m = 0; m < square.length; m++) sum += (re[m] * re[m] + im[m] * im[m]) / square[m];
  return sum; // halves of k and -k
}

/** Compute the enstrophy $\frac{1}{2} \langle \omega^2 \rangle$, the average over the box. */
export function enstrophyOf({vorticity: {re, im}}: VorticityField): number {
  let sum = 0;
  for (let m = 0; m < re.length; m++) sum += re[m] * re[m] + im[m] * im[m];
  return sum;
}

/** Compute the spectrum of energy: entry $k$ is the energy of modes whose $|k|$ rounds to $k$, up to the last full ring. */
export function energySpectrum({modes, vorticity: {re, im}}: VorticityField): Float64Array {
  const {square} = modes;
  const last = Math.floor(Math.min(...modes.largest));
  const spectrum = new Float64Array(last + 1);
  for (let m = 0; m < square.length; m++) {
    const k = Math.round(Math.sqrt(square[m]));
    if (k <= last) spectrum[k] += (re[m] * re[m] + im[m] * im[m]) / square[m];
  }
  return spectrum;
}

/** Fit a straight line to $\ln E$ over $\ln k$ for $k$ from `low` to `high`, and return its slope. */
export function spectralSlope(spectrum: ArrayLike<number>, [low, high]: readonly [number, number]): number {
  const ks = Array.from({length: high - low + 1}, (_, i) => low + i);
  const middle = ks.reduce((sum, k) => sum + Math.log(k), 0) / ks.length;
  const deviation = ks.map((k) => Math.log(k) - middle);
  const product = ks.reduce((sum, k, i) => sum + deviation[i] * Math.log(spectrum[k]), 0);
  return product / deviation.reduce((sum, d) => sum + d * d, 0);
}

/** Compute the share of the enstrophy that is in the last third of the modes along either axis: next to 0 if resolved. */
export function tailOf({modes, vorticity: {re, im}}: VorticityField): number {
  const {i, j, limit} = modes;
  let tail = 0;
  let total = 0;
  for (let m = 0; m < re.length; m++) {
    const square = re[m] * re[m] + im[m] * im[m];
    total += square;
    if (3 * Math.abs(i[m]) > 2 * limit[0] || 3 * j[m] > 2 * limit[1]) tail += square;
  }
  return total > 0 ? tail / total : 0;
}
