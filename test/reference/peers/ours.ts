/**
 * This project's side of the comparisons with other simulators: initial states and frames as JSON, for the Python programs
 * beside this file.
 *
 *     node -r ./environment/typescript.cjs test/reference/peers/ours.ts kolmogorov|euler|convection FILE
 */
import {writeFileSync} from "node:fs";
import {Rng} from "@lola-ts/core";
import {preset} from "@lola-ts/laboratory/presets";
import {
  drawQuadrants,
  EulerSolver,
  piecewiseConstant,
  planFiles,
  RayleighBenardSolver,
  simulateTrajectory,
  statesOf,
  systemOf,
  type SimulationConfig,
} from "@lola-ts/simulators";

const plain = (values: Float32Array) => Array.from(values, (value) => Number(value.toPrecision(7)));

/** Vorticity at cell centres at times 0, 1 ... 20, on grids of 64², 96², 128², and the initial vorticity on 192². */
function kolmogorov() {
  const seed = ["peers", 0];
  const vorticityOn = (cells: number, frames: number, endTime: number) => {
    const grid = [cells, cells] as const;
    const flow = {system: "kolmogorov", reynolds: 100, oversampling: 1, spinUp: 0} as const;
    return plain(simulateTrajectory({...flow, seed, grid, frames, endTime}).fields.vorticity);
  };
  return {start: vorticityOn(192, 2, 1e-6).slice(0, 192 * 192), ours: [64, 96, 128].map((n) => vorticityOn(n, 21, 20))};
}

/** Frames of a test trajectory of every other gas of the preset `mini`, on 64² cells, and their primitive initial states. */
function euler() {
  const files = planFiles(preset("euler", "mini").data as SimulationConfig).filter(({split}) => split === "test");
  return [0, 2, 4, 6, 8].map((n) => {
    const [{seed, gamma}] = files[n].requests as unknown as {seed: (string | number)[]; gamma: number}[];
    const state = piecewiseConstant(drawQuadrants(Rng.from(...seed), "few"));
    const startOn = (cells: number) => {
      const centres = Array.from({length: cells}, (_, i) => (i + 0.5) / cells);
      return centres.map((x) => centres.map((y) => state(x, y)));
    };
    const ours = [64, 128, 256].map((cells) => {
      const solver = new EulerSolver({cells: [cells, cells], gamma, boundary: "periodic"});
      solver.set(state);
      return Array.from({length: 26}, (_, k) => {
        solver.run(0.06 * k);
        const {density, pressure, energy, momentum} = solver.frame(cells / 64);
        return [density, pressure, energy, momentum].map(plain);
      });
    });
    return {gamma, fine: startOn(256), coarse: startOn(64), ours};
  });
}

/**
 * Velocity on 64 × 32 points from a smooth state, by grid and longest step; states from noise on two grids; and test
 * trajectories of the preset `mini` beside their continuation, from the first stored state, on twice the points.
 */
function convection() {
  const runs: [number[], number | undefined][] = [
    [[96, 36], undefined],
    [[192, 72], undefined],
    [[192, 72], 2.5e-3],
  ];
  const smooth = runs.map(([grid, step]) => {
    const solver = new RayleighBenardSolver({rayleigh: 1e6, prandtl: 1, grid: grid as [number, number], step});
    solver.set((x, z) => 1 - z + 0.2 * z * (1 - z) * (Math.cos((Math.PI * x) / 2) + Math.sin(Math.PI * x)));
    return [2, 8, 15].map((time) => {
      solver.run(time);
      return plain(solver.frame([64, 32]).velocity);
    });
  });
  // waves that both grids hold, with random amplitudes: a start from noise that does not depend on the grid
  const rng = Rng.from("peers", "noise");
  const waves = Array.from({length: 48}, (_, k) => [1 + k, rng.normal(), rng.normal(), 1 + rng.integer(6)]);
  const noise = (x: number, z: number) =>
    1 -
    z +
    1e-4 *
      z *
      (1 - z) *
      waves.reduce((sum, [k, a, b, n]) => {
        const angle = (Math.PI * k * x) / 2;
        return sum + (a * Math.cos(angle) + b * Math.sin(angle)) * Math.cos(Math.PI * n * z);
      }, 0);
  const plumes = [
    [160, 56],
    [320, 112],
  ].map((grid) => {
    const solver = new RayleighBenardSolver({rayleigh: 1e7, prandtl: 1, grid: grid as [number, number]});
    solver.set(noise);
    return [12, 14, 16, 20].map((time) => {
      solver.run(time);
      const {buoyancy, velocity} = solver.frame([128, 32]);
      return {buoyancy: plain(buoyancy), velocity: plain(velocity), tail: solver.tail()};
    });
  });
  const continued = planFiles(preset("rayleigh-benard", "mini").data as SimulationConfig)
    .filter(({split, scalars}) => split === "test" && scalars.Prandtl === 1)
    .map(({requests: [request], scalars, skipped = 0}) => {
      const system = systemOf("rayleigh-benard");
      const stored = simulateTrajectory(request as Parameters<typeof simulateTrajectory>[0]).fields;
      const from = (first: number) => {
        const at = (all: Float32Array) => all.subarray((first * all.length) / request.frames);
        return Object.fromEntries(Object.entries(stored).map(([name, all]) => [name, at(all)]));
      };
      const one = (all: Float32Array) => all.slice(0, all.length / (request.frames - skipped));
      const state = Object.fromEntries(Object.entries(from(skipped)).map(([name, all]) => [name, one(all)]));
      const finer = system.restart(request as never, {state, first: skipped, share: 2}).fields;
      const sides = [from(skipped), finer].map((fields) => plain(statesOf(fields, system)));
      return {rayleigh: scalars.Rayleigh, sides};
    });
  return {smooth, plumes, continued};
}

const [system, file] = process.argv.slice(2);
const sides: Record<string, () => object> = {kolmogorov, euler, convection};
if (!(system in sides) || !file)
  throw new Error(`ours.ts: expected kolmogorov, euler or convection and a file, found ${system}, ${file}.`);
writeFileSync(file, JSON.stringify(sides[system]()));
