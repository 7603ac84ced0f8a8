/** One trajectory of Rayleigh-Bénard convection: a pure function of its request. */
import {checkParts, count, list, number, Rng} from "@lola-ts/core";
import type {Tail} from "./diagnostics";
import {RayleighBenardSolver, freeFallStep} from "./solver";
import {requestRules, type CommonRequest} from "../plan";
import {frameTimes, recordFrames, type Diagnostics, type SimulatedTrajectory} from "../result";
import {checkRestart, simulateFrom, type Restart} from "../restart";
import {matrixProduct} from "./dense";
import {rayleighBenardSpec} from "./spec";

export interface RayleighBenardRequest extends CommonRequest {
  readonly system: "rayleigh-benard";
  /** $\mathrm{Ra}$. */
  readonly rayleigh: number;
  /** $\mathrm{Pr}$. */
  readonly prandtl: number;
  /** $\delta b_0$, buoyancy at the bottom minus that at the top in the initial state; the walls' is 1. */
  readonly difference: number;
  /** Output points: along $x$ at equal distances, along $y$ at Chebyshev-Gauss nodes. */
  readonly grid: readonly [number, number];
  /** Points along $x$ and (even) degree of the polynomials along $y$ of the simulation. */
  readonly resolution: readonly [number, number];
}

export interface RayleighBenardDiagnostics extends Diagnostics {
  /** Largest {@link Tail} of the frames in the second half of the run, when the initial noise has decayed. */
  readonly tail: Tail;
  /** Whether that tail is below {@link RESOLVED_TAIL} along both axes. */
  readonly resolved: boolean;
  /** Mean Nusselt number of both walls over the frames in the second half of the run. */
  readonly nusselt: number;
  /** Largest distance of a frame's buoyancy from $[0, 1]$ after the initial state; the first thin plumes leave this range. */
  readonly overshoot: number;
  /** Shortest step taken. */
  readonly timeStep: number;
}

/** Standard deviation of the noise in the initial buoyancy, before it is multiplied by $z (1 - z)$. */
const INITIAL_NOISE = 1e-3;

/** Maximum tail of a resolved run: its heat fluxes and energies agree with a finer grid's within 1 %. */
export const RESOLVED_TAIL = 0.04;

/**
 * Estimate the minimum grid for a Rayleigh and Prandtl number: points along $x$ (a power of two) and degree along $z$.
 *
 * The thinnest structures are the thermal layers at the walls and the plumes that leave them,
 * $\lambda = 1 / (2 \mathrm{Nu})$ thick with $\mathrm{Nu} = 0.138 \, \mathrm{Ra}^{0.285}$ (Johnston & Doering 2009). If heat
 * and momentum diffuse at different rates, they are a little thinner. It takes 1.75 points along $x$ and 4.5 nodes along
 * $z$ in each for a measured tail below {@link RESOLVED_TAIL}; a third more in each direction is safe.
 */
export function gridFor(rayleigh: number, prandtl: number, length = 4): [number, number] {
  const nusselt = Math.max(1, 0.138 * rayleigh ** 0.285);
  const layer = Math.max(prandtl, 1 / prandtl) ** -0.25 / (2 * nusselt);
  const points = 2 ** Math.max(2, Math.ceil(Math.log2((1.75 * length) / layer)));
  const degree = 2 * Math.ceil((4.5 * Math.PI) / (4 * Math.sqrt(layer)));
  return [points, degree];
}

/**
 * Estimate the work of a trajectory in cell updates, weighted by the matrices' growth with the degree. Ten of them take as long
 * as a cell update of the other systems.
 */
export function expectedRayleighBenardCost({rayleigh, prandtl, resolution, endTime}: RayleighBenardRequest): number {
  const [points, degree] = resolution;
  const freeFall = freeFallStep({rayleigh, prandtl, grid: resolution});
  const step = Math.min(freeFall, freeFall / Math.max(0.7, prandtl ** -0.25));
  return 0.1 * (endTime / step) * points * (degree + 1) * (1 + degree / 48);
}

/** Make the initial buoyancy: the profile of conduction with noise, as in the generator of The Well's data. */
export function initialBuoyancy({seed, difference}: Pick<RayleighBenardRequest, "seed" | "difference">) {
  const generator = Rng.from(...seed);
  return (_x: number, z: number): number => difference * (1 - z) + z * (1 - z) * INITIAL_NOISE * generator.normal();
}

const rules = {difference: number(), grid: list(count, {length: 2}), ...requestRules};

/**
 * Simulate a trajectory from noise. The initial pressure is 0, as in The Well.
 *
 * A grid that does not resolve the flow is reported in the diagnostics, as long as the flow stays finite.
 */
export function simulateRayleighBenard(request: RayleighBenardRequest): SimulatedTrajectory<RayleighBenardDiagnostics> {
  const start = performance.now();
  checkParts("simulateRayleighBenard", rules, request);
  const {rayleigh, prandtl, grid, resolution, frames} = request;
  const solver = new RayleighBenardSolver({rayleigh, prandtl, grid: resolution});
  solver.set(initialBuoyancy(request));
  let tailX = 0;
  let tailZ = 0;
  let flux = 0;
  let late = 0;
  let overshoot = 0;
  const run = (time: number): void => solver.run(time);
  const fields = recordFrames(frameTimes(request), run, (k) => {
    const frame = solver.frame(grid);
    if (k > 0) for (const b of frame.buoyancy) overshoot = Math.max(overshoot, b - 1, -b);
    if (2 * k < frames - 1) return frame;
    const tail = solver.tail();
    const {bottom, top} = solver.nusselt();
    tailX = Math.max(tailX, tail.x);
    tailZ = Math.max(tailZ, tail.z);
    flux += (bottom + top) / 2;
    late++;
    return frame;
  });
  return {
    fields,
    diagnostics: {
      steps: solver.steps,
      updates: solver.steps * resolution[0] * (resolution[1] + 1),
      seconds: (performance.now() - start) / 1000,
      tail: {x: tailX, z: tailZ},
      resolved: Math.max(tailX, tailZ) <= RESOLVED_TAIL,
      nusselt: flux / late,
      overshoot,
      timeStep: solver.shortestStep,
    },
  };
}

type Pair = readonly [number, number];

/** Matrix from values at equal distances along $x$ to other points, by the waves that both hold: `[to, from]`. */
function waves(from: number, to: number): Float64Array {
  const last = Math.min(Math.ceil(from / 2) - 1, Math.floor((to - 1) / 3));
  return Float64Array.from({length: to * from}, (_, c) => {
    const turn = 2 * Math.PI * (Math.floor(c / from) / to - (c % from) / from);
    let sum = 1;
    for (let k = 1; k <= last; k++) sum += 2 * Math.cos(k * turn);
    return sum / from;
  });
}

/** Matrix from values at `from` Gauss nodes to those at the nodes of a degree, by the polynomials that both hold: `[from, to]`. */
function polynomials(from: number, degree: number): Float64Array {
  const last = Math.min(from - 1, degree);
  return Float64Array.from({length: from * (degree + 1)}, (_, c) => {
    const gauss = (Math.PI * (2 * Math.floor(c / (degree + 1)) + 1)) / (2 * from);
    const node = (Math.PI * (c % (degree + 1))) / degree;
    let sum = 1;
    for (let n = 1; n <= last; n++) sum += 2 * Math.cos(n * gauss) * Math.cos(n * node);
    return sum / from;
  });
}

/** Evaluate values on an output grid, every `stride`-th number, at the points of the simulation. */
function evaluate(values: Float32Array, stride: number, offset: number, grid: Pair, resolution: Pair): Float64Array {
  const [nx, ny] = grid;
  const [points, degree] = resolution;
  const own = Float64Array.from({length: nx * ny}, (_, c) => values[c * stride + offset]);
  const across = matrixProduct(waves(nx, points), own, points, nx, ny);
  return matrixProduct(across, polynomials(ny, degree), points, ny, degree + 1);
}

/**
 * Simulate the frames of a request from a state on. The flow is the one without divergence that has the stored velocity's
 * vorticity and mean; the pressure follows from it. The state has the waves and polynomials that the stored grid and the
 * simulation both hold, and no past: the first step is of first order.
 *
 * @throws RangeError if the restart does not fit the request.
 * @throws LabError `unresolved` if the state stops being finite.
 */
export function restartRayleighBenard(request: RayleighBenardRequest, restart: Restart): SimulatedTrajectory {
  checkRestart(rayleighBenardSpec, request, restart);
  const {rayleigh, prandtl, grid} = request;
  const {state, share = 1} = restart;
  const [points, degree] = request.resolution;
  const resolution = [Math.round(share * points), 2 * Math.round((share * degree) / 2)] as const;
  const solver = new RayleighBenardSolver({rayleigh, prandtl, grid: resolution});
  const at = (name: string, stride = 1, offset = 0) => evaluate(state[name], stride, offset, grid, resolution);
  solver.setFlow(at("buoyancy"), at("velocity", 2, 0), at("velocity", 2, 1));
  return simulateFrom(request, restart, solver, [resolution[0], resolution[1] + 1], () => ({...solver.frame(grid)}));
}
