/** Simulations of Rayleigh-Bénard convection from a stored state. */
import {checkRestart, simulateFrom, type Restart} from "../restart";
import type {SimulatedTrajectory} from "../result";
import {matrixProduct} from "./dense";
import {RayleighBenardSolver} from "./solver";
import {rayleighBenardSpec} from "./spec";
import type {RayleighBenardRequest} from "./trajectory";

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
 * @throws Error if the state stops being finite.
 */
export function restartRayleighBenard(request: RayleighBenardRequest, restart: Restart): SimulatedTrajectory {
  checkRestart(rayleighBenardSpec, request, restart);
  const {rayleigh, prandtl, grid, timeStep} = request;
  const {state, share = 1} = restart;
  const [points, degree] = request.resolution;
  const resolution = [Math.round(share * points), 2 * Math.round((share * degree) / 2)] as const;
  const solver = new RayleighBenardSolver({rayleigh, prandtl, grid: resolution, step: timeStep});
  const at = (name: string, stride = 1, offset = 0) => evaluate(state[name], stride, offset, grid, resolution);
  solver.setFlow(at("buoyancy"), at("velocity", 2, 0), at("velocity", 2, 1));
  return simulateFrom(request, restart, solver, [resolution[0], resolution[1] + 1], () => ({...solver.frame(grid)}));
}
