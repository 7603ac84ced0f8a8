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
import {loops} from "@lola-ts/core";
import {BOLTZMANN, MEAN_MOLECULAR_WEIGHT} from "./units";

// Bound once: where modules run in a context of their own (as in tests), looking up a global is slow.
const {exp, sqrt} = Math;

/** The loop of packages/simulators/native/cooling.cc, which says how sub-steps are taken. */
export interface CoolingLoops {
  /**
   * Evolve the temperatures of the first `count` cells in place over a time by
   * $\dot T = \mathrm{gain} - n \, \mathrm{loss} \, \Lambda(T) / \Gamma$ for $n$ atoms per cm^3, in K/s.
   *
   * @param floor Minimum temperature in K.
   * @param change Maximum relative change of the temperature in a sub-step.
   * @returns The number of sub-steps.
   */
  readonly evolve: (
    temperatures: Float64Array,
    densities: Float64Array,
    count: number,
    seconds: number,
    gain: number,
    loss: number,
    floor: number,
    change: number,
  ) => number;
}

/** Temperature in K below which the first term of the cooling rate is less than the rounding of the second. */
const WARM = 1500;

/** Compute $\Lambda(T) / \Gamma$ in cm^3. */
export function ratio(t: number): number {
  const cold = 0.014 * sqrt(t) * exp(-92 / t);
  return t <= WARM ? cold : cold + 1e7 * exp(-118400 / (t + 1000));
}

/** Heating rate $\Gamma$ of a hydrogen atom in erg/s. */
export const HEATING_RATE = 2e-26;

/** Compute the cooling rate $\Lambda(T)$ in erg cm^3 / s at a temperature in K. */
export function coolingRate(temperature: number): number {
  return HEATING_RATE * ratio(temperature);
}

/**
 * Find the temperature in K at which heating and cooling balance: $f_\Gamma \Gamma = n f_\Lambda \Lambda(T)$.
 *
 * @param density Hydrogen atoms per cm^3.
 * @param heating $f_\Gamma / f_\Lambda$.
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

export class Cooling {
  private readonly loops = loops<CoolingLoops>();
  private readonly law: readonly [gain: number, loss: number, floor: number, change: number];

  constructor({cooling, heating, gamma = 5 / 3, floor = 5, change = 0.1}: CoolingOptions) {
    const capacity = (HEATING_RATE * (gamma - 1) * MEAN_MOLECULAR_WEIGHT) / BOLTZMANN;
    this.law = [capacity * heating, capacity * cooling, floor, change];
  }

  /**
   * Evolve temperatures over a time by
   * $\dot T = (f_\Gamma \Gamma - n f_\Lambda \Lambda(T)) (\gamma - 1) \mu / k_B$, in sub-steps that change a temperature by
   * a small part of itself (see packages/simulators/native/cooling.cc).
   *
   * @param temperatures In K, changed in place.
   * @param densities Hydrogen atoms per cm^3.
   * @param count Number of cells.
   * @param seconds Length of the time.
   * @returns The number of sub-steps.
   */
  evolve(temperatures: Float64Array, densities: Float64Array, count: number, seconds: number): number {
    return this.loops.evolve(temperatures, densities, count, seconds, ...this.law);
  }
}
