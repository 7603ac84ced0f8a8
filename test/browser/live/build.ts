/**
 * Program that builds the live page of a tiny system in a folder: untrained models of the smallest sizes, random states. It
 * prints what the laboratory's own engine computes for other parameters than the prepared ones.
 */
import {Rng} from "@lola-ts/core";
import {KarrasDenoiser} from "../../../lib/diffusion/denoiser";
import {Autoencoder} from "../../../lib/models/autoencoder";
import {Solver} from "../../../lib/models/solver";
import {writeLive} from "../../../site/build/live";
import type {SystemPack} from "../../../site/build/pack";
import {metricNames, type CommittedMetric, type CommittedScores} from "../../../site/live/engine/committed";
import {encodeResult, fromHalves, toHalves} from "../../../site/live/engine/encoding";
import {guidedStates, type ModelFacts, type SystemFacts} from "../../../site/live/engine/facts";
import {prepareFirst} from "../../../site/live/engine/first";
import {guide, rollOut} from "../../../site/live/engine/forecasts";
import {Lesson} from "../../../site/live/engine/lesson";

const SHAPE = [9, 16, 16, 2];
const OTHER = {members: 3, steps: 3, order: 2, seed: 7};

const network = {
  ...{hidChannels: 8, hidBlocks: 1, attentionHeads: 2, ffnFactor: 2, embFeatures: 8, dropout: 0},
  ...{labelFeatures: 1, spatial: 3, patchSize: [1, 1, 1]},
};

/** Make the models of a rate, their weights rounded to half precision as shipped ones are. */
function modelsOf(channels: number, files: Map<string, Uint8Array>): ModelFacts[] {
  const made = [
    {
      kind: "autoencoder",
      model: Autoencoder.create(
        {pixChannels: 2, latChannels: channels, hidChannels: [4, 8], hidBlocks: [1, 1], patchSize: 2, periodic: true},
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
    const file = `tiny-c${channels}-${kind}`;
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

async function build(folder: string): Promise<void> {
  const files = new Map<string, Uint8Array>();
  const rates = [4, 2].map((channels) => ({
    latentChannels: channels,
    compression: 32 / channels,
    models: modelsOf(channels, files),
  }));
  const random = Rng.from("tiny");
  const trajectories = [0, 1].map((n) => {
    const states = Float32Array.from({length: SHAPE.reduce((a, b) => a * b)}, () => random.normal());
    files.set(`tiny-trajectory-${n}`, toHalves(states));
    return {index: 3 * n, words: `λ = ${n}`, label: [n], file: `tiny-trajectory-${n}`};
  });
  const facts: SystemFacts = {
    ...{name: "tiny", title: "A tiny system", preset: "smoke", stride: 4, window: 3, shape: SHAPE, rates, trajectories},
    standardization: {transform: ["identity", "log1p"], mean: [0, 1], std: [1, 0.2]},
    shown: {
      ...{channel: 1, name: "density", unit: "dimensionless", decades: false, signed: false, image: [16, 16]},
      colours: [
        [0, "#000000"],
        [1, "#ffffff"],
      ],
    },
    defaults: {latentChannels: 4, steps: 2, order: 1},
    first: "tiny-first",
  };
  const lesson = new Lesson(facts);
  for (const {latentChannels, models} of rates) {
    for (const model of models) lesson.setModel(latentChannels, model, fromHalves(files.get(model.file)!));
  }
  trajectories.forEach(({file}, n) => lesson.setTrajectory(n, fromHalves(files.get(file)!)));
  files.set(facts.first, encodeResult(await prepareFirst(lesson)));
  const pack: SystemPack = {facts, files: [...files].map(([name, bytes]) => ({name, bytes}))};
  await writeLive(folder, [pack], [scoresOf("tiny", 1), scoresOf("solid", 2)]);

  const rolled = await rollOut(lesson, 1, 2, OTHER);
  const guided = await guide(lesson, 1, 2, [[3, 5]], guidedStates(facts), OTHER);
  const {vrmse, crps} = rolled.scores;
  const answer = {members: Array.from(rolled.members.subarray(0, 64 * 256)), vrmse, crps, guided: guided.errors};
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
}

void build(process.argv[2]);
