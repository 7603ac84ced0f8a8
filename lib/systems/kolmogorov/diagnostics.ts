/** What can be read off a flow: energy, enstrophy, their spectrum and how well the modes resolve it. */
import type {Coefficients, Modes} from "./modes";

/** Vorticity on its modes. */
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
