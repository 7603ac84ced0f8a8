/**
 * The linear stability of laminar flow $u = A \sin(k_f y)$, by the dispersion relation of Meshalkin and Sinai.
 *
 * A disturbance $\omega = e^{i \alpha x + \sigma t} \sum_n \omega_n e^{i n k_f y}$ obeys, with $\kappa_n = \alpha^2 + n^2 k_f^2$
 * and $g_n = 1 - k_f^2 / \kappa_n$,
 *
 * $$ (\sigma + \kappa_n / \mathrm{Re} + \mu) \, \omega_n
 *    = \tfrac{1}{2} \alpha A (g_{n+1} \omega_{n+1} - g_{n-1} \omega_{n-1}). $$
 *
 * The ratios of neighbouring $g_n \omega_n$ make a continued fraction. A real $\sigma$ of the mode that is symmetric in $n$ is
 * a zero of
 *
 * $$ \tfrac{1}{2} b_0 + \cfrac{1}{b_1 + \cfrac{1}{b_2 + \cdots}}, \qquad
 *    b_n = \frac{2 (\sigma + \kappa_n / \mathrm{Re} + \mu)}{\alpha A g_n}. $$
 *
 * @see Meshalkin & Sinai, J. Appl. Math. Mech. 25 (1961) 1700
 */
import {DRAG, FORCED_WAVENUMBER} from "./solver";

/** A laminar flow and the wave along $x$ that disturbs it. */
export interface Disturbance {
  readonly reynolds: number;
  /** $\alpha$, below $k_f$. */
  readonly wavenumber: number;
  /** $k_f$. Default: {@link FORCED_WAVENUMBER}. */
  readonly forcedWavenumber?: number;
  /** $F$. Default: 1. */
  readonly force?: number;
  /** $\mu$. Default: {@link DRAG}. */
  readonly drag?: number;
}

/** Compute the amplitude $A = F / (k_f^2 / \mathrm{Re} + \mu)$ of the laminar flow $u = A \sin k_f y$. */
export function laminarAmplitude({
  reynolds,
  forcedWavenumber = FORCED_WAVENUMBER,
  force = 1,
  drag = DRAG,
}: Omit<Disturbance, "wavenumber">): number {
  return force / (forcedWavenumber ** 2 / reynolds + drag);
}

/** Harmonics of the force in a disturbance; the continued fraction has converged long before. */
const HARMONICS = 64;

/** Compute the rate $\sigma$ at which a disturbance of the laminar flow grows (negative: decays). */
export function instabilityRate(disturbance: Disturbance): number {
  const {reynolds, wavenumber, forcedWavenumber = FORCED_WAVENUMBER, drag = DRAG} = disturbance;
  if (!(wavenumber > 0 && wavenumber < forcedWavenumber)) {
    throw new RangeError(
      `instabilityRate: expected a wavenumber between 0 and ${forcedWavenumber}, found ${wavenumber}.`,
    );
  }
  const amplitude = laminarAmplitude(disturbance);
  const mismatch = (sigma: number): number => {
    let fraction = 0;
    for (let n = HARMONICS; n >= 0; n--) {
      const square = wavenumber ** 2 + (n * forcedWavenumber) ** 2;
      const g = 1 - forcedWavenumber ** 2 / square;
      const b = (2 * (sigma + square / reynolds + drag)) / (wavenumber * amplitude * g);
      fraction = n === 0 ? b / 2 + fraction : 1 / (b + fraction);
    }
    return fraction;
  };
  // At the slowest decay the mismatch is positive, above a shear of A k_f negative.
  return bisect(mismatch, -(wavenumber ** 2) / reynolds - drag, amplitude * forcedWavenumber);
}

/** Find the Reynolds number between two at which a disturbance neither grows nor decays. */
export function marginalReynolds(
  disturbance: Omit<Disturbance, "reynolds">,
  [low, high]: readonly [number, number],
): number {
  return bisect((reynolds) => -instabilityRate({...disturbance, reynolds}), low, high);
}

function bisect(f: (x: number) => number, low: number, high: number): number {
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
