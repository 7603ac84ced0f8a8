/** One trajectory of the Euler system: a pure function of its request. */
import {Rng} from "@lola-ts/core";
import type {Boundary} from "../gas/ghosts";
import {EulerSolver} from "./solver";
import {drawQuadrants, piecewiseConstant, signalSpeed, type Lines, type Quadrants} from "./initial";
import type {CommonRequest} from "../plan";
import {frameTimes, recordFrames, type Diagnostics, type SimulatedTrajectory} from "../result";

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

/**
 * Simulate a trajectory of the Euler equations from random quadrants.
 *
 * @throws Error if the state stops being finite.
 */
export function simulateEulerTrajectory(request: EulerRequest): SimulatedTrajectory<EulerDiagnostics> {
  const start = performance.now();
  const {gamma, boundary, grid, oversampling} = request;
  const cells: [number, number] = [grid[0] * oversampling, grid[1] * oversampling];
  const quadrants = initialState(request);
  const solver = new EulerSolver({cells, gamma, boundary});
  solver.set(piecewiseConstant(quadrants));
  const before = solver.totals();
  const run = (time: number): void => solver.run(time);
  const fields = recordFrames(frameTimes(request), run, () => solver.frame(oversampling));
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
