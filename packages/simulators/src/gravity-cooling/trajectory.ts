/**
 * The turbulence-gravity-cooling system: a turbulent cloud of a million suns that radiates and collapses.
 *
 * A sphere of uniform density and temperature, in a thin and hot surrounding, starts with a turbulent velocity. With
 * $G = M = R = 1$, an ideal gas of $\gamma = 5/3$ follows
 *
 * $$ \partial_t \rho + \nabla \cdot (\rho v) = 0, \quad
 *    \partial_t (\rho v) + \nabla \cdot (\rho v v) + \nabla p = -\rho \nabla \Phi, \quad
 *    \nabla^2 \Phi = 4 \pi G \rho, $$
 * $$ \partial_t E + \nabla \cdot ((E + p) v) = -\rho v \cdot \nabla \Phi + n f_\Gamma \Gamma - n^2 f_\Lambda \Lambda(T). $$
 *
 * The stored fields cover the cube of side 1 in the middle, well inside the sphere. The original data come from
 * particles (ASURA-FDPS); initial state, units and rates here follow what its authors state or left in their scripts.
 *
 * @see Ohana et al., "The Well", 2024, section "turbulence_gravity_cooling"
 */
import {checkParts, count, LabError, list, number, Rng, where} from "@lola-ts/core";
import {Cooling} from "./cooling";
import {GAMMA, unitsOf, type Units} from "./units";
import {CONSERVED, HydroSolver, STATE, type Primitive} from "./hydro";
import {initialCloud, sphereCoverage, SURROUNDING, type Cloud} from "./initial";
import {IsolatedPoisson} from "./poisson";
import {SelfGravitatingGas, type HeatSource} from "./selfgravity";
import type {CommonRequest} from "../plan";
import {frameTimes, recordFrames, type Diagnostics, type SimulatedTrajectory} from "../result";
import {blockMeans, linear, resample, resampleFields} from "../gas";
import {checkRestart, simulateFrom, type Restart, type StateFields} from "../restart";
import {gravityCoolingSpec} from "./spec";

export interface GravityCoolingRequest extends CommonRequest, Cloud {
  readonly system: "gravity-cooling";
  /** Metallicity in units of the sun's; 0 neither heats nor cools. */
  readonly Z: number;
  /** Output cells along each axis of the cube of side 1; all the same. */
  readonly grid: readonly [number, number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Time of the last frame in units of $\sqrt{R^3 / G M}$. */
  readonly endTime: number;
}

export interface GravityCoolingDiagnostics extends Diagnostics {
  /** Number of times a cell was lifted to the minimum density or pressure: 0 in a sound run. */
  readonly floors: number;
  /** Number of times a cell was reconstructed as constant, to avoid a negative density or pressure. */
  readonly fallbacks: number;
  /** Number of cells and steps in which the carried internal energy was taken. */
  readonly dual: number;
  /** Mean number of sub-steps of cooling per cell and half step; 0 without metals. */
  readonly substeps: number;
  /** Relative change of the mass in the simulated cube: gas that reaches its walls leaves. */
  readonly massChange: number;
  /** Largest number of cells in a step whose Jeans length was below four cells. */
  readonly truelove: number;
}

/** Heating factor $f_\Gamma / Z$, with which the mean temperature and pressure are The Well's. */
const HEATING = 0.1;

export function cellsOf({grid, oversampling, side = 2.5}: GravityCoolingRequest): number {
  return Math.round(side * grid[0] * oversampling);
}

const above0 = number({above: 0});
const atLeast0 = number({min: 0});
const isCube = ([nx, ny, nz]: number[]): boolean => nx === ny && ny === nz;
const rules = {
  rho0: above0,
  Z: atLeast0,
  T0: above0,
  grid: where(list(count, {length: 3}), "three times the same positive whole number", isCube),
  oversampling: count,
  frames: count,
  endTime: atLeast0,
};

/** @throws RangeError naming the part of a request that makes no sense. */
export function checkRequest(request: GravityCoolingRequest): void {
  checkParts("simulateGravityCooling", rules, request);
  const {grid, oversampling, side = 2.5} = request;
  const inner = grid[0] * oversampling;
  const all = cellsOf(request);
  if (side >= 2 && Math.abs(all - side * inner) < 1e-9 && (all - inner) % 2 === 0) return;
  throw new RangeError(
    "simulateGravityCooling: expected side to be 2 or more and such that the cube of " +
      `${inner} cells sits in the middle of whole cells, found ${side}.`,
  );
}

/** Make the source that cools and heats a gas in the given units; `count` is called with each number of sub-steps. */
export function coolingSource(
  cooling: Cooling,
  units: Units,
  count: (substeps: number) => void = () => {},
): HeatSource {
  return ({u, w, gamma, cells: [, ny, nz], rows}, dt) => {
    const [temperatures, densities] = [new Float64Array(ny * nz), new Float64Array(ny * nz)];
    for (let first = 0; first < rows.length; first += ny) {
      const plane = rows.slice(first, first + ny);
      plane.forEach((row, j) => {
        for (let at = j * nz, o = row * STATE; at < (j + 1) * nz; at++, o += STATE) {
          temperatures[at] = (units.temperature * w[o + 4]) / w[o];
          densities[at] = units.number * w[o];
        }
      });
      count(cooling.evolve(temperatures, densities, ny * nz, dt * units.time));
      plane.forEach((row, j) => {
        for (let at = j * nz, k = row; at < (j + 1) * nz; at++, k++) {
          const o = k * STATE;
          const c = k * CONSERVED;
          const pressure = (temperatures[at] / units.temperature) * w[o];
          const heat = (pressure - w[o + 4]) / (gamma - 1);
          w[o + 4] = pressure;
          u[c + 4] += heat;
          u[c + 5] += heat;
        }
      });
    }
  };
}

/**
 * Average the middle of the simulated cube onto a frame: density, momentum and internal energy first, velocity and
 * temperature from their averages.
 */
export function frameOf(
  gas: HydroSolver,
  {grid, oversampling: factor}: Pick<GravityCoolingRequest, "grid" | "oversampling">,
  units: Units,
) {
  const n = grid[0];
  const first = (gas.cells[0] - n * factor) / 2;
  const {u, gamma, time} = gas;
  const numbers = (components: number) => new Float32Array(components * n ** 3);
  const frame = {density: numbers(1), pressure: numbers(1), temperature: numbers(1), velocity: numbers(3)};
  for (let cell = 0; cell < n ** 3; cell++) {
    const i = first + Math.floor(cell / n ** 2) * factor;
    const j = first + (Math.floor(cell / n) % n) * factor;
    const k = first + (cell % n) * factor;
    let r = 0;
    let x = 0;
    let y = 0;
    let z = 0;
    let heat = 0;
    for (let b = 0; b < factor ** 3; b++) {
      const inner = [Math.floor(b / factor ** 2), Math.floor(b / factor) % factor, b % factor];
      const c = gas.index(i + inner[0], j + inner[1], k + inner[2]) * CONSERVED;
      r += u[c];
      x += u[c + 1];
      y += u[c + 2];
      z += u[c + 3];
      heat += u[c + 5];
    }
    const density = r / factor ** 3;
    const pressure = ((gamma - 1) * heat) / factor ** 3;
    if (!(density > 0 && pressure > 0 && Number.isFinite(pressure + x + y + z))) {
      throw new LabError(
        "unresolved",
        `expected positive density and pressure, found ${density} and ${pressure} at time ${time}.`,
      );
    }
    frame.density[cell] = density;
    frame.pressure[cell] = pressure;
    frame.temperature[cell] = (units.temperature * pressure) / density;
    frame.velocity.set([x / r, y / r, z / r], 3 * cell);
  }
  return frame;
}

/**
 * Estimate the work of a trajectory in cell updates. The steps follow from the speed of sound of the surrounding gas and
 * flows at about twice the velocity of escape, with a factor measured in a few runs.
 */
export function expectedGravityCoolingCost(request: GravityCoolingRequest): number {
  const {rho0, T0, endTime, frames, grid, oversampling} = request;
  const sound = Math.sqrt((GAMMA * SURROUNDING.temperature * T0) / unitsOf(rho0).temperature);
  const steps = 2.4 * endTime * grid[0] * oversampling * (sound + 4);
  return cellsOf(request) ** 3 * (steps + frames / 2);
}

/**
 * Prepare the simulation of a gas in a cube.
 *
 * @param n cells along an axis of the cube.
 * @param state primitive state of each cell, row-major.
 * @param count is called with each number of sub-steps of cooling.
 */
export function simulationOf(
  {rho0, Z, side = 2.5}: GravityCoolingRequest,
  n: number,
  state: (cell: number) => Primitive,
  count?: (substeps: number) => void,
): {gas: HydroSolver; system: SelfGravitatingGas; units: Units} {
  const cells = [n, n, n] as const;
  const spacing = side / n;
  const units = unitsOf(rho0);
  const gas = new HydroSolver({cells, spacing, gamma: GAMMA, boundary: "open"});
  gas.set((_x, _y, _z, cell) => state(cell));
  const cooling = new Cooling({cooling: Z, heating: HEATING * Z, gamma: GAMMA});
  const source = Z > 0 ? coolingSource(cooling, units, count) : undefined;
  return {gas, system: new SelfGravitatingGas(gas, {poisson: new IsolatedPoisson({cells, spacing}), source}), units};
}

/**
 * Simulate a trajectory: density, pressure, temperature in K and velocity on the grid, all else in code units.
 *
 * The fields are `density`, `pressure`, `temperature`, `[T, X, Y, Z]`, and `velocity`, `[T, X, Y, Z, 3]`.
 *
 * @throws RangeError if the request makes no sense.
 * @throws LabError `unresolved` if the state stops being finite.
 */
export function simulateGravityCooling(request: GravityCoolingRequest): SimulatedTrajectory<GravityCoolingDiagnostics> {
  const start = performance.now();
  checkRequest(request);
  const n = cellsOf(request);
  const cloud = initialCloud(Rng.from(...request.seed), n, request);
  let substeps = 0;
  const {gas, system, units} = simulationOf(request, n, cloud, (count) => (substeps += count));
  const {mass} = gas.totals();
  const run = (time: number): void => system.run(time);
  const fields = recordFrames(frameTimes(request), run, () => frameOf(gas, request, units));
  const updates = gas.steps * n ** 3;
  return {
    fields,
    diagnostics: {
      steps: gas.steps,
      updates,
      floors: gas.floors,
      fallbacks: gas.fallbacks,
      dual: gas.dualChoices,
      substeps: updates === 0 ? 0 : substeps / (2 * updates),
      massChange: gas.totals().mass / mass - 1,
      truelove: system.truelove,
      seconds: (performance.now() - start) / 1000,
    },
  };
}

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

/**
 * Guess density, momentum and pressure of all cells of the cube from the stored cells: their mean where the sphere was at first, and
 * the thin gas at rest outside of it.
 */
function guessedSurroundings(request: GravityCoolingRequest, stored: Float64Array): Float64Array {
  const n = cellsOf(request);
  const cells = stored.length / STATE;
  const mean = Array.from({length: STATE}, (_, i) => {
    let sum = 0;
    for (let c = i; c < stored.length; c += STATE) sum += stored[c];
    return sum / cells;
  });
  const {density, temperature} = SURROUNDING;
  const thin = [density, 0, 0, 0, density * temperature];
  const coverage = sphereCoverage(n, request.side ?? 2.5);
  return Float64Array.from({length: STATE * n ** 3}, (_, at) => {
    const [part, i] = [coverage[Math.floor(at / STATE)], at % STATE];
    return mean[i] * (part + (1 - part) * thin[i]);
  });
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
 * the request's own at that frame or, of a restart that is `alone`, a guess from the state. Coarser grids start from block means of density, momentum and internal energy, as frames
 * are made, and are interpolated linearly.
 *
 * @throws RangeError if the restart does not fit the request, or the cells do not divide each other.
 * @throws LabError `unresolved` if the state stops being finite.
 */
export function restartGravityCooling(request: GravityCoolingRequest, restart: Restart): SimulatedTrajectory {
  checkRequest(request);
  checkRestart(gravityCoolingSpec, request, restart);
  const {rho0, grid, oversampling} = request;
  const {state, first = 0, share = 1, alone = false} = restart;
  const whole = cellsOf(request);
  const stored = conserved(state, rho0);
  const cube = alone ? guessedSurroundings(request, stored) : surroundings(request, first);
  withMiddle(cube, whole, stored, grid[0], grid[0] * oversampling);
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
