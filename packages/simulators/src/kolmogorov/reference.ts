/** Known results about Kolmogorov flow, exact or computed otherwise, and short runs that measure the same. */
import {Rng} from "@lola-ts/core";
import {known, type ReferenceCurve, type ReferenceRow} from "../reference";
import {energyOf} from "./diagnostics";
import {FORCED_WAVENUMBER, KolmogorovSolver, DRAG, type KolmogorovOptions} from "./solver";
import {drawVorticity, simulateKolmogorov} from "./trajectory";

/**
 * A laminar flow and the wave along $x$ that disturbs it: the linear stability of laminar flow $u = A \sin(k_f y)$, by the dispersion relation of Meshalkin and Sinai.
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
interface Disturbance extends Pick<KolmogorovOptions, "reynolds" | "forcedWavenumber" | "force" | "drag"> {
  /** $\alpha$, below $k_f$. */
  readonly wavenumber: number;
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

/** The energy of the vortices $u = (\cos k x \sin k y, -\sin k x \cos k y)$ after a time of decay by viscosity and drag. */
function taylorGreenEnergy(time: number): number {
  const wavenumber = 2;
  const solver = new KolmogorovSolver({reynolds: 20, drag: 0.1, force: 0, grid: [16, 16]});
  solver.set((x, y) => -2 * wavenumber * Math.cos(wavenumber * x) * Math.cos(wavenumber * y));
  solver.run(time);
  return energyOf(solver);
}

/** Energy in all waves along $x$. */
function disturbanceEnergy({modes, vorticity: {re, im}}: KolmogorovSolver): number {
  return re.reduce((sum, a, m) => (modes.i[m] === 0 ? sum : sum + (a * a + im[m] * im[m]) / modes.square[m]), 0);
}

/**
 * Measure the rate $\sigma$ at which a small disturbance of laminar flow grows, $\omega \sim e^{\sigma t}$ (negative: decays),
 * between two times, when the fastest mode is all that is left.
 */
export function growthRate(disturbance: Disturbance, [from, to]: readonly [number, number] = [20, 25]): number {
  const {wavenumber, forcedWavenumber = FORCED_WAVENUMBER, ...options} = disturbance;
  const solver = new KolmogorovSolver({
    ...options,
    forcedWavenumber,
    grid: [4, 16 * forcedWavenumber],
    length: (2 * Math.PI) / wavenumber,
  });
  const amplitude = laminarAmplitude(disturbance);
  solver.set(
    (x, y) => -amplitude * forcedWavenumber * Math.cos(forcedWavenumber * y) + 1e-8 * Math.cos(wavenumber * x),
  );
  const [before, after] = [from, to].map((time) => {
    solver.run(time);
    return disturbanceEnergy(solver);
  });
  return Math.log(after / before) / (2 * (to - from));
}

/** Find the Reynolds number of no growth between growth rates at two. */
function criticalReynolds(
  disturbance: Omit<Disturbance, "reynolds">,
  [low, high]: readonly [number, number],
  times?: readonly [number, number],
): number {
  const [a, b] = [low, high].map((reynolds) => growthRate({...disturbance, reynolds}, times));
  return low - ((high - low) * a) / (b - a);
}

/** Energy that left a turbulent flow or is still in it, over the energy that the force put in: 1 if none is lost. */
function energyBalance(): number {
  const solver = new KolmogorovSolver({reynolds: 100, grid: [64, 64]});
  solver.start(drawVorticity(Rng.from("energy balance")));
  const before = energyOf(solver);
  solver.run(5);
  const {injected, viscous, drag} = solver.account;
  return (energyOf(solver) - before + viscous + drag) / injected;
}

/**
 * Measure the slope of a stationary flow's enstrophy spectrum, $k^2 E(k)$, from wavenumber 5 to 10, in one trajectory.
 *
 * Theory has $-1$ where enstrophy is passed to shorter waves without loss. Drag and viscosity make the spectrum steeper.
 */
export function enstrophySlope(reynolds = 100): number {
  const {diagnostics} = simulateKolmogorov({
    system: "kolmogorov",
    seed: ["enstrophy slope"],
    reynolds,
    grid: [64, 64],
    oversampling: 1,
    frames: 11,
    endTime: 10,
  });
  return diagnostics.slope + 2;
}

const CONTINUED_FRACTION = "linear stability, continued fraction of Meshalkin & Sinai (1961)";

function growth(disturbance: Disturbance, times?: readonly [number, number]): ReferenceRow {
  const {reynolds, wavenumber, drag} = disturbance;
  const quantity = `growth rate, Re ${reynolds}, drag ${drag}, k ${wavenumber}`;
  const measure = (): number => growthRate(disturbance, times);
  return known(quantity, instabilityRate(disturbance), 1e-3, CONTINUED_FRACTION, measure);
}

/** The table: quantity, reference, tolerance, source, and a measurement that takes a second or less. */
export const kolmogorovReferences: readonly ReferenceRow[] = [
  known(
    "energy of Taylor-Green vortices at time 1, Re 20, drag 0.1, k 2",
    0.25 * Math.exp(-2 * (8 / 20 + 0.1)),
    1e-6,
    "exact solution",
    () => taylorGreenEnergy(1),
  ),
  known(
    "critical Reynolds number of long waves without drag (k 0.1)",
    Math.sqrt(Math.SQRT2 * FORCED_WAVENUMBER ** 3),
    2e-3,
    "Meshalkin & Sinai (1961): a local Reynolds number of √2",
    () => criticalReynolds({wavenumber: 0.1, drag: 0}, [9.5, 9.55], [30, 40]),
  ),
  known(
    "marginal Reynolds number of one wave in the box without drag",
    marginalReynolds({wavenumber: 1, drag: 0}, [9, 12]),
    1e-3,
    CONTINUED_FRACTION,
    () => criticalReynolds({wavenumber: 1, drag: 0}, [9.9, 10]),
  ),
  growth({reynolds: 12, wavenumber: 1, drag: 0}),
  growth({reynolds: 12, wavenumber: 2, drag: 0}),
  growth({reynolds: 20, wavenumber: 1, drag: 0.1}),
  growth({reynolds: 20, wavenumber: 3, drag: 0.1}),
  growth({reynolds: 40, wavenumber: 2, drag: 0.1}, [6, 8]),
  growth({reynolds: 100, wavenumber: 1, drag: 0.1}, [5, 6]),
  known(
    "energy balance of turbulence, Re 100: (stored + dissipated + dragged) / injected",
    1,
    1e-3,
    "conservation of energy",
    energyBalance,
  ),
  known(
    "slope of the enstrophy spectrum from k 5 to 10, Re 100",
    -1,
    Infinity,
    "Kraichnan (1967), without losses; steeper with drag and viscosity (Nam et al. 2000): not judged",
    () => enstrophySlope(),
  ),
];

const points = (count: number, from: number, to: number): number[] =>
  Array.from({length: count}, (_, i) => from + ((to - from) * i) / (count - 1));

/** Growth rates of disturbances over their wavenumber, from linear stability and from simulation. */
export function kolmogorovCurve(reynolds = 20): ReferenceCurve {
  const curve = points(100, 0.05, 3.7);
  const places = points(12, 0.3, 3.6);
  return {
    title: `Laminar flow at Re ${reynolds}: which waves along the flow grow`,
    axes: ["Wavenumber along the flow", "Growth rate"],
    names: ["linear stability", "simulation"],
    exact: {x: curve, y: curve.map((wavenumber) => instabilityRate({reynolds, wavenumber}))},
    ours: {x: places, y: places.map((wavenumber) => growthRate({reynolds, wavenumber}))},
  };
}
