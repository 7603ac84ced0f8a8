/** Simulations of a cooling cloud from a stored state. */
import {Rng} from "@lola-ts/core";
import {blockMeans, linear, resample, resampleFields} from "../gas/regrid";
import {checkRestart, simulateFrom, type Restart, type StateFields} from "../restart";
import {frameTimes, type SimulatedTrajectory} from "../result";
import {initialCloud} from "./initial";
import {STATE} from "./kernels";
import {gravityCoolingSpec} from "./spec";
import {cellsOf, checkRequest, frameOf, simulationOf, type GravityCoolingRequest} from "./trajectory";
import {unitsOf} from "./units";

const FLOORS = {density: 1e-6, pressure: 1e-10};

/** Cubes of values have the same stencils along all axes. */
const thrice = <T>(one: T): [T, T, T] => [one, one, one];

/** Find density, momentum and pressure of each stored cell; the pressure is the mean of the stored one and the temperature's. */
function conserved({density, pressure, temperature, velocity}: StateFields, rho0: number): Float64Array {
  const {temperature: kelvin} = unitsOf(rho0);
  const values = new Float64Array(STATE * density.length);
  for (let c = 0; c < density.length; c++) {
    const r = Math.max(density[c], FLOORS.density);
    const [x, y, z] = velocity.subarray(3 * c, 3 * c + 3);
    const p = Math.max((pressure[c] + (r * temperature[c]) / kelvin) / 2, FLOORS.pressure);
    values.set([r, r * x, r * y, r * z, p], STATE * c);
  }
  return values;
}

/** Simulate the request to a frame: density, momentum and pressure of all cells of the cube. */
function surroundings(request: GravityCoolingRequest, first: number): Float64Array {
  const n = cellsOf(request);
  const {gas, system} = simulationOf(request, n, initialCloud(Rng.from(...request.seed), n, request));
  for (const time of frameTimes(request).slice(0, first + 1)) system.run(time);
  const values = new Float64Array(STATE * n ** 3);
  for (let cell = 0; cell < n ** 3; cell++) {
    const [r, x, y, z, p] = gas.cell(Math.floor(cell / n ** 2), Math.floor(cell / n) % n, cell % n);
    values.set([r, r * x, r * y, r * z, p], STATE * cell);
  }
  return values;
}

/** Put the stored cells, refined to the simulation's, into the middle of the cube. */
function withMiddle(cube: Float64Array, n: number, stored: Float64Array, grid: number, inner: number): void {
  const middle = resample(stored, thrice(grid), thrice(blockMeans(grid, inner)), STATE);
  const edge = (n - inner) / 2;
  for (let row = 0; row < inner ** 2; row++) {
    const [i, j] = [edge + Math.floor(row / inner), edge + (row % inner)];
    const from = STATE * row * inner;
    cube.set(middle.subarray(from, from + STATE * inner), STATE * ((i * n + j) * n + edge));
  }
}

/**
 * Simulate the frames of a request from a state on. The stored cube is the middle of the simulated one: the gas around it is
 * the request's own at that frame. Coarser grids start from block means of density, momentum and internal energy, as frames
 * are made, and are interpolated linearly.
 *
 * @throws RangeError if the restart does not fit the request, or the cells do not divide each other.
 * @throws Error if the state stops being finite.
 */
export function restartGravityCooling(request: GravityCoolingRequest, restart: Restart): SimulatedTrajectory {
  checkRequest(request);
  checkRestart(gravityCoolingSpec, request, restart);
  const {rho0, grid, oversampling} = request;
  const {state, first = 0, share = 1} = restart;
  const whole = cellsOf(request);
  const cube = surroundings(request, first);
  withMiddle(cube, whole, conserved(state, rho0), grid[0], grid[0] * oversampling);
  const n = Math.round(share * whole);
  const inner = Math.round(share * grid[0] * oversampling);
  const start = resample(cube, thrice(whole), thrice(blockMeans(whole, n)), STATE);
  const {gas, system, units} = simulationOf(request, n, (cell) => {
    const [r, x, y, z, p] = start.subarray(STATE * cell, STATE * (cell + 1));
    return [r, x / r, y / r, z / r, p];
  });
  const isCoarse = inner < grid[0];
  const size = isCoarse ? inner + 2 : grid[0]; // a layer of the gas around it, to interpolate from
  const stencils = thrice(linear(size, grid[0], "open", 1));
  const runner = {
    run: (until: number) => system.run(until),
    get steps() {
      return gas.steps;
    },
  };
  return simulateFrom(request, restart, runner, thrice(n), () => {
    const frame = frameOf(gas, {grid: thrice(size), oversampling: isCoarse ? 1 : inner / grid[0]}, units);
    return isCoarse ? resampleFields(frame, thrice(size), stencils) : frame;
  });
}
