/**
 * Radiative cooling and heating of interstellar gas: a heating rate per volume of
 * $n \, f_\Gamma \Gamma - n^2 f_\Lambda \Lambda(T)$ for $n$ hydrogen atoms per cm^3, with a constant heating rate and the
 * fitted cooling rate
 *
 * $$ \Gamma = 2 \cdot 10^{-26} \, \mathrm{erg/s}, \quad
 *    \frac{\Lambda(T)}{\Gamma} = 10^7 \exp\left(\frac{-118400}{T + 1000}\right)
 *      + 0.014 \sqrt{T} \exp\left(\frac{-92}{T}\right) \mathrm{cm}^3. $$
 *
 * Both scale with the metallicity: without metals the gas is adiabatic.
 *
 * @see Koyama & Inutsuka, ApJ 564 (2002) L97 (the fit, with the constants in general use after its misprints); Alexander,
 * SIAM J. Numer. Anal. 14 (1977) 1006 (the implicit steps)
 */
import {BOLTZMANN, MEAN_MOLECULAR_WEIGHT} from "./units";

// Bound once: where modules run in a context of their own (as in tests), looking up a global is slow.
const {abs, exp, max, min, sqrt} = Math;

/** Heating rate $\Gamma$ of a hydrogen atom in erg/s. */
export const HEATING_RATE = 2e-26;

/** Fraction of a sub-step in each of its two implicit parts. */
const ALPHA = 1 - Math.SQRT1_2;

/** Temperature in K below which the first term of the cooling rate is less than the rounding of the second. */
const WARM = 1500;

/** Compute $\Lambda(T) / \Gamma$ in cm^3. */
function ratio(t: number): number {
  const cold = 0.014 * sqrt(t) * exp(-92 / t);
  return t <= WARM ? cold : cold + 1e7 * exp(-118400 / (t + 1000));
}

/** Compute the cooling rate $\Lambda(T)$ in erg cm^3 / s at a temperature in K. */
export function coolingRate(temperature: number): number {
  return HEATING_RATE * ratio(temperature);
}

/**
 * Find the temperature in K at which heating and cooling balance: $f_\Gamma \Gamma = n f_\Lambda \Lambda(T)$.
 *
 * @param density Hydrogen atoms per cm^3.
 * @param heating $f_\Gamma / f_\Lambda$.
 * @throws RangeError if there is none from 1 to 10^6 K.
 */
export function equilibriumTemperature(density: number, heating = 1): number {
  const target = heating / density; // the rate increases with temperature
  let low = 1;
  let high = 1e6;
  if (!(ratio(low) <= target && target <= ratio(high))) {
    throw new RangeError(
      `equilibriumTemperature: expected heating / density from ${ratio(low)} to ${ratio(high)} cm^3, found ${target}.`,
    );
  }
  for (let iteration = 0; iteration < 80; iteration++) {
    const middle = sqrt(low * high);
    if (ratio(middle) < target) low = middle;
    else high = middle;
  }
  return sqrt(low * high);
}

export interface CoolingOptions {
  /** Factor $f_\Lambda$ of the cooling rate: the metallicity in units of the sun's. */
  readonly cooling: number;
  /** Factor $f_\Gamma$ of the heating rate. */
  readonly heating: number;
  /** Ratio of heat capacities. Default: 5/3. */
  readonly gamma?: number;
  /** Minimum temperature in K. Default: 5. */
  readonly floor?: number;
  /** Maximum relative change of the temperature in a sub-step. Default: 0.1. */
  readonly change?: number;
}

/** Cooling and heating of gas at constant density. */
export class Cooling {
  private readonly cooling: number;
  private readonly heating: number;
  private readonly capacity: number;
  private readonly floor: number;
  private readonly change: number;

  constructor({cooling, heating, gamma = 5 / 3, floor = 5, change = 0.1}: CoolingOptions) {
    this.cooling = cooling;
    this.heating = heating;
    this.capacity = (HEATING_RATE * (gamma - 1) * MEAN_MOLECULAR_WEIGHT) / BOLTZMANN;
    this.floor = floor;
    this.change = change;
  }

  /**
   * Evolve temperatures over a time by
   * $\dot T = (f_\Gamma \Gamma - n f_\Lambda \Lambda(T)) (\gamma - 1) \mu / k_B$.
   *
   * Sub-steps change a temperature by a small part of itself. Each is two implicit ones of $\alpha h$, the second from a
   * point that makes both together second-order, $\alpha = 1 - 1 / \sqrt{2}$: with
   * $T_1 = T + \alpha h \dot T(T_1)$, $T_2 = T + (1 - \alpha) h \dot T(T_1) + \alpha h \dot T(T_2)$. Like backward Euler,
   * which is of first order, this settles at the equilibrium however short the time to get there.
   *
   * @param temperatures In K, changed in place.
   * @param densities Hydrogen atoms per cm^3.
   * @param count Number of cells.
   * @param seconds Length of the time.
   * @returns The number of sub-steps.
   */
  evolve(temperatures: Float64Array, densities: Float64Array, count: number, seconds: number): number {
    const {capacity, floor, change} = this;
    const gain = capacity * this.heating;
    let substeps = 0;
    for (let c = 0; c < count; c++) {
      const loss = capacity * this.cooling * densities[c];
      let t = max(temperatures[c], floor);
      for (let left = seconds; left > 0; substeps++) {
        const rate = gain - loss * ratio(t);
        const h = min(left, (change * t) / abs(rate));
        const step = ALPHA * h;
        let base = t;
        let next = t + step * rate;
        for (let stage = 0; stage < 2; stage++) {
          // Newton's method for next = base + step * (gain - loss * ratio(next)), with the ratio and its derivative at once
          for (let iteration = 0, error = 1; iteration < 6 && error > 1e-4; iteration++) {
            const inverse = 1 / next;
            let value = 0.014 * sqrt(next) * exp(-92 * inverse);
            let derivative = value * inverse * (0.5 + 92 * inverse);
            if (next > WARM) {
              const shifted = 1 / (next + 1000);
              const hot = 1e7 * exp(-118400 * shifted);
              value += hot;
              derivative += hot * 118400 * shifted * shifted;
            }
            const change = (next - base - step * (gain - loss * value)) / (1 + step * loss * derivative);
            next = max(next - change, 0.5 * next);
            error = abs(change) * inverse; // the next error is about its square
          }
          if (stage === 0) {
            base = t + (1 / ALPHA - 1) * (next - t);
            next = max(t + (next - t) / ALPHA, 0.5 * t);
          }
        }
        t = max(next, floor);
        left -= h;
      }
      temperatures[c] = t;
    }
    return substeps;
  }
}
