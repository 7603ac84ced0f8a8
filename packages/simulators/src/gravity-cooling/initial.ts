/**
 * Initial state of the gravity-cooling system: a sphere of uniform density and temperature, which moves turbulently, in a
 * thin and hot surrounding at rest.
 */
import {type Rng, fftn} from "@lola-ts/core";
import type {Primitive} from "./hydro";
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
 * Draw a velocity field without divergence on a cube of `cells`^3 cells, wave by wave. Its mean is zero; its modes are unit normal
 * numbers times $|k|^{p / 2}$, which the caller scales. Mode power $\propto |k|^p$ means an energy spectrum $E(k) \propto k^{p + 2}$, as
 * the number of waves of a length is $\propto k^2$. Long waves are drawn first, so that a generator makes the same large eddies at
 * any resolution.
 *
 * @param power Exponent $p$ of the power of a mode. Default: -4.
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
