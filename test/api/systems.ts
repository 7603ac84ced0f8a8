/** Calls of simulators and of their initial states. */
import * as lola from "./public";
import type {Calls} from "./judge";

const gas = {density: 1, velocity: 0.1, pressure: 1};
const quadrants = () => lola.drawQuadrants(lola.Rng.from("quadrants"), "few");
const config = () => ({
  system: "euler",
  grid: 8,
  trajectories: {train: 1, valid: 0, test: 1},
  frames: 2,
  endTime: 0.01,
  seed: 0,
  gammas: [1.4],
  boundaries: ["open"],
  oversampling: 1,
  lines: "few",
});
const ofConfig = ["0.seed: -1", "0.trajectories.train: one less"];

/** A solver for four cells along each axis, with its state. */
function hydro() {
  const solver = new lola.HydroSolver({cells: [4, 4, 4], spacing: 0.25, gamma: 1.4, boundary: "periodic"});
  solver.set(() => [1, 0, 0, 0, 1]);
  return solver;
}

export const systemsCalls: Calls = {
  systemOf: {call: lola.systemOf, args: () => ["euler"], says: ["system"]},
  channelNames: {
    call: lola.channelNames,
    args: () => [[{name: "velocity", order: 1}], ["x", "y"]],
    fine: ["*another text", "0: empty", "1: empty"],
  },
  planFiles: {call: lola.planFiles, args: () => [config()], fine: ofConfig},
  simulateDataset: {call: lola.simulateDataset, args: () => [config(), () => undefined, {workers: 0}], fine: ofConfig},
  EulerSolver: {
    call: (options: never) => {
      const solver = new lola.EulerSolver(options);
      solver.set(() => [1, 0, 0, 1]);
      solver.run(0.01);
      return solver.totals();
    },
    args: () => [{cells: [4, 6], size: [1, 1.5], gamma: 1.4, boundary: "open", courant: 0.4}],
  },
  RayleighBenardSolver: {
    call: (options: never) => new lola.RayleighBenardSolver(options).options,
    args: () => [{rayleigh: 1e4, prandtl: 1, grid: [16, 16], length: 4, step: 0.01, courant: 0.3}],
    options: [0],
  },
  HydroSolver: {
    call: (options: never) => {
      const solver = new lola.HydroSolver(options);
      solver.set(() => [1, 0, 0, 0, 1]);
      solver.run(0.01);
      return solver.totals();
    },
    args: () => [{cells: [4, 4, 4], spacing: 0.25, gamma: 1.4, boundary: "open", courant: 0.3, dual: 1e-3}],
  },
  SelfGravitatingGas: {
    call: (...args: [never, never]) => new lola.SelfGravitatingGas(...args).potential,
    args: () => [hydro(), {poisson: new Potential(), constant: 1, source: () => undefined}],
  },
  drawQuadrants: {call: lola.drawQuadrants, args: () => [lola.Rng.from("quadrants"), "few"]},
  laxLiu: {call: lola.laxLiu, args: () => [3]},
  piecewiseConstant: {
    call: (all: never) => lola.piecewiseConstant(all)(0.3, 0.7),
    args: () => [quadrants()],
    fine: ["0.x: -1", "0.y: -1", "0.states.0.0: -1"],
  },
  riemann: {
    call: (...args: [never, never, never]) => lola.riemann(...args)(0.1),
    args: () => [gas, {...gas, pressure: 0.1}, 1.4],
    fine: ["*.velocity: -1"],
    says: ["starState"],
  },
  starState: {call: lola.starState, args: () => [gas, {...gas, pressure: 0.1}, 1.4], fine: ["*.velocity: -1"]},
};

/** A potential that is given, not caused. */
class Potential {
  readonly periodic = true;
  solve(_: Float64Array, potential: Float64Array): void {
    potential.fill(1);
  }
}
