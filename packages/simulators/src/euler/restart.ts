/** Simulations of the Euler equations from a stored state. */
import {blockMeans, linear, resample, resampleFields} from "../gas/regrid";
import {checkRestart, simulateFrom, type Restart, type StateFields} from "../restart";
import type {SimulatedTrajectory} from "../result";
import {EulerSolver, type Primitive} from "./solver";
import {eulerSpec} from "./spec";
import type {EulerRequest} from "./trajectory";

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
 * @throws Error if the state stops being finite.
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
