/** Known results for Rayleigh-Bénard convection, their sources, and short runs that measure them. */
import type {Nusselt} from "./diagnostics";
import {known, type ReferenceCurve, type ReferenceRow} from "../reference";
import {RayleighBenardSolver} from "./solver";

interface PeriodicFlow {
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

/** Interpolate the Rayleigh number of no growth from the growth rates at two. */
function criticalRayleigh(wavenumber: number, [low, high]: readonly [number, number]): number {
  const [a, b] = [low, high].map((rayleigh) => growthRate({rayleigh, prandtl: 1, wavenumber}));
  return low - ((high - low) * a) / (b - a);
}

/** Simulate a pair of rolls until it is steady, and measure its heat transport. */
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

const THEORY = "linear stability (Reid & Harris 1958; Chandrasekhar 1961, chapter II)";
const EIGENVALUES = "linear stability, eigenvalues of a Chebyshev collocation in other variables";
const CLEVER_BUSSE = "Clever & Busse, J. Fluid Mech. 65, 1974";
const SPECTRAL = "steady state of another spectral code";

/** Growth rates of small waves, from an eigenvalue solver. */
const GROWTH_RATES: readonly (PeriodicFlow & {readonly rate: number})[] = [
  {rayleigh: 1500, prandtl: 0.1, wavenumber: Math.PI, rate: -0.032515},
  {rayleigh: 1500, prandtl: 1, wavenumber: Math.PI, rate: -0.042267},
  {rayleigh: 1500, prandtl: 10, wavenumber: Math.PI, rate: -0.018826},
  {rayleigh: 1700, prandtl: 1, wavenumber: Math.PI, rate: -0.001472},
  {rayleigh: 1720, prandtl: 1, wavenumber: Math.PI, rate: 0.002226},
  {rayleigh: 2000, prandtl: 0.1, wavenumber: Math.PI, rate: 0.038128},
  {rayleigh: 2000, prandtl: 1, wavenumber: Math.PI, rate: 0.048227},
  {rayleigh: 2000, prandtl: 10, wavenumber: Math.PI, rate: 0.02261},
  {rayleigh: 3000, prandtl: 1, wavenumber: Math.PI, rate: 0.157557},
  {rayleigh: 5000, prandtl: 1, wavenumber: Math.PI, rate: 0.269629},
  {rayleigh: 5000, prandtl: 1, wavenumber: 3.117, rate: 0.268281},
  {rayleigh: 1e4, prandtl: 0.1, wavenumber: Math.PI, rate: 0.345652},
  {rayleigh: 1e4, prandtl: 1, wavenumber: Math.PI, rate: 0.385335},
  {rayleigh: 1e4, prandtl: 10, wavenumber: Math.PI, rate: 0.244287},
];

const growthRows = GROWTH_RATES.map(({rate, ...flow}) => {
  const {rayleigh, prandtl, wavenumber} = flow;
  const nearOnset = Math.abs(rayleigh - 1710) < 20; // there rates are tiny, and known to six decimals
  const tolerance = nearOnset ? 2e-5 / Math.abs(rate) : 1e-3;
  const quantity = `growth rate, Ra ${rayleigh}, Pr ${prandtl}, k ${wavenumber.toFixed(3)}`;
  return known(quantity, rate, tolerance, EIGENVALUES, () => growthRate(flow));
});

const rolls = (rayleigh: number, reference: number, tolerance: number, source: string): ReferenceRow =>
  known(`Nusselt number of steady rolls, Ra ${rayleigh}, Pr 0.71, k 3.117`, reference, tolerance, source, () => {
    const near = rayleigh < 4000; // flows are smooth and slow there
    const run = near ? {grid: [16, 16] as const, until: 200} : {until: 60};
    return steadyRolls({rayleigh, prandtl: 0.71, wavenumber: 3.117}, run).convection;
  });

/** Onset of convection, growth rates and heat transport of steady rolls. */
export const rayleighBenardReferences: readonly ReferenceRow[] = [
  known("critical Rayleigh number, k 3.117", 1707.762, 2.9e-4, THEORY, () => criticalRayleigh(3.117, [1700, 1720])),
  known("marginal Rayleigh number of one roll pair in a length of 4", 2900.53, 3.4e-4, EIGENVALUES, () =>
    criticalRayleigh(Math.PI / 2, [2880, 2920]),
  ),
  ...growthRows,
  rolls(2000, 1.2105, 2e-3, SPECTRAL),
  rolls(2500, 1.475, 5e-3, CLEVER_BUSSE),
  rolls(3000, 1.663, 5e-3, CLEVER_BUSSE),
  rolls(5000, 2.1103, 2e-3, SPECTRAL),
  rolls(1e4, 2.6525, 2e-3, SPECTRAL),
];

/** Measure how the growth rate at Pr 1 and wavenumber π depends on the Rayleigh number. */
export function rayleighBenardCurve(): ReferenceCurve {
  const flows = GROWTH_RATES.filter(({prandtl, wavenumber}) => prandtl === 1 && wavenumber === Math.PI);
  const x = flows.map(({rayleigh}) => rayleigh);
  return {
    title: "Onset of convection: small waves grow above a critical Rayleigh number",
    axes: ["Ra", "Growth rate"],
    names: ["linear stability at the same Ra, joined by lines", "simulation"],
    exact: {x, y: flows.map(({rate}) => rate)},
    ours: {x, y: flows.map((flow) => growthRate(flow))},
    logarithmic: {x: true},
  };
}
