/** Runs of the official code, scored on a laboratory's test trajectories beside the paper's numbers. */
import {createHash} from "node:crypto";
import {createReadStream, existsSync, readdirSync, statSync} from "node:fs";
import path from "node:path";
import ndarray, {type NdArray} from "ndarray";
import {stack} from "@lola-ts/core";
import {standardize, unstandardize} from "lola/data";
import {rolloutEnsemble} from "lola/emulate";
import {readPaperScores, type Result, type ScoredMetric} from "lola/evaluate";
import {decodeStates, encodeStates, type Lab} from "@lola-ts/laboratory";
import {
  emulatorOf,
  ensembleOptions,
  Evaluation,
  loadRun,
  scoreForecast,
  type Dataset,
  type Run,
} from "@lola-ts/laboratory/stages";
import {printedTable, type TableContent} from "../tables/paper-table";
import {paperByRate, placedByRate, scoreTable} from "../tables/score-table";

const FILES = ["config.yaml", "state.pth"];

/** Levels of folders below the given one in which runs are looked for. */
const DEPTH = 4;

/** Find runs: the folder, or folders below. An emulator's folder also holds its autoencoder, which is not counted again. */
function runsIn(folder: string, depth = DEPTH): string[] {
  if (depth < 0 || !statSync(folder, {throwIfNoEntry: false})?.isDirectory()) return [];
  if (existsSync(path.join(folder, FILES[0]))) return [folder];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => runsIn(path.join(folder, name), depth - 1));
}

/** Identify a run by the content of its files. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const part of ["", "autoencoder"]) {
    for (const name of FILES) {
      const file = path.join(folder, part, name);
      if (!existsSync(file)) continue;
      for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
    }
  }
  return hash.digest("hex");
}

const METHODS = {autoencoder: "autoencoder", denoiser: "diffusion", solver: "neural solver"} as const;

const autoencoderOf = (run: Run) => (run.kind === "autoencoder" ? run : run.autoencoder);

/** Find what a run needs besides its weights. @throws Error if it does not fit the laboratory's data. */
function settingsOf(run: Run, folder: string, {config}: Lab, dataset: Dataset) {
  const require = (what: string, expected: unknown, found: unknown) => {
    if (String(expected) === String(found)) return;
    throw new Error(`${folder}: expected ${what} ${String(expected)}, found ${String(found)}.`);
  };
  const data = run.data ?? autoencoderOf(run)?.data;
  require("the fields", dataset.wells.test.channels, data?.channels ?? "none (no section dataset)");
  const window = run.kind === "autoencoder" ? undefined : run.trajectory;
  if (window) require("the stride", config.stride, window.stride);
  return {standardization: data!.standardization, window: window?.length ?? config.window};
}

/** Make a function that forecasts, or reconstructs, a test trajectory in physical units: [K, T, X, Y(, Z), C]. */
function forecaster(run: Run, folder: string, lab: Lab, dataset: Dataset) {
  const {standardization, window} = settingsOf(run, folder, lab, dataset);
  const {config} = lab;
  const coder = autoencoderOf(run)?.model;
  const decoded = (states: NdArray<Float32Array>) =>
    unstandardize(coder ? decodeStates(coder, states) : states, standardization);
  return async (trajectory: number): Promise<NdArray<Float32Array>> => {
    const truth = standardize(dataset.read("test", trajectory, dataset.testWindow), standardization);
    const latents = coder ? encodeStates(coder, truth) : truth;
    const {context = 1, members} = config.rollout;
    if (run.kind === "autoencoder") return stack([decoded(latents)]).lo(0, context - 1);
    const emulator = emulatorOf(config, run.model);
    try {
      const labels = [dataset.labels("test")[trajectory]];
      const plan = {labels, steps: latents.shape[0], members: run.kind === "denoiser" ? members : 1};
      const rollout = await rolloutEnsemble(emulator, stack([latents]), {...ensembleOptions(config, plan), window});
      return decoded(ndarray(rollout.data, rollout.shape.slice(1))).lo(0, context - 1);
    } finally {
      emulator.dispose();
    }
  };
}

/**
 * Score runs of the official code on the test trajectories of a laboratory, each with its own standardisation. Scores are kept.
 *
 * @param folder a run, or a folder with runs below.
 * @throws Error naming the folder if there is no run, or one that does not fit the data; LabError `interrupted`.
 */
export async function officialScores(lab: Lab, folder: string): Promise<Result[]> {
  const {config, artifacts} = lab;
  const folders = runsIn(folder);
  if (folders.length === 0)
    throw new Error(`${folder}: expected runs of the official code (${FILES.join(", ")}), found none.`);
  const dataset = await lab.dataset();
  const scores: Awaited<ReturnType<typeof scoreForecast>>[] = [];
  for (const place of folders) {
    const run = loadRun(place);
    try {
      const coder = autoencoderOf(run)?.model;
      const space = coder ? "latent" : "pixel";
      const labels = {method: METHODS[run.kind], space, compression: coder?.compression ?? 1} as const;
      const isRepeated = scores.some(
        (one) => one.labels.method === labels.method && one.labels.compression === labels.compression,
      );
      const contestant = {
        ...{name: `official-${run.kind}`, labels, inputs: [await digestOf(place)]},
        ...{label: isRepeated ? `${labels.method}, ${path.basename(place)}` : undefined},
        ...{reconstruction: run.kind === "autoencoder", forecast: forecaster(run, place, lab, dataset)},
      };
      scores.push(await scoreForecast({config, artifacts, dataset}, contestant));
    } finally {
      run.model.dispose();
      if (run.kind !== "autoencoder") run.autoencoder?.model.dispose();
    }
  }
  return new Evaluation(config, scores).results();
}

/** Lay scores out as Table 6, and as the paper's tables of spectra and of distributions where the system has them. */
export function officialTables(
  {system}: Pick<Lab, "system">,
  results: readonly Result[],
): Record<number, TableContent> {
  const {spectrum, distribution} = system.paper?.tables ?? {};
  const metrics: readonly (readonly [number | undefined, readonly ScoredMetric[]])[] = [
    [6, ["vrmse"]],
    [spectrum, ["low", "mid", "high"]],
    [distribution, ["transport"]],
  ];
  return Object.fromEntries(
    metrics.flatMap(([number, names]): [number, TableContent][] => {
      if (number === undefined) return [];
      const printed = readPaperScores(printedTable(number));
      const parts = names.map((metric) => ({
        ...(names.length > 1 && {title: {band: metric}}),
        ours: placedByRate(results.filter((one) => one.metric === metric)),
        paper: paperByRate(printed, system.short, metric),
      }));
      return [[number, scoreTable(parts)]];
    }),
  );
}
