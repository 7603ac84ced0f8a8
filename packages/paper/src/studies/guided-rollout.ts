/**
 * Rollouts of a trained diffusion model that follow observations of the true states, and the same without (paper, section 4,
 * Figure 6).
 */
import ndarray, {type NdArray} from "ndarray";
import {stack, checkOptions, anything, count, number, optional, section, Rng} from "@lola-ts/core";
import {unstandardize} from "lola/data";
import {KarrasDenoiser, observeDecoded, observer, type ObservationSpec, type Observer} from "lola/diffusion";
import {guidedEmulator, type GeneratedStates} from "lola/emulate";
import {evaluateRollout, type MetricRow} from "lola/evaluate";
import type {Autoencoder} from "lola/models";
import {tf} from "@lola-ts/engine";
import {type Lab, decodeStates, trajectoryAt} from "@lola-ts/laboratory";
import {
  labRule,
  middleRate,
  type Dataset,
  type Latents,
  obtainEnsemble,
  noiseOf,
  rolloutVersion,
  rolloutSettings,
  samplerSettings,
} from "@lola-ts/laboratory/stages";

export interface GuidedRolloutOptions {
  /** Observed part of each generated state. Default: none, an emulation without guidance. */
  readonly observation?: ObservationSpec;
  /** Deviation of the noise on observed values, which are standardised: 1 is a field's own deviation. Default: 0.01. */
  readonly noise?: number;
  /** Variance of observed values in the likelihood. Default: the noise's. */
  readonly varY?: number;
  /** Iterations of the linear solver. Default: 1. */
  readonly iterations?: number;
  /** Latent channels of the diffusion model. Default: the channels of the middle rate. */
  readonly latentChannels?: number;
  /** Number of the drawn test trajectories, from the first on. Default: 1. */
  readonly trajectories?: number;
  /** Members of each ensemble. Default: 1. */
  readonly members?: number;
  /** States to roll out, the first one included. Default: all. */
  readonly states?: number;
}

const rule = section<GuidedRolloutOptions>({
  observation: optional(anything),
  noise: optional(number({min: 0})),
  varY: optional(number({above: 0})),
  iterations: optional(count),
  latentChannels: optional(count),
  trajectories: optional(count),
  members: optional(count),
  states: optional(count),
});

/** Forecasts with and without guidance, and what they are compared with; states in physical units. */
export interface GuidedRollout {
  /** Indices of the trajectories in the test split. */
  readonly trajectories: readonly number[];
  /** [N, T, X, Y(, Z), C]. */
  readonly truth: NdArray<Float32Array>;
  /** Observations with their noise on the grid: [N, T, X, Y(, Z), C], NaN elsewhere and at state 0. None without guidance. */
  readonly observed?: NdArray<Float32Array>;
  /** [N, K, T, X, Y(, Z), C]. */
  readonly forecast: NdArray<Float32Array>;
  /** Scores of each trajectory, state and field. */
  readonly rows: readonly MetricRow[];
  /** Observed numbers per state and field. */
  readonly count: number;
  /** Variance of the observations in the likelihood; 0 without guidance. */
  readonly varY: number;
}

/** Standardised truth, observations of it, and the model that is guided. */
interface Setting {
  readonly dataset: Dataset;
  readonly trajectories: readonly number[];
  readonly window: {readonly start: number; readonly length: number};
  readonly autoencoder: Autoencoder;
  readonly latents: Latents;
  readonly seen?: {readonly instrument: Observer; readonly y: tf.Tensor; readonly varY: number};
}

/**
 * Roll a diffusion model out from the first state of test trajectories while noisy observations of the true states pull each
 * call towards them through the decoder (MMPS). Without `observation` the same noise gives the unguided emulation.
 *
 * @throws RangeError for options that do not fit each other or the dataset; LabError `interrupted`.
 * @example
 * const free = await guidedRollout(lab);
 * const guided = await guidedRollout(lab, {observation: {kind: "coarse", factor: 16}, noise: 0.1});
 */
export async function guidedRollout(lab: Lab, options: GuidedRolloutOptions = {}): Promise<GuidedRollout> {
  checkOptions("guidedRollout", labRule, lab, "lab");
  checkOptions("guidedRollout", rule, options);
  const {latentChannels = middleRate(lab.config), members = 1} = options;
  const setting = await prepare(lab, options, latentChannels);
  const {dataset, trajectories, window, autoencoder, seen} = setting;
  try {
    const states = await emulate(lab, setting, {...options, latentChannels, members});
    const decoded = decodeStates(autoencoder, states);
    const forecast = unstandardize(decoded, dataset.standardization);
    const truth = stack(trajectories.map((n) => dataset.read("test", n, window)));
    return {
      trajectories,
      truth,
      forecast,
      rows: trajectories.flatMap((trajectory, i) =>
        evaluateRollout(trajectoryAt(truth, i), trajectoryAt(forecast, i), {
          fields: dataset.wells.test.channels,
          trajectory,
        }),
      ),
      observed: seen && observedOf(setting),
      count: seen?.instrument.count ?? 0,
      varY: seen?.varY ?? 0,
    };
  } finally {
    seen?.y.dispose();
  }
}

/** Read the truth, and observe it. */
async function prepare(lab: Lab, options: GuidedRolloutOptions, latentChannels: number): Promise<Setting> {
  const {observation, noise = 0.01} = options;
  const dataset = await lab.dataset();
  const {model: autoencoder} = await lab.autoencoder(latentChannels);
  const latents = await lab.latents(latentChannels, "test");
  const {start, length} = dataset.testWindow;
  const window = {start, length: Math.min(options.states ?? length, length)};
  const trajectories = dataset.testTrajectories.slice(0, options.trajectories ?? 1);
  const setting = {dataset, trajectories, window, autoencoder, latents};
  if (!observation) return setting;
  const instrument = observer(observation, dataset.wells.test.grid);
  const random = Rng.from("observation noise", lab.config.seed);
  const truth = stack(trajectories.map((n) => dataset.source("test").read(n, window)));
  const y = tf.tidy(() => {
    const exact = instrument.observe(tf.tensor(truth.data, truth.shape));
    const noisy = Float32Array.from(exact.dataSync<"float32">(), (value) => value + noise * random.normal());
    return tf.tensor(noisy, exact.shape);
  });
  return {...setting, seen: {instrument, y, varY: options.varY ?? noise ** 2}};
}

type Emulation = GuidedRolloutOptions & {readonly latentChannels: number; readonly members: number};

/** Generate latents, [N, K, T, h, w(, d), C], or load them. */
async function emulate(lab: Lab, setting: Setting, options: Emulation): Promise<NdArray<Float32Array>> {
  const {config} = lab;
  const {latents, trajectories, window, seen} = setting;
  const {latentChannels, members, iterations = 1} = options;
  const {model, key} = await lab.emulator({kind: "diffusion", latentChannels});
  if (!(model instanceof KarrasDenoiser)) throw new Error("guidedRollout: expected a diffusion model, found another.");
  const {window: length, ...settings} = rolloutSettings(config);
  const {observation, noise = 0.01} = options;
  const recipe = {
    stage: "rollout",
    name: `${config.system}-${config.preset}-guided-c${latentChannels}`,
    title: `rollout, ${observation ? `guided, ${observation.kind}` : "not guided"}`,
    version: rolloutVersion(config),
    config: {
      trajectories: [...trajectories],
      window,
      members,
      seed: config.seed,
      length,
      sampler: samplerSettings(config),
      ...settings,
      ...(seen && {observation, noise, iterations, varY: seen.varY}),
    },
    inputs: [key, latents.key],
  } as const;
  const open = () =>
    guidedEmulator(model, {
      ...samplerSettings(config),
      seed: noiseOf(config),
      iterations,
      observe: seen ? observeDecoded(setting.autoencoder, seen.instrument.observe) : (x) => x,
      varY: seen?.varY ?? 0,
      observations: (states) => seen && observationsOf(seen.y, states, members),
    });
  const given = trajectories.map((n) => trajectoryAt(latents.states, n).lo(window.start).hi(settings.context));
  return obtainEnsemble(lab, recipe, open, {
    first: given,
    labels: trajectories.map((n) => latents.labels[n]),
    steps: window.length,
    members,
  });
}

/** Observations of the states that a call generates, one row for each member. */
function observationsOf(y: tf.Tensor, {from, to, row, rows}: GeneratedStates, members: number): tf.Tensor | undefined {
  const count = Math.min(to, y.shape[1]!) - from;
  if (count <= 0) return undefined;
  return tf.tidy(() => {
    const trajectories = Array.from({length: rows}, (_, i) => Math.floor((row + i) / members));
    const later = y.slice([0, from], [-1, count]);
    return tf.gather(later, tf.tensor1d(trajectories, "int32"));
  });
}

/** Lay observations out on the grid, in physical units; the first state is given, not observed. */
function observedOf({dataset, seen}: Setting): NdArray<Float32Array> {
  const {instrument, y} = seen!;
  const values = ndarray(y.dataSync<"float32">().slice(), y.shape);
  const each = Array.from({length: y.shape[0]}, (_, i) => {
    const all = instrument.layOut(trajectoryAt(values, i));
    all.data.fill(NaN, 0, all.size / all.shape[0]);
    return unstandardize(all, dataset.standardization);
  });
  return stack(each);
}
