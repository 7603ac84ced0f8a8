/** One trajectory of the Euler system: a pure function of its request. */
import {Rng} from "@lola-ts/core";
import {EulerSolver, type Primitive} from "./solver";
import {drawQuadrants, piecewiseConstant, signalSpeed, type Lines, type Quadrants} from "./initial";
import type {CommonRequest} from "../plan";
import {frameTimes, recordFrames, type Diagnostics, type SimulatedTrajectory} from "../result";
import {type Boundary, blockMeans, linear, resample, resampleFields} from "../gas";
import {checkRestart, simulateFrom, type Restart, type StateFields} from "../restart";
import {eulerSpec} from "./spec";

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
 * @throws LabError `unresolved` if the state stops being finite.
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

const FLOOR = 1e-3;

/** Find density, momentum and energy of each cell; its pressure is the mean of the stored one and the energy's. */
function conserved({energy, density, pressure, momentum}: StateFields, gamma: number): Float64Array {
  const values = new Float64Array(4 * density.length);
  for (let c = 0; c < density.length; c++) {
    const r = Math.max(density[c], FLOOR);
    const [x, y] = [momentum[2 * c], momentum[2 * c + 1]];
    const kinetic = (x * x + y * y) / (2 * r);
    const p = Math.max((pressure[c] + (gamma - 1) * (energy[c] - kinetic)) / 2, FLOOR);
    values.set([r, x, y, p / (gamma - 1) + kinetic], 4 * c);
  }
  return values;
}

/**
 * Simulate the frames of a request from a state on. Coarser grids start from block means of density, momentum and energy and
 * are interpolated linearly; the step follows from the cells. Density and pressure are at least 0.001.
 *
 * @throws RangeError if the restart does not fit the request, or the numbers of cells do not divide each other.
 * @throws LabError `unresolved` if the state stops being finite.
 */
export function restartEuler(request: EulerRequest, restart: Restart): SimulatedTrajectory {
  checkRestart(eulerSpec, request, restart);
  const {gamma, boundary, grid, oversampling} = request;
  const {state, share = 1} = restart;
  const cells = grid.map((count) => Math.round(share * oversampling * count)) as [number, number];
  const solver = new EulerSolver({cells, gamma, boundary});
  const start = resample(
    conserved(state, gamma),
    grid,
    grid.map((count, axis) => blockMeans(count, cells[axis])),
    4,
  );
  solver.set((x, y): Primitive => {
    const at = 4 * (Math.floor(x * cells[0]) * cells[1] + Math.floor(y * cells[1]));
    const [r, mx, my, e] = start.subarray(at, at + 4);
    return [r, mx / r, my / r, (gamma - 1) * (e - (mx * mx + my * my) / (2 * r))];
  });
  const factor = Math.max(1, cells[0] / grid[0]);
  return simulateFrom(request, restart, solver, cells, () => {
    const frame = {...solver.frame(factor)};
    if (cells[0] >= grid[0]) return frame;
    const axes = grid.map((count, axis) => linear(cells[axis], count, boundary));
    return resampleFields(frame, cells, axes);
  });
}
