/**
 * Knowledge of the simulation's parameters in latents: a probe reads them off central tokens, and its last activations are drawn
 * as a map (paper, appendix D, Figure 23).
 */
import {
  flat,
  checkOptions,
  count,
  optional,
  type RulesOf,
  section,
  text,
  sizeOf,
  Rng,
  type TableRow,
  type Split,
} from "@lola-ts/core";
import type {TrajectoryTokens} from "../tables/token-distances";
import type {Lab} from "@lola-ts/laboratory";
import {interruptible, track} from "@lola-ts/cache";
import {labRule, type Latents, middleRate, shipsStandardization} from "@lola-ts/laboratory/stages";
import {central, embedInPlane, variance} from "lola/evaluate";
import {figure23, type PointColours, type Figure} from "@lola-ts/figures";
import {TokenProbe} from "lola/models";
import type {Scalar} from "@lola-ts/simulators";
import {tf} from "@lola-ts/engine";
import {learningRate, train, adamW} from "lola/train";

export interface CentralTokenOptions {
  /** Name of the parameter whose value each trajectory carries. Default: the system's first. */
  readonly parameter?: string;
  /** Latent channels of the autoencoder. Default: the channels of the lowest compression rate. */
  readonly latentChannels?: number;
}

const rules: RulesOf<CentralTokenOptions> = {parameter: optional(text), latentChannels: optional(count)};

/** Splits whose tokens are collected: those that no model was trained on. */
export const TOKEN_SPLITS = ["valid", "test"] as const;

/** Make the function that takes the central token, C numbers, of a state of a trajectory. */
export function centralTokenOf({states}: Pick<Latents, "states">): (trajectory: number, state: number) => number[] {
  const [, frames, ...latent] = states.shape;
  const [channels, ...grid] = [latent.at(-1)!, ...latent.slice(0, -1)];
  const cell = grid.reduce((at, n) => at * n + (n >> 1), 0);
  const values = flat(states);
  return (trajectory, state) => {
    const token = (trajectory * frames + state) * sizeOf(grid) + cell;
    return Array.from(values.subarray(token * channels, (token + 1) * channels));
  };
}

/**
 * Collect the central tokens of all states of the validation and test trajectories, as Tables 16 and 17 compare them.
 *
 * @throws RangeError for a parameter that there is not, or an option that is wrong.
 * @example const {values, distances} = tokenDistances(await centralTokens(lab, {latentChannels: 16}));
 */
export async function centralTokens(lab: Lab, options: CentralTokenOptions = {}): Promise<TrajectoryTokens[]> {
  checkOptions("centralTokens", labRule, lab, "lab");
  checkOptions("centralTokens", section(rules), options);
  const known = lab.system.scalars.map(({name}) => name);
  const {latentChannels = lab.config.latentChannels[0], parameter = known[0]} = options;
  if (!known.includes(parameter)) {
    throw new RangeError(`centralTokens: expected a parameter ${known.join(", ")}, found ${parameter}.`);
  }
  const found: TrajectoryTokens[] = [];
  for (const split of TOKEN_SPLITS) {
    const latents = await lab.latents(latentChannels, split);
    const token = centralTokenOf(latents);
    const [, frames] = latents.states.shape;
    const {wells} = await lab.dataset(split);
    wells[split].trajectories.forEach(({scalars}, n) => {
      found.push({value: scalars[parameter], tokens: Array.from({length: frames}, (_, state) => token(n, state))});
    });
  }
  return found;
}

export interface TokenMapOptions {
  /** Latent channels of the autoencoder. Default: the channels of the middle rate. */
  readonly latentChannels?: number;
  /** States to draw, from random test trajectories and times. Default: 500. */
  readonly points?: number;
  /** Training steps of the probe. Default: 600. */
  readonly steps?: number;
}

const rule = section<TokenMapOptions>({
  latentChannels: optional(count),
  points: optional(count),
  steps: optional(count),
});

/** Width of the probe's hidden layers, and states of a batch. */
const [WIDTH, BATCH] = [64, 128];

interface Tokens {
  /** [N, C]. */
  readonly values: number[][];
  /** Parameters as the probe reads them: logarithms of those that range over decades, in units of their deviation. */
  readonly targets: number[][];
  /** Parameters themselves, and the lead time. */
  readonly parameters: number[][];
  readonly leads: number[];
}

/**
 * Train a probe on central tokens of the training trajectories (or of the validation split, where trained models are shipped
 * without the former), and map tokens of random test states by t-SNE of its last hidden layer.
 *
 * @throws RangeError for an option that is wrong; LabError `interrupted`.
 * @example
 * const map = await tokenMap(lab);
 * await lab.show(map.figure(), {name: "figure-23"});
 */
export async function tokenMap(lab: Lab, options: TokenMapOptions = {}): Promise<TokenMap> {
  checkOptions("tokenMap", labRule, lab, "lab");
  checkOptions("tokenMap", rule, options);
  const {config} = lab;
  const {latentChannels = middleRate(config), points = 500, steps = 600} = options;
  const dataset = await lab.dataset();
  const {scalars} = dataset.system;
  // Not the training split of shipped models, even where an earlier run has simulated it: the answer is the same on every disk.
  const split: Split = shipsStandardization(config, lab.artifacts) ? "valid" : "train";
  const seen = tokensOf(await lab.latents(latentChannels, split), scalars, {config, split});
  const shown = tokensOf(await lab.latents(latentChannels, "test"), scalars, {config, split: "test", points});
  const probe = TokenProbe.create({channels: latentChannels, width: WIDTH, parameters: scalars.length}, config.seed);
  try {
    await trainProbe(probe, seen, steps, config.seed);
    const {features, read} = ask(probe, shown.values);
    const places = embedInPlane(features);
    const trainedOn = `${steps} steps on the ${split === "train" ? "training" : "validation"} split`;
    return {
      places,
      figure: () => mapFigure(scalars, shown, places, `trained for ${trainedOn}. ${lab.caption}`),
      table: () =>
        scalars.map(({name, symbol = name}, k) => ({parameter: symbol, "R², test states": explained(shown, read, k)})),
    };
  } finally {
    probe.dispose();
  }
}

/** Take the central token of every state, or of random ones. */
function tokensOf(
  latents: Latents,
  scalars: readonly Scalar[],
  {config, split, points}: {config: Lab["config"]; split: Split; points?: number},
): Tokens {
  const {states, labels} = latents;
  const [trajectories, length] = states.shape;
  const token = centralTokenOf(latents);
  const all = Array.from({length: trajectories * length}, (_, i) => i);
  const some = points === undefined ? all : Rng.from("tokens", split, config.seed).shuffle(all).slice(0, points);
  const rows = some.map((i) => labels[Math.floor(i / length)]);
  return {
    values: some.map((i) => token(Math.floor(i / length), i % length)),
    targets: rows.map((row) => scalars.map((scalar, k) => scaled(scalar, row[k]))),
    parameters: rows.map((row) => scalars.map(({log}, k) => (log ? Math.exp(row[k]) : row[k]))),
    leads: some.map((i) => (i % length) * config.stride),
  };
}

/** Scale an entry of a label by the mean and deviation of the dataset's values. */
function scaled({values, log}: Scalar, entry: number): number {
  const known = values.map((value) => (log ? Math.log(value) : value));
  return (entry - central(known, "mean")) / Math.sqrt(variance(known, "population") || 1);
}

async function trainProbe(probe: TokenProbe, {values, targets}: Tokens, steps: number, seed: number): Promise<void> {
  await track("training the probe", steps, (progress) =>
    interruptible((signal) =>
      train(probe, {
        loss: (p, batch) => probe.loss(p, batch),
        nextBatch: (step) => {
          const random = Rng.from("probe", seed, step);
          const drawn = Array.from({length: BATCH}, () => random.integer(values.length));
          return [values, targets].map((rows) => tf.tensor2d(drawn.map((i) => rows[i])));
        },
        optimiser: adamW({weightDecay: 1e-2}),
        learningRate: learningRate({rate: 3e-3, steps, warmup: Math.min(20, steps)}),
        ...{steps, seed, signal},
        onProgress: ({step}) => progress.update(step),
      }),
    ),
  );
}

function ask(probe: TokenProbe, tokens: number[][]): {features: number[][]; read: number[][]} {
  return tf.tidy(() => {
    const {features, parameters} = probe.forward(probe.layout.bind(probe.weights), tf.tensor2d(tokens));
    return {features: features.arraySync() as number[][], read: parameters.arraySync() as number[][]};
  });
}

/** A map of test states by what a probe reads off their central token. */
export interface TokenMap {
  /** Two coordinates per state. */
  readonly places: readonly (readonly [number, number])[];
  /** Draw Figure 23: coloured by each parameter; by the lead time, too, if there is one parameter only. */
  figure(): Figure;
  /** Tabulate how much of each parameter's variance over the test states the probe reads off one token. */
  table(): TableRow[];
}

function mapFigure(scalars: readonly Scalar[], shown: Tokens, places: TokenMap["places"], words: string): Figure {
  const panels: PointColours[] = scalars.map(({name, symbol = name, log}, k) => ({
    title: symbol,
    values: shown.parameters.map((row) => row[k]),
    logarithmic: log,
  }));
  if (panels.length === 1) panels.push({title: "lead time τ", values: shown.leads});
  const caption = `${shown.values.length} random test states: t-SNE of the last hidden layer of a probe of central tokens, ${words}`;
  return figure23(places, panels, {caption});
}

/** Compute the share of a parameter's variance that the probe reads: R². */
function explained({targets}: Tokens, read: readonly number[][], k: number): number {
  const truth = targets.map((row) => row[k]);
  const rest = truth.reduce((sum, value, i) => sum + (value - read[i][k]) ** 2, 0) / truth.length;
  return 1 - rest / (variance(truth, "population") || 1);
}
