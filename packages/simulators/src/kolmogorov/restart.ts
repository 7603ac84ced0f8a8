/** Simulations of Kolmogorov flow from a stored state. */
import {checkRestart, simulateFrom, type Restart} from "../restart";
import type {SimulatedTrajectory} from "../result";
import {FrameGrid, type KolmogorovFrame} from "./frame";
import {KolmogorovSolver} from "./solver";
import {kolmogorovSpec} from "./spec";
import type {KolmogorovRequest} from "./trajectory";

/**
 * Simulate the frames of a request from a state on, without the spin-up. The vorticity is the mean of the stored one and the
 * curl of the stored velocity, on the modes that the grid holds; the step follows from the grid and the flow.
 *
 * @throws RangeError if the restart does not fit the request.
 * @throws Error if the state stops being finite.
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
