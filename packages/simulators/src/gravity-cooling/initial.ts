/**
 * Initial state of the gravity-cooling system: a sphere of uniform density and temperature, which moves turbulently, in a
 * thin and hot surrounding at rest.
 */
import type {Rng} from "@lola-ts/core";
import type {Primitive} from "./hydro";
import {turbulentVelocity} from "./turbulence";
import {SPHERE_DENSITY, unitsOf} from "./units";

/** Gas around the sphere, relative to the sphere's: thin, and so hot that it does not fall in. */
export const SURROUNDING = {density: 0.01, temperature: 10};

/** Sub-samples of a cell along an axis, for the part of it that lies in the sphere. */
const SAMPLES = 4;

/** Kinetic energy of the turbulence: as large as the potential energy. */
const KINETIC = 0.6;

export interface Cloud {
  /** Density of the sphere in hydrogen atoms per cm^3; The Well has 0.445, 4.45 and 44.5. */
  readonly rho0: number;
  /** Temperature of the sphere in K. */
  readonly T0: number;
  /** Side of the simulated cube, in which the sphere has radius 1. Default: 2.5. */
  readonly side?: number;
}

/** Estimate the part of each cell that lies in the sphere of radius 1 in the middle of the cube, row-major. */
export function sphereCoverage(cells: number, side: number): Float64Array {
  const spacing = side / cells;
  const samples = SAMPLES ** 3; // a power in the loop's condition would take most of its time
  const coverage = new Float64Array(cells ** 3);
  const squares = Float64Array.from(
    {length: cells * SAMPLES},
    (_, s) => (((s + 0.5) * spacing) / SAMPLES - side / 2) ** 2,
  );
  for (let i = 0, cell = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      for (let k = 0; k < cells; k++, cell++) {
        let inside = 0;
        for (let s = 0; s < samples; s++) {
          const x = squares[i * SAMPLES + (s >> 4)];
          const y = squares[j * SAMPLES + ((s >> 2) & 3)];
          if (x + y + squares[k * SAMPLES + (s & 3)] < 1) inside++;
        }
        coverage[cell] = inside / samples;
      }
    }
  }
  return coverage;
}

/**
 * Make the initial state on a cube of `cells`^3 cells: a primitive state for each cell, row-major.
 *
 * The velocity has no mean momentum, and is scaled to the kinetic energy {@link KINETIC}.
 */
export function initialCloud(
  generator: Rng,
  cells: number,
  {T0, rho0, side = 2.5}: Cloud,
): (cell: number) => Primitive {
  const coverage = sphereCoverage(cells, side);
  const velocity = turbulentVelocity(generator, cells);
  const volume = (side / cells) ** 3;
  const pressure = (SPHERE_DENSITY * T0) / unitsOf(rho0).temperature;
  const density = (cell: number): number =>
    SPHERE_DENSITY * (coverage[cell] + (1 - coverage[cell]) * SURROUNDING.density);

  const means = velocity.map((component) => {
    let mass = 0;
    let momentum = 0;
    coverage.forEach((part, cell) => {
      mass += part;
      momentum += part * component[cell];
    });
    return momentum / mass;
  });
  // Only the gas of the sphere moves; where it shares a cell, it shares its momentum.
  const moving = (cell: number, axis: number): number =>
    (SPHERE_DENSITY * coverage[cell] * (velocity[axis][cell] - means[axis])) / density(cell);
  let energy = 0;
  coverage.forEach((_, cell) => {
    const square = moving(cell, 0) ** 2 + moving(cell, 1) ** 2 + moving(cell, 2) ** 2;
    energy += 0.5 * density(cell) * square * volume;
  });
  const scale = Math.sqrt(KINETIC / energy);
  return (cell) => {
    const thin = (1 - coverage[cell]) * SURROUNDING.density * SURROUNDING.temperature;
    const [u, v, w] = [0, 1, 2].map((axis) => scale * moving(cell, axis));
    return [density(cell), u, v, w, pressure * (coverage[cell] + thin)];
  };
}
