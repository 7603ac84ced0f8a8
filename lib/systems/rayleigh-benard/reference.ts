/** Numbers that Rayleigh-Bénard convection is known for, their sources, and short runs that measure the same. */
import type {Nusselt} from "./diagnostics";
import {RayleighBenardSolver} from "./solver";

/** A known number and how to measure it. */
export interface ReferenceRow {
  readonly quantity: string;
  readonly reference: number;
  /** Largest difference that is not an error. */
  readonly tolerance: number;
  readonly source: string;
  /** Measure it with the solver; takes a second or less. */
  readonly measure: () => number;
}

/** Parameters of a flow that repeats with one horizontal wavenumber. */
export interface PeriodicFlow {
  readonly rayleigh: number;
  readonly prandtl: number;
  /** $k$; the domain is $2 \pi / k$ long. */
  readonly wavenumber: number;
}

/**
 * Measure the rate $\sigma$ at which a small disturbance of conduction grows, $\theta \sim e^{\sigma t}$ (negative: decays),
 * between times 20 and 25, when the slowest mode is all that is left.
 */
export function growthRate({rayleigh, prandtl, wavenumber}: PeriodicFlow, degree = 24): number {
  const length = (2 * Math.PI) / wavenumber;
  const solver = new RayleighBenardSolver({rayleigh, prandtl, grid: [4, degree], length, step: 0.02});
  solver.set((x, z) => 1 - z + 1e-6 * Math.cos(wavenumber * x) * Math.sin(Math.PI * z));
  const [before, after] = [20, 25].map((time) => {
    solver.run(time);
    return solver.budget().variance;
  });
  return Math.log(after / before) / 10; // the variance grows twice as fast
}

/** Find the Rayleigh number of no growth between growth rates at two. */
export function criticalRayleigh(wavenumber: number, [low, high]: readonly [number, number]): number {
  const [a, b] = [low, high].map((rayleigh) => growthRate({rayleigh, prandtl: 1, wavenumber}));
  return low - ((high - low) * a) / (b - a);
}

/** Let a pair of rolls settle, and measure its heat transport. */
export function steadyRolls(
  {rayleigh, prandtl, wavenumber}: PeriodicFlow,
  {grid = [32, 24], until = 100}: {grid?: readonly [number, number]; until?: number} = {},
): Nusselt {
  const length = (2 * Math.PI) / wavenumber;
  const solver = new RayleighBenardSolver({rayleigh, prandtl, grid, length, step: 0.05});
  solver.set((x, z) => 1 - z + 0.1 * Math.cos(wavenumber * x) * Math.sin(Math.PI * z));
  solver.run(until);
  return solver.nusselt();
}

/**
 * Evaluate the buoyancy of a layer at rest that begins as $\delta b_0 (1 - z)$ between walls at 1 and 0, by its sine series
 *
 * $$ b = 1 - z + (\delta b_0 - 1) \sum_n \tfrac{2}{n \pi} e^{-n^2 \pi^2 \kappa t} \sin n \pi z. $$
 */
export function conduction(z: number, time: number, {difference, kappa}: {difference: number; kappa: number}): number {
  let sum = 0;
  for (let n = 1; n <= 1000; n++) {
    const decay = Math.exp(-(n * n) * Math.PI ** 2 * kappa * time);
    if (decay < 1e-18) break;
    sum += (2 / (n * Math.PI)) * decay * Math.sin(n * Math.PI * z);
  }
  return 1 - z + (difference - 1) * sum;
}

const THEORY = "linear stability (Reid & Harris 1958; Chandrasekhar 1961, chapter II)";
const EIGENVALUES = "linear stability, eigenvalues of a Chebyshev collocation in other variables";
const CLEVER_BUSSE = "Clever & Busse, J. Fluid Mech. 65, 1974";
const SPECTRAL = "steady state of another spectral code";

const growth = (rayleigh: number, prandtl: number, wavenumber: number, reference: number): ReferenceRow => ({
  quantity: `growth rate, Ra ${rayleigh}, Pr ${prandtl}, k ${wavenumber.toFixed(3)}`,
  reference,
  tolerance: Math.max(1e-3 * Math.abs(reference), Math.abs(rayleigh - 1710) < 20 ? 2e-5 : 0),
  source: EIGENVALUES,
  measure: () => growthRate({rayleigh, prandtl, wavenumber}),
});

const rolls = (rayleigh: number, reference: number, tolerance: number, source: string): ReferenceRow => ({
  quantity: `Nusselt number of steady rolls, Ra ${rayleigh}, Pr 0.71, k 3.117`,
  reference,
  tolerance: tolerance * reference,
  source,
  measure: () => {
    const near = rayleigh < 4000; // close to the onset flows are smooth and slow
    const run = near ? {grid: [16, 16] as const, until: 200} : {until: 60};
    return steadyRolls({rayleigh, prandtl: 0.71, wavenumber: 3.117}, run).convection;
  },
});

/** The table: quantity, reference, tolerance, source, and a measurement that takes about a second or less. */
export const RAYLEIGH_BENARD_REFERENCES: readonly ReferenceRow[] = [
  {
    quantity: "critical Rayleigh number, k 3.117",
    reference: 1707.762,
    tolerance: 0.5,
    source: THEORY,
    measure: () => criticalRayleigh(3.117, [1700, 1720]),
  },
  {
    quantity: "marginal Rayleigh number of one roll pair in a length of 4",
    reference: 2900.53,
    tolerance: 1,
    source: EIGENVALUES,
    measure: () => criticalRayleigh(Math.PI / 2, [2880, 2920]),
  },
  growth(1500, 0.1, Math.PI, -0.032515),
  growth(1500, 1, Math.PI, -0.042267),
  growth(1500, 10, Math.PI, -0.018826),
  growth(1700, 1, Math.PI, -0.001472),
  growth(1720, 1, Math.PI, 0.002226),
  growth(2000, 0.1, Math.PI, 0.038128),
  growth(2000, 10, Math.PI, 0.02261),
  growth(5000, 1, 3.117, 0.268281),
  growth(1e4, 0.1, Math.PI, 0.345652),
  growth(1e4, 1, Math.PI, 0.385335),
  growth(1e4, 10, Math.PI, 0.244287),
  rolls(2000, 1.2105, 2e-3, SPECTRAL),
  rolls(2500, 1.475, 5e-3, CLEVER_BUSSE),
  rolls(3000, 1.663, 5e-3, CLEVER_BUSSE),
  rolls(5000, 2.1103, 2e-3, SPECTRAL),
  rolls(1e4, 2.6525, 2e-3, SPECTRAL),
];
