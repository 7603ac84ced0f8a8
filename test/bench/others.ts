/**
 * What is timed beside the networks: data, simulators, metrics, figures. They have no counterpart in PyTorch here.
 */
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import ndarray from "ndarray";
import {sizeOf, Rng} from "@lola-ts/core";
import {Loader} from "../../lib/data/loader";
import {MemorySource} from "../../lib/data/source";
import {openWell, type WellDataset, WellSource} from "@lola-ts/well";
import {writeWell} from "../../packages/well/src/writer";
import {Batches} from "../../lib/data/batches";
import {standardization} from "../../lib/data/standardize";
import {systemOf, EulerSolver, laxLiu} from "@lola-ts/simulators";
import {evaluateRollout} from "../../lib/evaluate/evaluate";
import {closeExport, toPng} from "../../packages/figures/src/render/export";
import type {Figure} from "@lola-ts/figures";
import type {Benchmark, Running} from "./suite";

const noise = (shape: number[], seed = 0) => {
  const generator = Rng.from("bench", seed);
  const data = Float32Array.from({length: sizeOf(shape)}, () => generator.normal());
  return ndarray(data, shape);
};

/** A batch of 32 augmented windows of five 64 x 64 x 5 states. */
function loading(): Running {
  const {fields, boundaries} = systemOf("euler");
  const batches = new Batches(new MemorySource(noise([8, 26, 64, 64, 5])), {
    window: 5,
    batch: 32,
    seed: 0,
    augment: {fields, boundaries: new Array(8).fill(boundaries[1])},
  });
  return {run: () => void batches.next()};
}

/** A file of trajectories of 26 states 64 x 64 x 5, and how to remove it. */
async function file(trajectories = 4): Promise<{well: WellDataset; close: () => void}> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
  const {fields, boundaries, axes, folders} = systemOf("euler");
  const frames = 26;
  const cells = 64;
  const coordinates = Float32Array.from({length: cells}, (_, i) => (i + 0.5) / cells);
  const state = noise([frames, cells, cells, 5]);
  await writeWell(path.join(folder, folders[1], "data/train/bench.hdf5"), {
    dataset: folders[1],
    axes: axes.map((name) => ({name, coordinates})),
    times: Float32Array.from({length: frames}, (_, i) => i * 0.06),
    scalars: {gamma: 1.4},
    fields,
    boundary: boundaries[1],
    trajectories,
    states: Array.from({length: trajectories}, () => state),
  });
  const well = await openWell(folder, {datasets: [folders[1]], split: "train", system: systemOf("euler")});
  return {well, close: () => (well.close(), rmSync(folder, {recursive: true}))};
}

/** Windows of 5 states from a file on disk. */
async function reading(): Promise<Running> {
  const {well, close} = await file();
  let i = 0;
  return {run: () => void well.read(i++ % well.length, {start: i % 20, length: 5}), close};
}

/** The batches of `loading` from a file, standardised, one after the other: what training waits for if it does nothing. */
export async function streaming(trajectories?: number): Promise<Running> {
  const {well, close} = await file(trajectories);
  const euler = systemOf("euler");
  const {fields} = euler;
  const boundaries = well.trajectories.map(({boundary}) => boundary);
  const identity = {...standardization(euler), transform: euler.channels.map(() => "identity" as const)};
  const source = new WellSource(well, {standardization: identity});
  const loader = new Loader(source, {window: 5, batch: 32, seed: 0, augment: {fields, boundaries}});
  return {run: async () => void (await loader.next()), close: async () => (await loader.close(), close())};
}

/** The Euler simulator to time 0.05 from the third configuration of Lax and Liu. */
export function euler(cells: number): Running {
  const [[a, b], [c, d]] = laxLiu(3);
  return {
    run() {
      const solver = new EulerSolver({cells: [cells, cells], gamma: 1.4, boundary: "open"});
      solver.set((x, y) => (x < 0.5 ? (y < 0.5 ? a : b) : y < 0.5 ? c : d));
      solver.run(0.05);
    },
  };
}

/** All metrics of an evaluation but the distance between distributions; part by part in metrics.ts. */
function metrics(): Running {
  const shape = [26, 64, 64, 5];
  const truth = noise(shape);
  const ensemble = noise([16, ...shape], 1);
  return {run: () => void evaluateRollout(truth, ensemble)};
}

function figure(): Running {
  const z = Array.from({length: 64}, (_, i) => Array.from({length: 64}, (_, j) => Math.sin(i / 5) * Math.cos(j / 7)));
  const spec: Figure = {data: [{type: "heatmap", z}], layout: {width: 600, height: 500}};
  return {run: async () => void (await toPng(spec)), close: () => closeExport()};
}

export const others: readonly Benchmark[] = [
  {name: "loading", what: "batch of 32 augmented windows of 5 states 64 x 64 x 5", start: loading},
  {
    name: "loading-streamed",
    what: "the same from a file, standardised, in another thread; nothing else to do meanwhile",
    start: () => streaming(),
  },
  {name: "hdf5", what: "window of 5 states 64 x 64 x 5 from a file", start: reading},
  {name: "euler-64", what: "Euler simulator, 64 x 64 cells to time 0.05", start: () => euler(64)},
  {name: "euler-256", what: "Euler simulator, 256 x 256 cells to time 0.05", start: () => euler(256)},
  {name: "metrics", what: "all metrics of an ensemble of 16, 26 states 64 x 64 x 5", start: metrics},
  {name: "figure", what: "heat map 64 x 64 as PNG", start: figure},
];
