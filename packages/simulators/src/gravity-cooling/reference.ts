/** Known results for gravity, gas and cooling, and short runs that measure them, with the tolerances of small grids. */
import {Cooling, coolingRate, equilibriumTemperature} from "./cooling";
import {MEGAYEAR, SPHERE_DENSITY} from "./units";
import {sphereCoverage} from "./initial";
import {HydroSolver} from "./hydro";
import {IsolatedPoisson, PeriodicPoisson} from "./poisson";
import {known, type ReferenceCurve, type ReferenceRow} from "../reference";
import {SelfGravitatingGas, type Energies} from "./selfgravity";

/** Time in which the uniform sphere of mass and radius 1 collapses to a point, $\sqrt{3 \pi / 32 G \rho}$. */
const FREE_FALL_TIME = Math.sqrt((3 * Math.PI) / (32 * SPHERE_DENSITY));

/**
 * Compute the radius of a uniform sphere that collapses without pressure, relative to the initial one: $\cos^2 \beta$ with
 * $\beta + \frac{1}{2} \sin 2 \beta = \frac{\pi}{2} \tau$ at $\tau = t / t_\text{ff}$.
 */
export function collapseRadius(tau: number): number {
  if (!(tau >= 0 && tau <= 1)) throw new RangeError(`collapseRadius: expected a time from 0 to 1, found ${tau}.`);
  let low = 0;
  let high = Math.PI / 2;
  for (let iteration = 0; iteration < 60; iteration++) {
    const beta = (low + high) / 2;
    if (beta + Math.sin(2 * beta) / 2 < (Math.PI / 2) * tau) low = beta;
    else high = beta;
  }
  return Math.cos(low) ** 2;
}

/** Compute the potential energy of a uniform sphere of mass and radius 1, and the potential at its centre. */
export function uniformSphere(cells = 32, side = 2.5): {energy: number; centre: number} {
  const spacing = side / cells;
  const density = sphereCoverage(cells, side).map((part) => SPHERE_DENSITY * part);
  const potential = new Float64Array(cells ** 3);
  new IsolatedPoisson({cells: [cells, cells, cells], spacing}).solve(density, potential);
  const energy = density.reduce((sum, rho, cell) => sum + 0.5 * rho * potential[cell] * spacing ** 3, 0);
  return {energy, centre: potential[middle(cells)]};
}

/** Find the row-major index of the cell at the centre of a cube, or of the one whose lower corner is there. */
function middle(cells: number): number {
  const half = Math.floor(cells / 2);
  return (half * cells + half) * cells + half;
}

interface Collapse {
  /** Density at the centre relative to the initial one. */
  readonly density: number;
  /** Relative change of the mass. */
  readonly mass: number;
}

/** Simulate the collapse of the uniform sphere with negligible pressure, to times in units of {@link FREE_FALL_TIME}. */
export function collapse(taus: readonly number[], cells = 32, side = 2.5): Collapse[] {
  const cube = [cells, cells, cells] as const;
  const gas = new HydroSolver({cells: cube, spacing: side / cells, gamma: 5 / 3, boundary: "open"});
  const coverage = sphereCoverage(cells, side);
  gas.set((_x, _y, _z, cell) => {
    const density = SPHERE_DENSITY * Math.max(coverage[cell], 1e-4);
    return [density, 0, 0, 0, 1e-5 * density];
  });
  const {mass} = gas.totals();
  const half = Math.floor(cells / 2);
  const system = new SelfGravitatingGas(gas, {poisson: new IsolatedPoisson({cells: cube, spacing: side / cells})});
  return taus.map((tau) => {
    system.run(tau * FREE_FALL_TIME);
    return {
      density: gas.cell(half, half, half)[0] / SPHERE_DENSITY,
      mass: gas.totals().mass / mass - 1,
    };
  });
}

/**
 * Simulate the collapse of a cold sphere with $\rho = 1 / 2 \pi r$ from rest (Evrard's test), and integrate its energies.
 *
 * @returns Energies at time 0 and at each of `times`.
 */
export function evrard(times: readonly number[], cells = 32, side = 3): Energies[] {
  const cube = [cells, cells, cells] as const;
  const spacing = side / cells;
  const gas = new HydroSolver({cells: cube, spacing, gamma: 5 / 3, boundary: "open"});
  const samples = Array.from({length: 4 ** 3}, (_, s) => [s >> 4, (s >> 2) & 3, s & 3].map((n) => (n - 1.5) / 4));
  gas.set((x, y, z) => {
    let density = 0;
    for (const [dx, dy, dz] of samples) {
      const rx = x + dx * spacing - side / 2;
      const ry = y + dy * spacing - side / 2;
      const rz = z + dz * spacing - side / 2;
      const r = Math.sqrt(rx * rx + ry * ry + rz * rz);
      density += (r < 1 ? 1 / (2 * Math.PI * r) : 1e-4) / samples.length;
    }
    return [density, 0, 0, 0, (2 / 3) * 0.05 * density];
  });
  const system = new SelfGravitatingGas(gas, {poisson: new IsolatedPoisson({cells: cube, spacing})});
  return [0, ...times].map((time) => {
    system.run(time);
    return system.energies();
  });
}

/**
 * Measure the rate at which a wave of gas of density 1 in a periodic box of side 1 grows, or the frequency at which it
 * oscillates: $\sqrt{|c^2 k^2 - 4 \pi G \rho|}$ with $k = 2 \pi$ and $G = 1$.
 *
 * @param sound Speed of sound; below $1 / \sqrt{\pi}$ the wave grows.
 */
function jeansRate(sound: number, cells = 64): number {
  const k = 2 * Math.PI;
  const amplitude = 1e-4;
  const time = 0.5;
  const square = sound ** 2 * k ** 2 - 4 * Math.PI;
  const grows = square < 0;
  const rate = Math.sqrt(Math.abs(square));
  const box = {cells: [cells, 1, 1], spacing: 1 / cells} as const;
  const gas = new HydroSolver({...box, gamma: 5 / 3, boundary: "periodic"});
  const pressure = (3 / 5) * sound ** 2;
  gas.set((x) => {
    const wave = amplitude * Math.cos(k * x);
    const velocity = grows ? (-rate / k) * amplitude * Math.sin(k * x) : 0;
    return [1 + wave, velocity, 0, 0, pressure * (1 + (5 / 3) * wave)];
  });
  new SelfGravitatingGas(gas, {poisson: new PeriodicPoisson(box)}).run(time);
  let density = 0;
  let velocity = 0;
  for (let i = 0; i < cells; i++) {
    const [r, u] = gas.cell(i, 0, 0);
    density += ((r - 1) * Math.cos((2 * Math.PI * (i + 0.5)) / cells) * 2) / cells;
    velocity += (u * Math.sin((2 * Math.PI * (i + 0.5)) / cells) * 2) / cells;
  }
  if (grows) return Math.log(density / amplitude) / time;
  // density ~ cos(omega t), velocity ~ (omega / k) sin(omega t)
  return (Math.atan2((velocity * k) / rate, density) + 2 * Math.PI * (density < 0 && velocity < 0 ? 1 : 0)) / time;
}

/** Evolve the temperature of gas at constant density for a time in millions of years, in steps of at most 0.05. */
export function isochoric(density: number, start: number, cooling: number, heating: number, time: number): number {
  const law = new Cooling({cooling, heating});
  const steps = Math.ceil(time / 0.05);
  const temperature = Float64Array.of(start);
  for (let step = 0; step < steps; step++) {
    law.evolve(temperature, Float64Array.of(density), 1, (time / steps) * MEGAYEAR);
  }
  return temperature[0];
}

/** Known temperatures after 0.001, 0.01, 0.1, 1 and 10 million years, for densities, initial temperatures and factors. */
export const ISOCHORIC: readonly (readonly [
  density: number,
  start: number,
  cooling: number,
  heating: number,
  temperatures: readonly number[],
])[] = [
  [44.5, 1000, 1, 1, [969.272, 719.658, 62.122, 58.8218, 58.8218]],
  [44.5, 1000, 1, 0.1, [967.642, 704.894, 34.753, 26.525, 26.525]],
  [4.45, 1000, 0.1, 0.01, [999.69, 996.9, 969.272, 719.658, 62.122]],
  [0.445, 100, 1, 1, [101.783, 117.775, 273.479, 1636.725, 6407]],
  [0.445, 1000, 0.1, 0.01, [999.985, 999.854, 998.544, 985.569, 867.91]],
];

const FIT = "Koyama & Inutsuka 2002, the fit evaluated";
const INTEGRATOR = "stiff integrator at 1e-10";

export function gravityCoolingReferences(): ReferenceRow[] {
  const jeans = (sound: number, name: string): ReferenceRow => {
    const rate = Math.sqrt(Math.abs(4 * Math.PI - (2 * Math.PI * sound) ** 2));
    const quantity = `${name} of a Jeans wave, speed of sound ${sound}`;
    return known(quantity, rate, 0.01, "dispersion relation", () => jeansRate(sound));
  };
  const fall = (tau: number, tolerance: number): ReferenceRow => {
    const quantity = `density at the centre of a collapsing sphere, t / t_ff = ${tau}`;
    return known(quantity, collapseRadius(tau) ** -3, tolerance, "free fall", () => collapse([tau])[0].density);
  };
  const evrardEnergy = -2 / 3 + 0.05;
  const rate = (t: number, reference: number): ReferenceRow =>
    known(`cooling rate at ${t} K, erg cm^3/s`, reference, 1e-6, FIT, () => coolingRate(t));
  const balance = (n: number, heating: number, reference: number): ReferenceRow => {
    const quantity = `equilibrium at ${n} per cm^3, heating x ${heating}, K`;
    return known(quantity, reference, 2e-4, FIT, () => equilibriumTemperature(n, heating));
  };
  return [
    known("potential energy of the uniform sphere", -0.6, 5e-3, "exact", () => uniformSphere().energy),
    known("potential at its centre", -1.5, 0.01, "exact", () => uniformSphere().centre),
    jeans(0.5, "growth rate"),
    jeans(1, "frequency"),
    fall(0.5, 0.01),
    fall(0.75, 0.02),
    fall(0.9, 0.05),
    known("energy of Evrard's sphere", evrardEnergy, 2e-3, "exact", () => evrard([0])[1].total),
    known("the same at time 0.6", evrardEnergy, 0.01, "conserved", () => evrard([0.6])[1].total),
    rate(10, 8.94641e-32),
    rate(100, 1.115853e-27),
    rate(1000, 8.076123e-27),
    rate(1e4, 4.258735e-24),
    balance(0.445, 1, 6407),
    balance(44.5, 1, 58.82),
    balance(0.445, 0.1, 405.56),
    balance(44.5, 0.1, 26.53),
    ...ISOCHORIC.map(([n, t, cool, heat, temperatures]) => {
      const quantity = `${n} per cm^3 from ${t} K, factors ${cool} and ${heat}, after 0.1 Myr, K`;
      return known(quantity, temperatures[2], 5e-3, INTEGRATOR, () => isochoric(n, t, cool, heat, 0.1));
    }),
  ];
}

/** Compare the density at the centre of a collapsing sphere with the density of free fall. */
export function gravityCoolingCurve(): ReferenceCurve {
  const taus = Array.from({length: 10}, (_, i) => 0.1 * i);
  const curve = Array.from({length: 100}, (_, i) => (0.93 * i) / 99);
  return {
    title: "A sphere that collapses without pressure: density at its centre",
    axes: ["Time, in units of free fall", "Density, relative to the initial one"],
    exact: {x: curve, y: curve.map((tau) => collapseRadius(tau) ** -3)},
    ours: {x: taus, y: collapse(taus).map(({density}) => density)},
    logarithmic: {y: true},
  };
}
