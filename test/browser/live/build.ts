/**
 * Program that builds the live page of a tiny system in a folder: untrained models of the smallest sizes, random states. It
 * prints what the laboratory's own engine computes for other parameters than the prepared ones.
 */
import ndarray from "ndarray";
import {Rng} from "@lola-ts/core";
import {planFiles, simulateTrajectory, statesOf, systemOf} from "@lola-ts/simulators";
import {standardize} from "../../../lib/data/standardize";
import {KarrasDenoiser} from "../../../lib/diffusion/denoiser";
import {Autoencoder} from "../../../lib/models/autoencoder";
import {Solver} from "../../../lib/models/solver";
import {calibrate} from "../../../site/build/calibration";
import {writeLive} from "../../../site/build/live";
import type {SystemPack} from "../../../site/build/pack";
import {metricNames, type CommittedMetric, type CommittedScores} from "../../../site/live/engine/committed";
import {encodeResult, fromHalves, toHalves} from "../../../site/live/engine/encoding";
import {
  guidedStates,
  type ModelFacts,
  type RateFacts,
  type SystemFacts,
  type TrajectoryFacts,
} from "../../../site/live/engine/facts";
import {prepareFirst} from "../../../site/live/engine/first";
import {guide, rollOut} from "../../../site/live/engine/forecasts";
import {Lesson} from "../../../site/live/engine/lesson";

const SHAPE = [9, 16, 16];
const OTHER = {members: 3, steps: 3, order: 2, seed: 7};

const network = {
  ...{hidChannels: 8, hidBlocks: 1, attentionHeads: 2, ffnFactor: 2, embFeatures: 8, dropout: 0},
  ...{labelFeatures: 1, spatial: 3, patchSize: [1, 1, 1]},
};

/** Make the models of a rate, their weights rounded to half precision as shipped ones are. */
function modelsOf(system: string, pixChannels: number, channels: number, files: Map<string, Uint8Array>): ModelFacts[] {
  const made = [
    {
      kind: "autoencoder",
      model: Autoencoder.create(
        {pixChannels, latChannels: channels, hidChannels: [4, 8], hidBlocks: [1, 1], patchSize: 2, periodic: true},
        1,
      ),
    },
    {
      kind: "diffusion",
      model: KarrasDenoiser.create({network: {...network, channels}, schedule: {name: "log-logit"}}, 2),
    },
    {kind: "solver", model: Solver.create({...network, channels}, 3)},
  ] as const;
  return made.map(({kind, model}) => {
    const file = `${system}-c${channels}-${kind}`;
    files.set(file, toHalves(model.weights.dataSync<"float32">()));
    return {kind, file, config: model.config} as ModelFacts;
  });
}

/** Make scores: errors grow with the rate and the horizon, and errors of the copy grow four times as fast as errors of the forecast. */
function scoresOf(system: string, scale: number): CommittedScores {
  const methods = ["autoencoder", "diffusion", "neural solver"].flatMap((name) =>
    [8, 16].map((compression) => ({name, compression})),
  );
  const valueOf = (m: number, h: number) => scale * (0.1 * (m >> 1) + (m % 2) * (m < 2 ? 0.4 : 0.1) + 0.1 * h + 0.1);
  const byMetric = <T>(make: () => T) =>
    Object.fromEntries(metricNames.map((name) => [name, make()])) as Record<CommittedMetric, T>;
  return {
    ...{system, title: `The ${system} system`, methods, leads: [4, 8, 32]},
    horizons: [
      [1, 20],
      [21, 32],
    ],
    bars: byMetric(() => methods.map((_, m) => [0, 1].map((h) => [valueOf(m, h), 0.02] as const))),
    curves: byMetric(() =>
      methods.map((_, m) => (m < 2 ? null : [0, 0, 1].map((h) => [valueOf(m, h), 0.02] as const))),
    ),
  };
}

type Given = Pick<SystemFacts, "name" | "title" | "standardization" | "shown" | "shape"> & Partial<SystemFacts>;

/** Make the pack of a system from its standardised trajectories, and the lesson that computes with it. */
async function packOf(
  given: Given,
  all: readonly (Pick<TrajectoryFacts, "words" | "simulation"> & {states: Float32Array})[],
) {
  const files = new Map<string, Uint8Array>();
  const channels = given.shape[3];
  const rates = [4, 2].map((latentChannels): RateFacts => ({
    latentChannels,
    compression: (16 * channels) / latentChannels,
    models: modelsOf(given.name, channels, latentChannels, files),
  }));
  const trajectories = all.map(({states, ...facts}, n) => {
    const file = `${given.name}-trajectory-${n}`;
    files.set(file, toHalves(states));
    return {...facts, index: 3 * n, label: [n], file};
  });
  const facts: SystemFacts = {
    ...{preset: "smoke", stride: 4, window: 3, rates, trajectories, first: `${given.name}-first`},
    defaults: {latentChannels: 4, steps: 2, order: 1},
    ...given,
  };
  const lesson = new Lesson(facts);
  for (const {latentChannels, models} of rates) {
    for (const model of models) lesson.setModel(latentChannels, model, fromHalves(files.get(model.file)!));
  }
  trajectories.forEach(({file}, n) => lesson.setTrajectory(n, fromHalves(files.get(file)!)));
  files.set(facts.first, encodeResult(await prepareFirst(lesson)));
  const calibrated = (rate: RateFacts) => calibrate(lesson, rate.latentChannels, [all[0].states], [all[0].states]);
  const withMeter = given.shares
    ? await Promise.all(rates.map(async (rate) => ({...rate, calibration: await calibrated(rate)})))
    : rates;
  const pack: SystemPack = {
    facts: {...facts, rates: withMeter},
    files: [...files].map(([name, bytes]) => ({name, bytes})),
  };
  return {lesson, pack};
}

const colours = [
  [0, "#000000"],
  [1, "#ffffff"],
] as const;

function tiny() {
  const random = Rng.from("tiny");
  const states = () => Float32Array.from({length: 9 * 16 * 16 * 2}, () => random.normal());
  return packOf(
    {
      ...{name: "tiny", title: "A tiny system", shape: [...SHAPE, 2]},
      standardization: {transform: ["identity", "log1p"], mean: [0, 1], std: [1, 0.2]},
      shown: {
        ...{channel: 1, name: "density", unit: "dimensionless", decades: false, signed: false, image: [16, 16]},
        colours,
      },
    },
    [0, 1].map((n) => ({words: `λ = ${n}`, states: states()})),
  );
}

/** The smallest system with a simulator. */
function kolmogorov() {
  const standardization = {transform: ["identity", "identity", "identity"] as const, mean: [0, 0, 0], std: [3, 1, 1]};
  const [{requests}] = planFiles({
    ...{system: "kolmogorov", reynolds: [40], trajectories: {train: 0, valid: 0, test: 2}, grid: 16, oversampling: 2},
    ...{spinUp: 1, frames: 9, endTime: 2, seed: 0},
  });
  return packOf(
    {
      ...{name: "kolmogorov", title: "A small Kolmogorov flow", shape: [...SHAPE, 3], standardization},
      ...{periodic: [true, true], shares: [1, 0.75]},
      shown: {
        ...{channel: 0, name: "vorticity", unit: "dimensionless", decades: false, signed: true, image: [16, 16]},
        colours,
      },
    },
    requests.map((request, n) => {
      const states = statesOf(simulateTrajectory(request).fields, systemOf("kolmogorov"));
      const standardised = standardize(ndarray(states, [...SHAPE, 3]), standardization).data;
      return {words: `trajectory ${n}`, simulation: {request, first: 0}, states: standardised};
    }),
  );
}

async function build(folder: string): Promise<void> {
  const [{lesson, pack}, flow] = [await tiny(), await kolmogorov()];
  await writeLive(folder, [pack, flow.pack], [scoresOf("tiny", 1), scoresOf("solid", 2)]);

  const rolled = await rollOut(lesson, 1, 2, OTHER);
  const guided = await guide(lesson, 1, 2, [[3, 5]], guidedStates(pack.facts), OTHER);
  const {vrmse, crps} = rolled.scores;
  const answer = {members: Array.from(rolled.members.subarray(0, 64 * 256)), vrmse, crps, guided: guided.errors};
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
}

void build(process.argv[2]);
