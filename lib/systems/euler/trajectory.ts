/** One trajectory of the Euler system: a pure function of its request. */
import {Rng} from "../../core/rng";
import {EulerSolver, type Boundary} from "./solver";
import {drawQuadrants, piecewiseConstant, signalSpeed, type Lines, type Quadrants} from "./initial";
import {frameTimes, type Diagnostics, type SimulatedTrajectory} from "../result";

/** Everything that determines a trajectory. */
export interface EulerRequest {
  /** Hashed to seed the initial state, and named if the trajectory fails. */
  readonly seed: readonly (string | number)[];
  readonly gamma: number;
  readonly boundary: Boundary;
  readonly lines: Lines;
  /** Output cells along $x$ and $y$. */
  readonly grid: readonly [number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Number of frames, the initial state included, at equal distances. */
  readonly frames: number;
  /** Time of the last frame. */
  readonly endTime: number;
}

/** What a run tells about itself. */
export interface EulerDiagnostics extends Diagnostics {
  /** Cells lifted to the least density or pressure: 0 in a sound run. */
  readonly floors: number;
  /** Cells that lost their slopes for a step. */
  readonly fallbacks: number;
  /**
   * Change of the conserved totals, on periodic domains: of mass and energy relative to themselves, of momentum relative
   * to the initial largest density times the largest signal speed.
   */
  readonly drift?: {readonly mass: number; readonly momentum: number; readonly energy: number};
}

const initialState = (request: EulerRequest): Quadrants => drawQuadrants(Rng.from(...request.seed), request.lines);

/** Estimate the work of a trajectory in cell updates (steps are as many as the first one's length suggests). */
export function expectedEulerCost(request: EulerRequest): number {
  const {grid, oversampling, endTime, gamma} = request;
  const cells = grid[0] * grid[1] * oversampling ** 2;
  return cells * oversampling * Math.max(...grid) * endTime * signalSpeed(initialState(request), gamma);
}

const NAMES = ["energy", "density", "pressure", "momentum"] as const;

/**
 * Simulate a trajectory of the Euler equations from random quadrants.
 *
 * @throws Error if the state stops being finite.
 */
export function simulateEulerTrajectory(request: EulerRequest): SimulatedTrajectory<EulerDiagnostics> {
  const start = performance.now();
  const {gamma, boundary, grid, oversampling, frames} = request;
  const cells: [number, number] = [grid[0] * oversampling, grid[1] * oversampling];
  const quadrants = initialState(request);
  const size = frames * grid[0] * grid[1];
  const [energy, density, pressure] = [0, 1, 2].map(() => new Float32Array(size));
  const fields = {energy, density, pressure, momentum: new Float32Array(2 * size)};

  const solver = new EulerSolver({cells, gamma, boundary});
  solver.set(piecewiseConstant(quadrants));
  const before = solver.totals();
  frameTimes(request).forEach((time, k) => {
    solver.run(time);
    const frame = solver.frame(oversampling);
    for (const name of NAMES) fields[name].set(frame[name], k * frame[name].length);
  });
  const after = solver.totals();
  const {steps, floors, fallbacks} = solver;
  const momentumScale = Math.max(...quadrants.states.flat().map(([r]) => r)) * signalSpeed(quadrants, gamma);
  const drift = {
    mass: Math.abs(after.mass / before.mass - 1),
    momentum: Math.max(...[0, 1].map((k) => Math.abs(after.momentum[k] - before.momentum[k]))) / momentumScale,
    energy: Math.abs(after.energy / before.energy - 1),
  };
  const work = {steps, updates: steps * cells[0] * cells[1], seconds: (performance.now() - start) / 1000};
  return {fields, diagnostics: {...work, floors, fallbacks, ...(boundary === "periodic" && {drift})}};
}
