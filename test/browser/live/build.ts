/**
 * Program that builds the live page of a tiny system in a folder: untrained models of the smallest sizes, random states. It
 * prints what the laboratory's own engine computes for other parameters than the prepared ones.
 */
import {Rng, sizeOf} from "@lola-ts/core";
import {KarrasDenoiser} from "../../../lib/diffusion/denoiser";
import {Autoencoder} from "../../../lib/models/autoencoder";
import {Solver} from "../../../lib/models/solver";
import {writeLive} from "../../../site/build/live";
import type {SystemPack} from "../../../site/build/pack";
import {metricNames, type CommittedMetric, type CommittedScores} from "../../../site/live/engine/committed";
import {encodeResult, fromHalves, toHalves} from "../../../site/live/engine/encoding";
import type {ModelFacts, RateFacts, SystemFacts, TrajectoryFacts} from "../../../site/live/engine/facts";
import {prepareFirst} from "../../../site/live/engine/first";
import {rollOut} from "../../../site/live/engine/forecasts";
import {Lesson} from "../../../site/live/engine/lesson";

const SHAPE = [9, 16, 16, 2];
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
async function packOf(given: Given, all: readonly (Pick<TrajectoryFacts, "words"> & {states: Float32Array})[]) {
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
  const pack: SystemPack = {facts, files: [...files].map(([name, bytes]) => ({name, bytes}))};
  return {lesson, pack};
}

const colours = [
  [0, "#000000"],
  [1, "#ffffff"],
] as const;

/** Make a system of random states; its field has a sign or none. */
function random(name: string, title: string, field: string, signed: boolean) {
  const source = Rng.from(name);
  const states = () => Float32Array.from({length: sizeOf(SHAPE)}, () => source.normal());
  return packOf(
    {
      ...{name, title, shape: SHAPE},
      standardization: {transform: ["identity", "log1p"], mean: [0, 1], std: [1, 0.2]},
      shown: {
        channel: signed ? 0 : 1,
        name: field,
        unit: "dimensionless",
        decades: false,
        signed,
        image: [16, 16],
        colours,
      },
    },
    [0, 1].map((n) => ({words: `λ = ${n}`, states: states()})),
  );
}

async function build(folder: string): Promise<void> {
  const {lesson, pack} = await random("tiny", "A tiny system", "density", false);
  const other = await random("other", "Another system", "vorticity", true);
  await writeLive(folder, [pack, other.pack], [scoresOf("tiny", 1), scoresOf("solid", 2)]);

  const rolled = await rollOut(lesson, 1, 2, OTHER);
  const {vrmse, crps} = rolled.scores;
  const answer = {members: Array.from(rolled.members.subarray(0, 64 * 256)), vrmse, crps};
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
}

void build(process.argv[2]);
