/**
 * Units of the gravity-cooling system. Its files hold code units in which the constant of gravity, the mass of the gas (a
 * million suns) and the initial radius of its sphere are 1; only temperatures are in kelvin. The radius, and with it every
 * other unit, depends on the file's density.
 */
import {requirePositive} from "@lola-ts/core";

/** Boltzmann's constant $k_B$ in erg/K. */
export const BOLTZMANN = 1.380649e-16;

/** Mean mass $\mu$ of a particle in units of a hydrogen atom's. */
export const MEAN_MOLECULAR_WEIGHT = 0.6;

/** Mass of a hydrogen atom in g, as The Well's conversion has it. */
const HYDROGEN_MASS = 1 / 6.02e23;

/** Seconds of a million years. */
export const MEGAYEAR = 3.15576e13;

/** Density of a sphere of mass and radius 1. */
export const SPHERE_DENSITY = 3 / (4 * Math.PI);

/** Ratio of heat capacities $\gamma$. */
export const GAMMA = 5 / 3;

/** Code units in cgs units and kelvin. */
export interface Units {
  /** cm */
  readonly length: number;
  /** s */
  readonly time: number;
  /** cm/s */
  readonly velocity: number;
  /** g/cm^3 */
  readonly density: number;
  /** Hydrogen atoms per cm^3. */
  readonly number: number;
  /** K per unit of pressure over density, $\mu m_H v^2 / k_B$. */
  readonly temperature: number;
}

/** Units at a density of 4.45 hydrogen atoms per cm^3, from which the others follow. */
const MODERATE = {rho0: 4.45, length: 3.988763e20, time: 6.914124e14, density: 3.134151e-23, number: 18.72506};

/**
 * Compute the units of a density in hydrogen atoms per cm^3: lengths go as $\rho_0^{-1/3}$, times as $\rho_0^{-1/2}$.
 *
 * @throws RangeError unless the density is positive.
 */
export function unitsOf(rho0: number): Units {
  requirePositive("unitsOf", "density", rho0);
  const factor = rho0 / MODERATE.rho0;
  const length = MODERATE.length / Math.cbrt(factor);
  const time = MODERATE.time / Math.sqrt(factor);
  const velocity = length / time;
  return {
    length,
    time,
    velocity,
    density: MODERATE.density * factor,
    number: MODERATE.number * factor,
    temperature: (MEAN_MOLECULAR_WEIGHT * HYDROGEN_MASS * velocity ** 2) / BOLTZMANN,
  };
}
