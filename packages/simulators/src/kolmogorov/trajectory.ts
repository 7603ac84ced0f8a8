/** One trajectory of Kolmogorov flow: a pure function of its request. */
import {checkParts, count, list, number, optional, Rng, whole} from "@lola-ts/core";
import {requestRules, type CommonRequest} from "../plan";
import {frameTimes, recordFrames, type Diagnostics, type SimulatedTrajectory} from "../result";
import {energyOf, energySpectrum, enstrophyOf, spectralSlope, tailOf, type VorticityField} from "./diagnostics";
import {FrameGrid, type KolmogorovFrame} from "./frame";
import {dealiased, modesOf, zeros} from "./transforms";
import {FORCED_WAVENUMBER, KolmogorovSolver} from "./solver";
import {checkRestart, simulateFrom, type Restart} from "../restart";
import {kolmogorovSpec} from "./spec";

export interface KolmogorovRequest extends CommonRequest {
  readonly system: "kolmogorov";
  /** $\mathrm{Re}$. */
  readonly reynolds: number;
  /** Drag $\mu$. Default: 0.1. */
  readonly drag?: number;
  /** Output cells along $x$ and $y$. */
  readonly grid: readonly [number, number];
  /** Simulation points per output cell and axis. */
  readonly oversampling: number;
  /** Time between the random initial vorticity and the first frame. Default: 20. */
  readonly spinUp?: number;
}

export interface KolmogorovDiagnostics extends Diagnostics {
  /**
   * Residual of the budget of energy from the initial vorticity to the last frame, relative to the energy that the force put
   * in: $|\Delta E - \int (\text{force} - \text{viscosity} - \text{drag}) \, dt|$.
   */
  readonly budget: number;
  /** Largest divergence of a frame's velocity, relative to its vorticity (root mean squares). */
  readonly divergence: number;
  /** Largest share of the enstrophy of a frame in the last third of the simulation's modes. */
  readonly tail: number;
  /** Whether that share is below {@link RESOLVED_TAIL}. */
  readonly resolved: boolean;
  /** Energy, averaged over the first and the second half of the frames: equal on average, as the flow is stationary. */
  readonly energy: readonly [number, number];
  /** Enstrophy, averaged over the frames. */
  readonly enstrophy: number;
  /**
   * Slope of the energy spectrum, averaged over the frames, from wavenumber 5 to 10. It is $-3$ where enstrophy is passed
   * to shorter waves without loss, and steeper with drag and viscosity: about $-7$ at a Reynolds number of 50, $-5.3$ at
   * 200, $-4.4$ at 500.
   *
   * @see Nam et al., Phys. Rev. Lett. 84 (2000) 5134
   */
  readonly slope: number;
}

/**
 * Default time of spin-up, $2 / \mu$. Averages of energy and enstrophy over many flows of Reynolds numbers from 40 to 400
 * no longer drift from then on.
 */
export const SPIN_UP = 20;

/** Largest wavenumber of the fit of {@link KolmogorovDiagnostics.slope}. */
const FITTED = 10;

/** Simulation points along an axis that hold at least two wavenumbers beyond the force's. */
const MIN_POINTS = 3 * (FORCED_WAVENUMBER + 2) + 1;

/** Largest tail of a run that counts as resolved; in a time of 1 the large waves then depart from a finer grid's by 1 %. */
export const RESOLVED_TAIL = 0.01;

function pointsOf({grid, oversampling}: Pick<KolmogorovRequest, "grid" | "oversampling">): [number, number] {
  return [grid[0] * oversampling, grid[1] * oversampling];
}

/** Estimate the work of a trajectory in cell updates; speeds are about 3, whatever the Reynolds number. */
export function expectedKolmogorovCost(request: KolmogorovRequest): number {
  const [nx, ny] = pointsOf(request);
  const time = (request.spinUp ?? SPIN_UP) + request.endTime;
  return nx * ny * time * (1.5 * dealiased(Math.max(nx, ny)));
}

/** @throws RangeError unless the simulation has points for the force and two wavenumbers beyond. */
export function requirePoints(where: string, request: Pick<KolmogorovRequest, "grid" | "oversampling">): void {
  const points = pointsOf(request);
  if (points.every((n) => n >= MIN_POINTS)) return;
  throw new RangeError(
    `${where}: expected grid times oversampling to be ${MIN_POINTS} or more, found ${points.join(" x ")}.`,
  );
}

const rules = {
  grid: list(whole({min: 4}), {length: 2}),
  oversampling: count,
  spinUp: optional(number({min: 0})),
  ...requestRules,
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Averages over the first and second half of a list; the middle of an odd one counts in both. */
function halves(values: readonly number[]): [number, number] {
  const half = Math.ceil(values.length / 2);
  return [mean(values.slice(0, half)), mean(values.slice(-half))];
}

/** Read the numbers of a frame off the solver. */
function observe(solver: KolmogorovSolver, divergence: number) {
  return {
    energy: energyOf(solver),
    enstrophy: enstrophyOf(solver),
    tail: tailOf(solver),
    divergence,
    spectrum: energySpectrum(solver),
  };
}

type Observation = ReturnType<typeof observe>;

function summary(all: readonly Observation[]): Omit<KolmogorovDiagnostics, "budget" | keyof Diagnostics> {
  const tail = Math.max(...all.map((one) => one.tail));
  const spectrum = all[0].spectrum.map((_, k) => mean(all.map((one) => one.spectrum[k])));
  return {
    divergence: Math.max(...all.map((one) => one.divergence)),
    tail,
    resolved: tail <= RESOLVED_TAIL,
    energy: halves(all.map((one) => one.energy)),
    enstrophy: mean(all.map((one) => one.enstrophy)),
    slope: spectralSlope(spectrum, [FORCED_WAVENUMBER + 1, Math.min(FITTED, spectrum.length - 1)]),
  };
}

/**
 * Simulate a trajectory of stationary flow: random vorticity, a spin-up, then the frames.
 *
 * A grid that does not resolve the flow is reported in the diagnostics.
 */
export function simulateKolmogorov(request: KolmogorovRequest): SimulatedTrajectory<KolmogorovDiagnostics> {
  const start = performance.now();
  checkParts("simulateKolmogorov", rules, request);
  requirePoints("simulateKolmogorov", request);
  const {seed, reynolds, drag, grid, spinUp = SPIN_UP} = request;
  const points = pointsOf(request);
  const solver = new KolmogorovSolver({reynolds, grid: points, ...(drag !== undefined && {drag})});
  solver.start(drawVorticity(Rng.from(...seed)));
  const initialEnergy = energyOf(solver);
  const output = new FrameGrid(solver.modes, grid);
  const found: Observation[] = [];
  const run = (time: number): void => solver.run(spinUp + time);
  const fields = recordFrames(frameTimes(request), run, () => {
    const frame = output.frame(solver.vorticity);
    found.push(observe(solver, output.divergence(frame)));
    return frame;
  });
  const {injected, viscous, drag: dragged} = solver.account;
  return {
    fields,
    diagnostics: {
      steps: solver.steps,
      updates: solver.steps * points[0] * points[1],
      seconds: (performance.now() - start) / 1000,
      budget: Math.abs(energyOf(solver) - initialEnergy - (injected - viscous - dragged)) / Math.abs(injected),
      ...summary(found),
    },
  };
}

/**
 * Simulate the frames of a request from a state on, without the spin-up. The vorticity is the mean of the stored one and the
 * curl of the stored velocity, on the modes that the grid holds; the step follows from the grid and the flow.
 *
 * @throws RangeError if the restart does not fit the request.
 * @throws LabError `unresolved` if the state stops being finite.
 */
export function restartKolmogorov(request: KolmogorovRequest, restart: Restart): SimulatedTrajectory {
  checkRestart(kolmogorovSpec, request, restart);
  const {reynolds, drag, grid, oversampling} = request;
  const {state, share = 1} = restart;
  const points = grid.map((count) => Math.round(share * oversampling * count)) as [number, number];
  const solver = new KolmogorovSolver({reynolds, grid: points, ...(drag !== undefined && {drag})});
  const output = new FrameGrid(solver.modes, grid);
  solver.start(output.flow(state as Readonly<Record<keyof KolmogorovFrame, Float32Array>>));
  return simulateFrom(request, restart, solver, points, () => ({...output.frame(solver.vorticity)}));
}

const PEAK = 4;

/** Waves along each axis; beyond them the spectrum is below a thousandth of its largest value. */
const LIMIT = 10;

/** Mean of $|u|^2$. */
const MEAN_SQUARE_VELOCITY = 1;

/**
 * Draw a vorticity field, the same at any resolution; its mean of $|u|^2$ is 1. Waves have independent normal amplitudes and the
 * energy spectrum $E(k) \propto k^4 e^{-2 (k / k_0)^2}$ with $k_0 = 4$ (a form used since McWilliams, J. Fluid Mech. 146 (1984) 21).
 */
export function drawVorticity(rng: Rng): VorticityField {
  const modes = modesOf([LIMIT, LIMIT]);
  const vorticity = zeros(modes);
  modes.square.forEach((square, m) => {
    // a ring's 2 pi k modes share E(k) = |omega_k|^2 / k^2
    const amplitude = square ** 1.25 * Math.exp(-square / PEAK ** 2);
    vorticity.re[m] = amplitude * rng.normal();
    vorticity.im[m] = amplitude * rng.normal();
  });
  const scale = Math.sqrt(MEAN_SQUARE_VELOCITY / (2 * energyOf({modes, vorticity})));
  for (const part of [vorticity.re, vorticity.im]) part.forEach((value, m) => (part[m] = scale * value));
  return {modes, vorticity};
}
