/** Stage 6: scores of every autoencoder, emulator and trivial forecast on the test trajectories, in physical units. */
import {inspect} from "node:util";
import type {NdArray} from "ndarray";
import {
  stack,
  Lazy,
  having,
  checkOptions,
  anything,
  flag,
  list,
  oneOf,
  optional,
  section,
  where,
  whole,
  type TableRow,
  sizeOf,
} from "@lola-ts/core";
import type {Autoencoder} from "lola/models";
import {autoencoderSource, type AutoencoderSource} from "./autoencoders";
import {datasetWith, type OpenContext} from "./context";
import {
  metricNames,
  optionalMetrics,
  firstFrame,
  spatialMean,
  trainingMean,
  type Forecast,
  horizons,
  horizonsRule,
  leadTimes,
  statisticRule,
  type Horizon,
  type LeadRow,
  type StatisticOptions,
  calibrationOf,
  type Calibration,
  onClimate,
  trainingDeviation,
  type Climate,
  reliabilityOf,
  type Reliability,
  toDataFrame,
  type DataFrame,
  withLabels,
  type Labels,
  type Result,
  scoreRows,
} from "lola/evaluate";
import {Random} from "@lola-ts/engine";
import {type Recipe, interruptible} from "@lola-ts/cache";
import type {Dataset} from "./dataset";
import {emulatorName} from "./emulators";
import {autoencodersOf, chooseMethods, methodName, methodsRule, type MethodChoice} from "./methods";
import {autoencode, keyOn} from "./latents";
import {rolloutSource} from "./ensembles";
import type {Config} from "../config";
import {configChanges} from "../changes";
import {nameOf} from "../description";
import {
  evaluationRecipe,
  isScored,
  knownBefore,
  scoreForecast,
  scoreOne,
  type Contestant,
  type MethodScores,
} from "../scoring/score";
import {decodeRollout, type RolloutSource} from "./rollouts";
import {
  checkSimulators,
  simulatorContestant,
  simulatorsRule,
  type SimulatorChoice,
  type SimulatorStart,
} from "./simulators";

export interface ResultOptions extends StatisticOptions {
  /** Default: the configuration's. */
  readonly spans?: readonly Horizon[];
}

const resultRule = section<ResultOptions>({statistic: optional(statisticRule), spans: optional(horizonsRule)});

export interface StateChoice {
  /** Names in tables. Default: all. */
  readonly methods?: readonly string[];
}

/** Scores of all methods. */
export class Evaluation {
  constructor(
    private readonly config: Config,
    readonly scores: readonly MethodScores[],
    /** Name of the experiment. Default: its configuration's. */
    readonly name = nameOf(config),
  ) {}

  [inspect.custom](): string {
    const names = this.scores.map(({labels: {method, compression}}) =>
      compression === undefined || compression === null ? method : `${method} ÷${compression}`,
    );
    return `Evaluation of ${names.join(", ")}`;
  }

  /**
   * Average over horizons, with standard errors over trajectories: the rows of Table 6.
   *
   * @param options `statistic`: "mean" (the default) or "median"; `spans`: horizons. Default: the configuration's.
   * @throws RangeError naming a horizon without any state, or an option that is unknown or has a wrong value.
   * @example const results = (await lab.evaluation()).results();
   */
  results(options: ResultOptions = {}): Result[] {
    checkOptions("results", resultRule, options);
    const {stride} = this.config;
    const {spans = this.config.horizons, statistic} = options;
    return this.scores.flatMap(({labels, rows}) => withLabels(horizons(rows, spans, stride, {statistic}), labels));
  }

  /** Take the scores of some test trajectories only, by their indices. @throws RangeError for one that has no scores. */
  of(trajectories: readonly number[]): Evaluation {
    const known = [...new Set(this.scores.flatMap(({rows}) => rows.map(({trajectory}) => trajectory)))];
    const rule = where(list(anything), `a list of the trajectories ${known.join(", ")}`, (all: number[]) =>
      all.every((one) => known.includes(one)),
    );
    checkOptions("of", rule, trajectories, "trajectories");
    const chosen = this.scores.map(({labels, rows, reconstruction, seed}) => ({
      labels,
      reconstruction,
      seed,
      rows: rows.filter(({trajectory}) => trajectories.includes(trajectory)),
    }));
    return new Evaluation(this.config, chosen, this.name);
  }

  /** List the lead times of the scored states, ascending, the first state's among them. */
  leadTimes(): number[] {
    const states = new Set(this.scores.flatMap(({rows}) => rows.map(({state}) => state * this.config.stride)));
    return [...states].sort((a, b) => a - b);
  }

  /**
   * Pool the ranks of the truth among the members of each ensemble: rank histogram, coverage and its mean error, and in
   * `reliability` how sure these are, one row per ensemble and horizon.
   *
   * @example await lab.show(calibration((await lab.evaluation()).calibrations()), {name: "calibration"});
   */
  calibrations(): (Labels & Calibration & {readonly reliability: Reliability})[] {
    const {horizons: spans, stride} = this.config;
    return this.scores.flatMap(({labels, rows}) => {
      const reliabilities = reliabilityOf(rows, spans, stride);
      return calibrationOf(rows, spans, stride).map((found, i) => ({
        ...labels,
        ...found,
        reliability: reliabilities[i],
      }));
    });
  }

  /** Add scores in units of the climate to all rows, see `onClimate`. */
  onClimate(climate: Climate): Evaluation {
    const scores = this.scores.map((one) => ({...one, rows: onClimate(one.rows, climate)}));
    return new Evaluation(this.config, scores, this.name);
  }

  /** Tabulate all scores in long format: a row per method, compression, horizon, field and metric. */
  rows(): TableRow[] {
    const {config, scores, name: lab} = this;
    const {system, preset, seed} = config;
    const changes = configChanges(config);
    return scoreRows(scores, config).map((row) => ({lab, system, preset, seed, changes, ...row}));
  }

  /**
   * Make a danfojs DataFrame of all scores, one row per method, compression, horizon, field ("all": their mean) and metric.
   *
   * @example
   * const frame = await (await lab.evaluation()).frame();
   * frame.query(frame.column("metric").eq("vrmse").and(frame.column("field").eq("all"))).print();
   */
  frame(): Promise<DataFrame> {
    return toDataFrame(this.rows());
  }

  /**
   * Tabulate every scored state: a row per method, trajectory, field and lead time with all metrics, and with the run, its
   * variant (what differs from the preset), seed, context states and reference. Metrics that a row does not have are null.
   *
   * @param choice methods to tabulate, by their names in tables. Default: all.
   * @throws RangeError for a method that is not scored, naming those that are.
   */
  stateRows(choice: StateChoice = {}): TableRow[] {
    const names = oneOf([...new Set(this.scores.map(({labels}) => labels.method))]);
    checkOptions("stateRows", section<StateChoice>({methods: optional(list(names))}), choice);
    const {methods} = choice;
    const {system, preset, stride, rollout, metrics} = this.config;
    const shared = {run: this.name, system, preset, variant: configChanges(this.config)};
    const options = {context: rollout.context ?? 1, reference: metrics?.reference ?? "states"};
    const chosen = this.scores.filter(({labels}) => methods?.includes(labels.method) ?? true);
    return chosen.flatMap(({labels: {method, space, compression}, seed, rows}) =>
      rows.map(({trajectory, field, state, ...numbers}): TableRow => ({
        ...shared,
        ...{seed: seed ?? null, method, space, compression, ...options},
        ...{trajectory, field, state, "lead time": state * stride},
        ...Object.fromEntries(STATE_NUMBERS.map((name) => [name, finite(numbers[name])])),
      })),
    );
  }

  /** Make a danfojs DataFrame of every scored state, see {@link stateRows}. */
  stateFrame(choice: StateChoice = {}): Promise<DataFrame> {
    return toDataFrame(this.stateRows(choice));
  }

  /**
   * Average at each lead time, with standard errors over trajectories: the curves of Figure 5. Bands of the spectrum are
   * medians, because nearly empty rings rule their means; `spread` and `ratio` hold the factor of Eq. 13, so that a ratio of 1
   * means calibrated.
   */
  curves(): {method: string; compression?: number; rows: LeadRow[]}[] {
    return this.scores
      .filter(({reconstruction}) => !reconstruction)
      .map(({labels: {method, compression}, rows}) => {
        const later = rows.filter(({state}) => state > 0);
        const means = leadTimes(later, this.config.stride);
        const medians = leadTimes(later, this.config.stride, {statistic: "median"});
        const joined = means.map((row, i) => ({
          ...row,
          ...{low: medians[i].low, mid: medians[i].mid, high: medians[i].high},
          ...{"low ±": medians[i]["low ±"], "mid ±": medians[i]["mid ±"], "high ±": medians[i]["high ±"]},
        }));
        return {method, compression: compression ?? undefined, rows: joined};
      });
  }
}

const datasetRule = having("a dataset", "read", "wells", "testWindow");

/**
 * Name the parameters of each scored test trajectory: trajectories of the same parameters are a block of the judge.
 *
 * @example verdicts(results, {methods: ["diffusion", "neural solver"], about: "models", blocks: parameterBlocks(dataset)})
 */
export function parameterBlocks(dataset: Dataset): string[] {
  checkOptions("parameterBlocks", datasetRule, dataset, "dataset");
  return dataset.testTrajectories.map((n) => JSON.stringify(dataset.wells.test.trajectories[n].scalars));
}

/**
 * Read the states of a test trajectory that are rolled out, in physical units.
 *
 * @param trajectory its index in the test split; those that are scored are `dataset.testTrajectories`.
 * @returns [T, X, Y(, Z), C]: the context and all states that follow, from the initial state on by default.
 * @throws RangeError if there is no such trajectory.
 * @example const truth = testTrajectory(dataset, dataset.testTrajectories[0]);
 */
export function testTrajectory(dataset: Dataset, trajectory: number): NdArray<Float32Array> {
  checkOptions("testTrajectory", datasetRule, dataset, "dataset");
  checkOptions("testTrajectory", whole({min: 0, max: dataset.wells.test.length - 1}), trajectory, "trajectory");
  return dataset.read("test", trajectory, dataset.testWindow);
}

/**
 * Encode and decode a test trajectory, in physical units.
 *
 * @param trajectory its index in the test split.
 * @param options `random`: source of the noise that is added to latents. Default: no noise.
 * @returns [T, X, Y(, Z), C], the states of {@link testTrajectory}.
 */
export function reconstruction(
  dataset: Dataset,
  autoencoder: Autoencoder,
  trajectory: number,
  options: {random?: Random} = {},
): NdArray<Float32Array> {
  return autoencode(dataset, autoencoder, testTrajectory(dataset, trajectory), options);
}

export interface Contestants {
  readonly autoencoders: readonly (AutoencoderSource & {readonly label?: string})[];
  readonly rollouts: readonly RolloutSource[];
  readonly simulators?: readonly SimulatorStart[];
  /** Whether trivial forecasts are scored too. */
  readonly trivial: boolean;
}

export interface EvaluationOptions {
  /** Emulators, each optionally with changes and a label. Default: all of the comparison. */
  readonly methods?: readonly MethodChoice[];
  /** Whether trivial forecasts are scored too; their mean needs the training split. Default: true. */
  readonly trivial?: boolean;
  /**
   * Whether `crpsClimate` and `energyClimate` are added: scores by the climate's deviation, for the training split. Default: false.
   */
  readonly climate?: boolean;
  /** Simulators to score beside them, started from the stored state or an autoencoder's, which is scored too. Default: none. */
  readonly simulators?: readonly SimulatorChoice[];
}

export const evaluationRule = section<EvaluationOptions>({
  methods: optional(methodsRule),
  trivial: optional(flag),
  climate: optional(flag),
  simulators: optional(simulatorsRule),
});

/** Find what an evaluation scores, and of which models the scores are missing. Models and rollouts are made when they are opened. */
export async function contestantsOf(
  context: OpenContext,
  {methods, trivial = true, simulators: started = []}: EvaluationOptions & Required<Pick<EvaluationOptions, "methods">>,
) {
  const {config, dataset} = context;
  const chosen = chooseMethods(config, methods);
  checkSimulators(config, started);
  const rollouts = chosen.map(({spec, changes, label}) => ({...rolloutSource(context, spec, changes), label}));
  const choices = autoencodersOf(chosen, started);
  const autoencoders = choices.map(({latentChannels, changes, label}) => {
    const source = autoencoderSource(context, latentChannels, changes);
    return {...source, label, key: keyOn(source.key, dataset)};
  });
  const simulators = started.map((choice) => ({
    choice,
    autoencoder: autoencoders.find(
      (one) => one.latentChannels === choice.latentChannels && one.label === "autoencoder",
    ),
  }));
  const contestants: Contestants = {autoencoders, rollouts, simulators, trivial};
  const recipes = learned(context, {autoencoders, rollouts}).map((one) => evaluationRecipe(context, one));
  const isScored = await Promise.all(recipes.map((recipe) => context.artifacts.has(recipe)));
  const missing = {
    autoencoders: choices.filter((_, i) => !isScored[i]),
    methods: methods.filter((_, i) => !isScored[choices.length + i]),
  };
  return {contestants, missing};
}

/** Score all contestants on all test trajectories. @param options `climate` adds scores in units of the climate's deviation. */
export async function evaluate(
  context: OpenContext,
  contestants: Contestants,
  {name, climate = false}: {readonly name?: string; readonly climate?: boolean} = {},
): Promise<Evaluation> {
  const scores: MethodScores[] = [];
  for (const contestant of allOf(context, contestants)) scores.push(await scoreForecast(context, contestant));
  const evaluation = new Evaluation(context.config, scores, name);
  return climate ? evaluation.onClimate(await obtainClimate(context)) : evaluation;
}

/** Score one test trajectory, which {@link evaluate} joins with the others. @throws RangeError if it is not drawn. */
export async function evaluateOne(context: OpenContext, contestants: Contestants, trajectory: number): Promise<void> {
  const {testTrajectories: known} = context.dataset;
  if (!known.includes(trajectory)) {
    throw new RangeError(
      `evaluateOne: expected one of the test trajectories ${known.join(", ")}, found ${String(trajectory)}.`,
    );
  }
  const rollouts = contestants.rollouts.map((source) => ({...source, open: () => source.open(trajectory, true)}));
  await interruptible(async (signal) => {
    for (const contestant of allOf(context, {...contestants, rollouts})) {
      signal.throwIfAborted();
      await scoreOne(context, contestant, trajectory);
      await new Promise(setImmediate);
    }
  });
}

/** List the test trajectories that are scored, as indices in the test split. */
export async function scoredTrajectories(context: OpenContext, contestants: Contestants): Promise<number[]> {
  const all = allOf(context, contestants);
  const scored: number[] = [];
  for (const trajectory of context.dataset.testTrajectories) {
    const found = await Promise.all(all.map((one) => isScored(context, one, trajectory)));
    if (found.every(Boolean)) scored.push(trajectory);
  }
  return scored;
}

function allOf(context: OpenContext, contestants: Contestants): Contestant[] {
  return [...learned(context, contestants), ...(contestants.trivial ? trivial(context) : [])];
}

function learned(
  context: OpenContext,
  {autoencoders, rollouts, simulators = []}: Omit<Contestants, "trivial">,
): Contestant[] {
  const {config, dataset} = context;
  const {seed, metrics} = config;
  const known = knownBefore(config);
  const noise = (trajectory: number) =>
    metrics?.noisyLatents ? {random: Random.from("noisy latents", seed, trajectory)} : {};
  const reconstructions = autoencoders.map(({latentChannels, compression, key, label, get}): Contestant => ({
    name: `autoencoder-c${latentChannels}`,
    label,
    reconstruction: true,
    seed,
    labels: {method: "autoencoder", space: "latent", compression},
    inputs: [key],
    forecast: async (n) => stack([reconstruction(dataset, await get(), n, noise(n))]).lo(0, known),
  }));
  const referenceOf = (source?: AutoencoderSource) =>
    metrics?.reference === "autoencoded" &&
    source && {reference: async (n: number) => reconstruction(dataset, await source.get(), n).lo(known)};
  const forecasts = rollouts.map(({method, key, label, seed: own, autoencoder, open}): Contestant => ({
    ...referenceOf(autoencoder),
    name: emulatorName(method),
    label,
    seed: own,
    labels: {
      method: methodName(method),
      space: autoencoder ? "latent" : "pixel",
      compression: autoencoder?.compression ?? 1,
    },
    inputs: [key],
    forecast: async (n) => {
      const rollout = await open(n);
      return decodeRollout(rollout, n, dataset.standardization, rollout.autoencoder, noise(n)).lo(0, known);
    },
  }));
  const restarted = simulators.map((start) => ({
    ...simulatorContestant(context, start),
    ...referenceOf(start.autoencoder),
  }));
  return [...reconstructions, ...forecasts, ...restarted];
}

function trivial(context: OpenContext): Contestant[] {
  const mean = new Lazy(() => obtainTrainingMean(context));
  const labels = (method: string) => ({method, space: "", compression: null}) as const;
  return [
    {name: "first-frame", labels: labels("first frame"), inputs: [], forecast: (_, truth) => firstFrame(truth)},
    {name: "spatial-mean", labels: labels("spatial mean"), inputs: [], forecast: (_, truth) => spatialMean(truth)},
    {name: "training-mean", labels: labels("training mean"), inputs: [], forecast: () => mean.get()},
  ];
}

/** Raise it when the mean is computed to other numbers. */
export const TRAINING_MEAN_VERSION = 1;

function* readTraining(dataset: Dataset, known: number): Generator<NdArray<Float32Array>> {
  const {start, length} = dataset.testWindow;
  const window = {start: start + known, length: length - known};
  for (let n = 0; n < dataset.wells.train.length; n++) yield dataset.read("train", n, window);
}

/** Compute (or load) the mean of the training trajectories from lead time 0 on, [1, T, X, Y(, Z), C] in physical units. */
export async function obtainTrainingMean(context: OpenContext): Promise<Forecast> {
  const {config, dataset, artifacts} = context;
  const {system, preset} = config;
  const known = knownBefore(config);
  const {testWindow} = dataset;
  const [, , ...state] = dataset.shape("test");
  const shape = [1, testWindow.length - known, ...state];
  const recipe: Recipe = {
    stage: "dataset",
    name: `${system}-${preset}-training-mean`,
    version: TRAINING_MEAN_VERSION,
    config: {window: testWindow, known},
    inputs: [dataset.key],
    bytes: 4 * sizeOf(shape),
  };
  const data = await artifacts.obtainFloats(
    recipe,
    async () => trainingMean(readTraining(await datasetWith(context, "train"), known)).data,
  );
  return {data, shape};
}

/** Compute (or load) the climate of the training trajectories: the deviation of each field at each state from lead time 0 on. */
export async function obtainClimate(context: OpenContext): Promise<Climate> {
  const {config, dataset, artifacts} = context;
  if (config.metrics?.ensemble === "members") {
    throw new RangeError('evaluation: expected metrics.ensemble "mean" where climate is true, found "members".');
  }
  const known = knownBefore(config);
  const recipe: Recipe = {
    stage: "dataset",
    name: `${config.system}-${config.preset}-climate`,
    version: TRAINING_MEAN_VERSION,
    config: {window: dataset.testWindow, known, deviation: "climate"},
    inputs: [dataset.key],
  };
  const deviation = await artifacts.obtainJson(recipe, async () => {
    const mean = await obtainTrainingMean(context);
    return trainingDeviation(readTraining(await datasetWith(context, "train"), known), mean);
  });
  return {fields: dataset.wells.test.channels, deviation, epsilon: config.metrics?.epsilon};
}

const STATE_NUMBERS = [...metricNames, ...optionalMetrics] as const;

/** A number that is undefined, as the spread of a single forecast, has no value in a table. */
const finite = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
