/**
 * The turbulence-gravity-cooling system: a cloud of a million suns that stirs, radiates and collapses under its own weight.
 *
 * A sphere of uniform density and temperature, in a thin and hot surrounding, starts with a turbulent velocity. With
 * $G = M = R = 1$, an ideal gas of $\gamma = 5/3$ follows
 *
 * $$ \partial_t \rho + \nabla \cdot (\rho v) = 0, \quad
 *    \partial_t (\rho v) + \nabla \cdot (\rho v v) + \nabla p = -\rho \nabla \Phi, \quad
 *    \nabla^2 \Phi = 4 \pi G \rho, $$
 * $$ \partial_t E + \nabla \cdot ((E + p) v) = -\rho v \cdot \nabla \Phi + n f_\Gamma \Gamma - n^2 f_\Lambda \Lambda(T). $$
 *
 * What is kept is the cube of side 1 in the middle, well inside of the sphere. The original data come from particles
 * (ASURA-FDPS); initial state, units and rates here follow what its authors state or left in their scripts.
 *
 * @see Ohana et al., "The Well", 2024, section "turbulence_gravity_cooling"
 */
import {Rng} from "../../core/rng";
import {Cooling} from "./cooling";
import {GAMMA, SPHERE_DENSITY, unitsOf, type Units} from "./units";
import {HydroSolver, type Primitive} from "./hydro";
import {CONSERVED, STATE} from "./kernels";
import {IsolatedPoisson} from "./poisson";
import {SelfGravitatingGas, jeansSupport, type HeatSource} from "./selfgravity";
import {frameTimes, type Diagnostics, type SimulatedTrajectory} from "../result";
import {turbulentVelocity} from "./turbulence";

/** What surrounds the sphere, relative to it: thin, and so hot that it does not fall in. */
const SURROUNDING = {density: 0.01, temperature: 10};

/** Sub-samples of a cell along an axis, for the part of it that lies in the sphere. */
const SAMPLES = 4;

/** Everything that determines a trajectory. */
export interface GravityCoolingRequest {
  /** Hashed to seed the velocity, and named if the trajectory fails. */
  readonly seed: readonly (string | number)[];
  /** Density of the sphere in hydrogen atoms per cm^3; The Well has 0.445, 4.45 and 44.5. */
  readonly rho0: number;
  /** Metallicity in units of the sun's; 0 neither heats nor cools. */
  readonly Z: number;
  /** Temperature of the sphere in K. */
  readonly T0: number;
  /** Output cells along each axis of the cube of side 1; all the same. */
  readonly grid: readonly [number, number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Number of frames, the initial state included, at equal distances. */
  readonly frames: number;
  /** Time of the last frame, in units of $\sqrt{R^3 / G M}$. */
  readonly endTime: number;
  /** Side of the simulated cube, in which the sphere has radius 1: 2.5 by default. */
  readonly side?: number;
  /** Kinetic energy of the turbulence: 0.6 by default, as large as the potential energy. */
  readonly kinetic?: number;
  /** Exponent of the power of a velocity mode: -4 by default, for an energy spectrum $\propto k^{-2}$. */
  readonly power?: number;
  /** Heating factor $f_\Gamma / Z$: 0.1 by default, with which the mean temperature and pressure are The Well's. */
  readonly heating?: number;
  /** Courant number: 0.3 by default. */
  readonly courant?: number;
  /** Whether a least pressure keeps clumps from breaking up by errors of the grid; not by default. */
  readonly support?: boolean;
}

/** What a run tells about itself. */
export interface GravityCoolingDiagnostics extends Diagnostics {
  /** Cells lifted to the least density or pressure: 0 in a sound run. */
  readonly floors: number;
  /** Cells that lost their slopes for a step. */
  readonly fallbacks: number;
  /** Cells and steps in which the carried internal energy was taken. */
  readonly dual: number;
  /** Sub-steps of cooling per cell and half step; 0 without metals. */
  readonly substeps: number;
  /** Relative change of the mass in the simulated cube: gas that reaches its walls leaves. */
  readonly massChange: number;
  /** Most cells in a step whose Jeans length was below four cells. */
  readonly truelove: number;
}

/** Simulation cells along an axis. */
function cellsOf({grid, oversampling, side = 2.5}: GravityCoolingRequest): number {
  return Math.round(side * grid[0] * oversampling);
}

function checkRequest(request: GravityCoolingRequest): void {
  const {rho0, Z, T0, grid, oversampling, frames, endTime, side = 2.5, kinetic = 0.6} = request;
  const fail = (name: string, expected: string, found: unknown): never => {
    throw new RangeError(`simulateGravityCooling: expected ${name} to be ${expected}, found ${JSON.stringify(found)}`);
  };
  const whole = (value: number): boolean => Number.isInteger(value) && value >= 1;
  if (!(grid.length === 3 && grid.every((n) => whole(n) && n === grid[0]))) {
    fail("grid", "three times the same positive whole number", grid);
  }
  if (!whole(oversampling)) fail("oversampling", "a positive whole number", oversampling);
  if (!whole(frames)) fail("frames", "a positive whole number", frames);
  if (!(endTime >= 0)) fail("endTime", "zero or more", endTime);
  if (!(rho0 > 0)) fail("rho0", "positive", rho0);
  if (!(T0 > 0)) fail("T0", "positive", T0);
  if (!(Z >= 0)) fail("Z", "zero or more", Z);
  if (!(kinetic >= 0)) fail("kinetic", "zero or more", kinetic);
  const [inner, all] = [grid[0] * oversampling, cellsOf(request)];
  if (!(side >= 2 && Math.abs(all - side * inner) < 1e-9 && (all - inner) % 2 === 0)) {
    fail("side", `2 or more and such that the cube of ${inner} cells sits in the middle of whole cells`, side);
  }
}

/** Find the part of each cell that lies in the sphere of radius 1 in the middle of the cube, row-major. */
export function sphereCoverage(cells: number, side: number): Float64Array {
  const spacing = side / cells;
  const coverage = new Float64Array(cells ** 3);
  const squares = Float64Array.from(
    {length: cells * SAMPLES},
    (_, s) => (((s + 0.5) * spacing) / SAMPLES - side / 2) ** 2,
  );
  for (let i = 0, cell = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      for (let k = 0; k < cells; k++, cell++) {
        let inside = 0;
        for (let s = 0; s < SAMPLES ** 3; s++) {
          const x = squares[i * SAMPLES + (s >> 4)];
          const y = squares[j * SAMPLES + ((s >> 2) & 3)];
          if (x + y + squares[k * SAMPLES + (s & 3)] < 1) inside++;
        }
        coverage[cell] = inside / SAMPLES ** 3;
      }
    }
  }
  return coverage;
}

/**
 * Make the initial state: a primitive state for each cell, row-major.
 *
 * The velocity has no mean momentum, and is scaled to the kinetic energy asked for.
 */
export function initialCloud(request: GravityCoolingRequest): (cell: number) => Primitive {
  const {seed, T0, rho0, side = 2.5, kinetic = 0.6, power = -4} = request;
  const cells = cellsOf(request);
  const coverage = sphereCoverage(cells, side);
  const velocity = turbulentVelocity(Rng.from(...seed), cells, power);
  const volume = (side / cells) ** 3;
  const pressure = (SPHERE_DENSITY * T0) / unitsOf(rho0).temperature;
  const density = (cell: number): number =>
    SPHERE_DENSITY * (coverage[cell] + (1 - coverage[cell]) * SURROUNDING.density);

  const means = velocity.map((component) => {
    let [mass, momentum] = [0, 0];
    coverage.forEach((part, cell) => {
      mass += part;
      momentum += part * component[cell];
    });
    return momentum / mass;
  });
  // Only the gas of the sphere moves; where it shares a cell, it shares its momentum.
  const moving = (cell: number, axis: number): number =>
    (SPHERE_DENSITY * coverage[cell] * (velocity[axis][cell] - means[axis])) / density(cell);
  let energy = 0;
  coverage.forEach((_, cell) => {
    const square = moving(cell, 0) ** 2 + moving(cell, 1) ** 2 + moving(cell, 2) ** 2;
    energy += 0.5 * density(cell) * square * volume;
  });
  const scale = Math.sqrt(kinetic / energy);
  return (cell) => {
    const thin = (1 - coverage[cell]) * SURROUNDING.density * SURROUNDING.temperature;
    const [u, v, w] = [0, 1, 2].map((axis) => scale * moving(cell, axis));
    return [density(cell), u, v, w, pressure * (coverage[cell] + thin)];
  };
}

/** Make the source that cools and heats a gas in the units given; `count` is told the number of sub-steps. */
export function coolingSource(
  cooling: Cooling,
  units: Units,
  count: (substeps: number) => void = () => {},
): HeatSource {
  let temperatures = new Float64Array(0);
  let densities = new Float64Array(0);
  return (gas, dt) => {
    const {u, w, gamma} = gas;
    const [nx, ny, nz] = gas.cells;
    if (temperatures.length !== nz) [temperatures, densities] = [new Float64Array(nz), new Float64Array(nz)];
    for (let row = 0; row < nx * ny; row++) {
      const index = gas.index(Math.floor(row / ny), row % ny, 0);
      for (let k = 0, o = index * STATE; k < nz; k++, o += STATE) {
        temperatures[k] = (units.temperature * w[o + 4]) / w[o];
        densities[k] = units.number * w[o];
      }
      count(cooling.evolve(temperatures, densities, nz, dt * units.time));
      for (let k = 0, o = index * STATE, c = index * CONSERVED; k < nz; k++, o += STATE, c += CONSERVED) {
        const pressure = (temperatures[k] / units.temperature) * w[o];
        const heat = (pressure - w[o + 4]) / (gamma - 1);
        w[o + 4] = pressure;
        u[c + 4] += heat;
        u[c + 5] += heat;
      }
    }
  };
}

/** Fields of the trajectory, for frames of `size` cells. */
interface Fields {
  readonly density: Float32Array;
  readonly pressure: Float32Array;
  readonly temperature: Float32Array;
  readonly velocity: Float32Array;
}

/**
 * Average the middle of the simulated cube onto a frame: density, momentum and internal energy first, velocity and
 * temperature from their averages.
 *
 * @throws Error if a value is not finite or a pressure not positive.
 */
function writeFrame(
  gas: HydroSolver,
  {grid, oversampling: factor}: GravityCoolingRequest,
  units: Units,
  frame: number,
  to: Fields,
): void {
  const n = grid[0];
  const first = (gas.cells[0] - n * factor) / 2;
  const {u, gamma, time} = gas;
  for (let cell = 0; cell < n ** 3; cell++) {
    const [i, j, k] = [Math.floor(cell / n ** 2), Math.floor(cell / n) % n, cell % n].map((c) => first + c * factor);
    let [r, x, y, z, heat] = [0, 0, 0, 0, 0];
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
      throw new Error(`expected positive density and pressure, found ${density} and ${pressure} at time ${time}`);
    }
    const at = frame * n ** 3 + cell;
    to.density[at] = density;
    to.pressure[at] = pressure;
    to.temperature[at] = (units.temperature * pressure) / density;
    to.velocity.set([x / r, y / r, z / r], 3 * at);
  }
}

/**
 * Estimate the work of a trajectory in cell updates: as many steps as the sound of the surroundings and flows of about
 * twice the velocity of escape ask for, with the factor of a few runs.
 */
export function expectedCost(request: GravityCoolingRequest): number {
  const {rho0, T0, endTime, frames, grid, oversampling} = request;
  const sound = Math.sqrt((GAMMA * SURROUNDING.temperature * T0) / unitsOf(rho0).temperature);
  const steps = 2.4 * endTime * grid[0] * oversampling * (sound + 4);
  return cellsOf(request) ** 3 * (steps + frames / 2);
}

/**
 * Simulate a trajectory: density, pressure, temperature in K and velocity on the grid, all else in code units.
 *
 * The fields are `density`, `pressure`, `temperature`, `[T, X, Y, Z]`, and `velocity`, `[T, X, Y, Z, 3]`.
 *
 * @throws RangeError if the request makes no sense.
 * @throws Error if the state stops being finite.
 */
export function simulateGravityCooling(request: GravityCoolingRequest): SimulatedTrajectory<GravityCoolingDiagnostics> {
  const start = performance.now();
  checkRequest(request);
  const {rho0, Z, grid, frames, side = 2.5, heating = 0.1, courant, support = false} = request;
  const n = cellsOf(request);
  const cells = [n, n, n] as const;
  const spacing = side / n;
  const units = unitsOf(rho0);
  const gas = new HydroSolver({cells, spacing, gamma: GAMMA, boundary: "open", courant});
  const cloud = initialCloud(request);
  gas.set((_x, _y, _z, cell) => cloud(cell));

  let substeps = 0;
  const cooling = new Cooling({cooling: Z, heating: heating * Z, gamma: GAMMA});
  const sources = [
    ...(Z > 0 ? [coolingSource(cooling, units, (count) => (substeps += count))] : []),
    ...(support ? [jeansSupport()] : []),
  ];
  const source: HeatSource = (target, dt) => sources.forEach((act) => act(target, dt));
  const system = new SelfGravitatingGas(gas, {poisson: new IsolatedPoisson({cells, spacing}), source});
  const size = frames * grid[0] ** 3;
  const [density, pressure, temperature] = [0, 1, 2].map(() => new Float32Array(size));
  const fields = {density, pressure, temperature, velocity: new Float32Array(3 * size)};
  const {mass} = gas.totals();
  frameTimes(request).forEach((time, frame) => {
    system.run(time);
    writeFrame(gas, request, units, frame, fields);
  });
  const {steps, floors, fallbacks, dualChoices: dual} = gas;
  const updates = steps * n ** 3;
  return {
    fields,
    diagnostics: {
      ...{steps, updates, floors, fallbacks, dual},
      substeps: updates === 0 ? 0 : substeps / (2 * updates),
      massChange: gas.totals().mass / mass - 1,
      truelove: system.truelove,
      seconds: (performance.now() - start) / 1000,
    },
  };
}
