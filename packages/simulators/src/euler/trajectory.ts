/** One trajectory of the Euler system: a pure function of its request. */
import {Rng} from "@lola-ts/core";
import type {Boundary} from "../gas/ghosts";
import {EulerSolver} from "./solver";
import {drawQuadrants, piecewiseConstant, signalSpeed, type Lines, type Quadrants} from "./initial";
import type {CommonRequest} from "../plan";
import {frameTimes, type Diagnostics, type SimulatedTrajectory} from "../result";

/** Everything that determines a trajectory. */
export interface EulerRequest extends CommonRequest {
  readonly system: "euler";
  readonly gamma: number;
  readonly boundary: Boundary;
  readonly lines: Lines;
  /** Output cells along $x$ and $y$. */
  readonly grid: readonly [number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
}

/** Diagnostics of a run. */
export interface EulerDiagnostics extends Diagnostics {
  /** Number of times a cell was lifted to the minimum density or pressure: 0 in a sound run. */
  readonly floors: number;
  /** Number of times a cell was reconstructed as constant, to avoid a negative density or pressure. */
  readonly fallbacks: number;
  /**
   * Change of the conserved totals, on periodic domains: of mass and energy relative to themselves, of momentum relative
   * to the largest density times the largest signal speed of the initial state.
   */
  readonly drift?: {readonly mass: number; readonly momentum: number; readonly energy: number};
}

const initialState = (request: EulerRequest): Quadrants => drawQuadrants(Rng.from(...request.seed), request.lines);

/** Estimate the work of a trajectory in cell updates, from the length of the first step. */
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
  const fields = {
    energy: new Float32Array(size),
    density: new Float32Array(size),
    pressure: new Float32Array(size),
    momentum: new Float32Array(2 * size),
  };

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
  return {
    fields,
    diagnostics: {
      steps,
      updates: steps * cells[0] * cells[1],
      seconds: (performance.now() - start) / 1000,
      floors,
      fallbacks,
      drift: boundary === "periodic" ? drift : undefined,
    },
  };
}
