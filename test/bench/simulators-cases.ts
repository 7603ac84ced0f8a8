/** The simulators on several grids, each as it runs in a tour, and the measurement of one of them. */
import {Cooling} from "../../packages/simulators/src/gravity-cooling/cooling";
import {EulerSolver, HydroSolver, RayleighBenardSolver, SelfGravitatingGas} from "@lola-ts/simulators";
import {initialCloud} from "../../packages/simulators/src/gravity-cooling/initial";
import {coolingSource} from "../../packages/simulators/src/gravity-cooling/trajectory";
import {GAMMA, unitsOf} from "../../packages/simulators/src/gravity-cooling/units";
import {IsolatedPoisson} from "../../packages/simulators/src/gravity-cooling/poisson";
import {drawQuadrants, piecewiseConstant, signalSpeed} from "../../packages/simulators/src/euler/initial";
import {initialBuoyancy} from "../../packages/simulators/src/rayleigh-benard/trajectory";
import {drawVorticity} from "../../packages/simulators/src/kolmogorov/trajectory";
import {KolmogorovSolver} from "../../packages/simulators/src/kolmogorov/solver";
import {Rng} from "@lola-ts/core";
import {answer, isSubprocess} from "./subprocess";

/** What a grid costs with one thread. */
export interface Point {
  readonly grid: string;
  readonly cells: number;
  /** Per cell and step. */
  readonly nanoseconds: number;
  /** Of all arrays, per cell. */
  readonly bytes: number;
}

/** A simulator on several grids. */
export interface Series {
  readonly label: string;
  readonly points: readonly Point[];
}

/** A simulation at its start. */
interface Simulation {
  readonly cells: number;
  /** About the length of a step. */
  readonly step: number;
  readonly solver: {readonly time: number; run(until: number): void};
  steps(): number;
}

interface Case {
  readonly name: string;
  readonly label: string;
  /** Cells along the first axis; a convection cell is four times as long as high, a cloud's cube has equal sides. */
  readonly sizes: readonly number[];
  /** It is measured from this time to twice this time, when the flow has left its simple initial state. */
  readonly window: number;
  grid(n: number): string;
  start(n: number): Simulation;
}

function euler(n: number): Simulation {
  const gamma = 1.4;
  const quadrants = drawQuadrants(Rng.from("bench"), "few");
  const solver = new EulerSolver({cells: [n, n], gamma, boundary: "periodic"});
  solver.set(piecewiseConstant(quadrants));
  return {cells: n * n, step: 0.4 / n / signalSpeed(quadrants, gamma), solver, steps: () => solver.steps};
}

function convection(n: number): Simulation {
  const solver = new RayleighBenardSolver({rayleigh: 1e6, prandtl: 1, grid: [n, n / 4]});
  solver.set(initialBuoyancy({seed: ["bench"], difference: 1}));
  return {cells: n * (n / 4 + 1), step: solver.timeStep, solver, steps: () => solver.steps};
}

function cloud(n: number): Simulation {
  const rho0 = 44.5;
  const side = 2;
  const state = initialCloud(Rng.from("bench"), n, {rho0, T0: 100, side});
  const size = {cells: [n, n, n] as const, spacing: side / n};
  const gas = new HydroSolver({...size, gamma: GAMMA, boundary: "open"});
  gas.set((_x, _y, _z, cell) => state(cell));
  const source = coolingSource(new Cooling({cooling: 1, heating: 0.1, gamma: GAMMA}), unitsOf(rho0));
  const solver = new SelfGravitatingGas(gas, {poisson: new IsolatedPoisson(size), source});
  return {cells: n ** 3, step: solver.timeStep(), solver, steps: () => gas.steps};
}

function turbulence(n: number): Simulation {
  const solver = new KolmogorovSolver({reynolds: 100, grid: [n, n]});
  solver.start(drawVorticity(Rng.from("bench")));
  return {cells: n * n, step: 1 / n, solver, steps: () => solver.steps};
}

export const cases: readonly Case[] = [
  {
    name: "euler",
    label: "Euler, 2D",
    sizes: [64, 128, 256, 512],
    window: 0.1,
    start: euler,
    grid: (n) => `${n} × ${n}`,
  },
  {
    name: "rayleigh-benard",
    label: "Rayleigh-Bénard, 2D",
    sizes: [64, 128, 256, 512],
    window: 0.5,
    start: convection,
    grid: (n) => `${n} × ${n / 4}`,
  },
  {
    name: "gravity-cooling",
    label: "cloud, 3D",
    sizes: [16, 32, 64],
    window: 0.1,
    start: cloud,
    grid: (n) => `${n}³`,
  },
  {
    name: "kolmogorov",
    label: "Kolmogorov flow, 2D",
    sizes: [32, 64, 128, 256],
    window: 0.5,
    start: turbulence,
    grid: (n) => `${n} × ${n}`,
  },
];

/** Milliseconds after which a grid has been measured often enough. */
const ENOUGH = 2000;

/** Bytes of all arrays that are in use. */
function arrays(): number {
  globalThis.gc?.();
  return process.memoryUsage().arrayBuffers;
}

/** Run to the time of a window, then through it in three parts; the nanoseconds of a cell and step in each. */
function timed({cells, step, solver, steps}: Simulation, window: number): number[] {
  const part = Math.ceil(window / 3 / step) * step; // whole steps: convection prepares each length of them
  solver.run(3 * part);
  return [4, 5, 6].map((end) => {
    const before = steps();
    const start = performance.now();
    solver.run(end * part);
    return (1e6 * (performance.now() - start)) / ((steps() - before) * cells);
  });
}

/** Measure a grid in this process, after once on the coarsest grid so that everything is compiled. */
function measure({sizes, grid, start, window}: Case, index: number): Point {
  const n = sizes[index];
  const empty = arrays();
  const first = start(n);
  const {cells, step, solver} = first;
  solver.run(3 * step);
  const bytes = (arrays() - empty) / cells;
  timed(start(sizes[0]), window);
  const begin = performance.now();
  const times = timed(first, window);
  while (performance.now() - begin < ENOUGH) times.push(...timed(start(n), window));
  times.sort((a, b) => a - b);
  return {grid: grid(n), cells, nanoseconds: times[times.length >> 1], bytes};
}

if (isSubprocess && require.main === module) {
  const [system, index] = process.argv.slice(2).map(Number);
  answer(measure(cases[system], index));
}
