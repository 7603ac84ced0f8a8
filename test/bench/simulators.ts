/**
 * The simulators: what a cell costs per step and how that grows with the grid, how long datasets take, and the problems
 * for which the time of a compiled code is published.
 *
 *     node -r ./environment/typescript.cjs test/bench/simulators.ts grids [--only SYSTEM] [--figure FILE]
 *     node -r ./environment/typescript.cjs test/bench/simulators.ts tour|mini|published [--only SYSTEM]
 *
 * `mini` is an estimate: it simulates a few trajectories and multiplies.
 */
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {availableParallelism, tmpdir} from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";
import {writeSimulated} from "@lola-ts/well";
import {closeExport, toPng} from "../../packages/figures/src/render/export";
import {preset, systemNames} from "@lola-ts/laboratory/stages";
import {planFiles, simulateDataset, type SimulationConfig} from "@lola-ts/simulators";
import {simulateAll} from "../../packages/simulators/src/pool";
import type {Diagnostics} from "../../packages/simulators/src/result";
import {expectedCost, simulateTrajectory} from "../../packages/simulators/src/trajectory";
import {fitPowerLaw} from "./power-law";
import type {TrajectoryRequest} from "../../packages/simulators/src/registry";
import {cases, type Point, type Series} from "./simulators-cases";
import {simulatorsFigure} from "./simulators-figure";
import {runInSubprocess} from "./subprocess";

const print = (...cells: (string | number)[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);

/** Measure a grid in a process of its own, whose arrays can be counted. */
function measureAlone(system: number, grid: number): Promise<Point> {
  const options = {subject: `${cases[system].name}, grid ${grid}`, exposeGc: true};
  return runInSubprocess(path.join(__dirname, "simulators-cases.ts"), [`${system}`, `${grid}`], options);
}

/** Nanoseconds and bytes per cell of each grid, and the exponent of a step's time in the number of cells. */
async function grids(only: string, figure: string | undefined): Promise<void> {
  const all: Series[] = [];
  for (const [index, {name, label, sizes}] of cases.entries()) {
    if (!name.includes(only)) continue;
    const points: Point[] = [];
    for (const grid of sizes.keys()) points.push(await measureAlone(index, grid));
    all.push({label, points});
    const growth = fitPowerLaw(
      points.map(({cells}) => cells),
      points.map(({cells, nanoseconds}) => cells * nanoseconds),
    );
    for (const {grid, nanoseconds, bytes} of points) print(name, grid, nanoseconds.toFixed(0), bytes.toFixed(0));
    print(name, "exponent", growth.exponent.toFixed(2), "");
  }
  if (figure === undefined) return;
  writeFileSync(figure, await toPng(simulatorsFigure(all)));
  await closeExport();
}

/** Configurations of the data of a preset. */
function dataOf(name: string, only: string): [string, SimulationConfig][] {
  const systems = systemNames().filter((system) => system.includes(only));
  return systems.map((system) => {
    const {data} = preset(system, name);
    if ("source" in data) throw new Error(`bench: expected data that are simulated, found ${data.source}`);
    return [system, data];
  });
}

/** Simulate and write whole datasets. */
async function tour(only: string): Promise<void> {
  for (const [system, config] of dataOf("tour", only)) {
    const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
    const start = performance.now();
    const {trajectories, steps, updates, seconds} = await simulateDataset(config, async (file) => {
      await writeSimulated(folder, file);
    });
    const wall = (performance.now() - start) / 1000;
    rmSync(folder, {recursive: true});
    const meanSteps = Math.round(steps / trajectories);
    const cost = Math.round((1e9 * seconds) / updates);
    print(system, trajectories, Math.round(updates / steps), meanSteps, cost, `${wall.toFixed(0)} s`);
  }
}

const costOf = (requests: readonly TrajectoryRequest[]): number =>
  requests.reduce((sum, request) => sum + expectedCost(request), 0);

/** Trajectories that represent a dataset: one from the middle of each of the given number of parts, from the cheapest to the dearest. */
function sampleOf(requests: readonly TrajectoryRequest[], count: number): TrajectoryRequest[] {
  const sorted = [...requests].sort((a, b) => expectedCost(a) - expectedCost(b));
  return Array.from({length: count}, (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / count)]);
}

/** Estimate the time of datasets from a few of their trajectories, simulated with all threads. */
async function mini(only: string): Promise<void> {
  for (const [system, config] of dataOf("mini", only)) {
    const requests = planFiles(config).flatMap((plan) => plan.requests);
    const sample = sampleOf(requests, 8);
    const found: Diagnostics[] = [];
    await simulateAll(sample, (_, {diagnostics}) => void found.push(diagnostics));
    const sum = (key: keyof Diagnostics) => found.reduce((total, diagnostics) => total + diagnostics[key], 0);
    const seconds = (sum("seconds") * costOf(requests)) / costOf(sample) / availableParallelism();
    const steps = Math.round(sum("steps") / 8);
    const cost = Math.round((1e9 * sum("seconds")) / sum("updates"));
    const cells = Math.round(sum("updates") / sum("steps"));
    print(system, requests.length, cells, steps, cost, `${(seconds / 60).toFixed(1)} min (estimate)`);
  }
}

/** The example of Dedalus' documentation: 2D Rayleigh-Bénard convection to time 50, written 200 times. */
const DEDALUS: TrajectoryRequest = {
  system: "rayleigh-benard",
  seed: ["bench"],
  rayleigh: 2e6,
  prandtl: 1,
  difference: 1,
  grid: [256, 64],
  resolution: [256, 64],
  frames: 201,
  endTime: 50,
};

/** The Well's Euler data, of which every twentieth trajectory is laid out. */
const CLAWPACK: SimulationConfig = {
  boundaries: ["open", "periodic"],
  grid: 512,
  oversampling: 1,
  lines: "well",
  seed: 0,
  trajectories: {train: 200, valid: 25, test: 25},
  frames: 101,
  endTime: 1.5,
};

/** Seconds of one thread for problems whose time with a compiled code is published. */
function published(only: string): void {
  if ("rayleigh-benard".includes(only)) {
    const {seconds, steps} = simulateTrajectory(DEDALUS).diagnostics;
    print("rayleigh-benard", "Dedalus' example", `${steps} steps`, `${seconds.toFixed(0)} s`);
  }
  if ("euler".includes(only)) {
    const requests = planFiles(CLAWPACK).flatMap((plan) => plan.requests);
    const [middle] = sampleOf(requests, 1);
    const start: TrajectoryRequest = {...middle, frames: 8, endTime: 0.105} as TrajectoryRequest;
    const {seconds} = simulateTrajectory(start).diagnostics;
    const mean = (seconds / expectedCost(start)) * (costOf(requests) / requests.length);
    print("euler", "a trajectory of The Well", "512 x 512", `${mean.toFixed(0)} s (estimate from its first 7 %)`);
  }
}

async function main(): Promise<void> {
  const options = {only: {type: "string", default: ""}, figure: {type: "string"}} as const;
  const {values, positionals} = parseArgs({options, allowPositionals: true});
  const [what = "grids"] = positionals;
  if (what === "grids") await grids(values.only, values.figure);
  else if (what === "tour") await tour(values.only);
  else if (what === "mini") await mini(values.only);
  else if (what === "published") published(values.only);
  else throw new RangeError(`bench: expected grids, tour, mini or published, found ${what}`);
}

void main();
