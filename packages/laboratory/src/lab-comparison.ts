/** Tables and figures of several laboratories that were scored on the same test trajectories. */
import {
  checkOptions,
  anything,
  number,
  optional,
  section,
  text,
  whole,
  figuresFolder,
  type TableRow,
} from "@lola-ts/core";
import type {NdArray} from "ndarray";
import {ensembleMember, type ScoredMetric, metricRule, pairedTable, type Result} from "lola/evaluate";
import {
  figure5,
  type MetricsOptions,
  trainingCurve,
  type TrainingOptions,
  animateTrajectories,
  type AnimatedFigure,
  displayedView,
  figureRules,
  rateLabel,
  type Figure,
  type FigureOptions,
} from "@lola-ts/figures";
import type {Autoencoder} from "lola/models";
import {configChanges} from "./changes";
import type {Config} from "./config";
import {Presenter} from "./notebook/display";
import type {Dataset} from "./stages/dataset";
import {parameterBlocks, testTrajectory, type Evaluation} from "./stages/evaluation";
import {decodeRollout, type Rollout} from "./stages/rollouts";
import {validationCurve, type Trained} from "./stages/training";
import {artifactKey} from "@lola-ts/cache";

/** A laboratory under its name, with all that was trained and scored. */
export interface ComparedLab {
  readonly name: string;
  readonly config: Config;
  readonly dataset: Dataset;
  readonly evaluation: Evaluation;
  readonly autoencoders: readonly (Trained<Autoencoder> & {readonly label: string})[];
  /** In the order of `rollouts`. */
  readonly emulators: readonly (Pick<Trained<unknown>, "history"> & {readonly label: string})[];
  readonly rollouts: readonly Rollout[];
}

/** Which methods a figure shows. */
export interface Selection {
  /** "diffusion", "neural solver", or the label of another one. Default: all. */
  method?: string;
  /** Compression rate, 1 in pixel space. Default: all. */
  compression?: number;
}

export interface StateSelection {
  /** Index in the test split, one of `dataset.testTrajectories`. Default: the first of them. */
  trajectory?: number;
}

/** A trajectory in physical units with its name, [L, X, Y(, Z), C]. */
export interface NamedTrajectory {
  /** "wide: diffusion", or "ground truth". */
  readonly label: string;
  readonly method: string;
  readonly compression?: number;
  readonly states: NdArray<Float32Array>;
}

const method = optional(text);
const compression = optional(number({above: 0}));
const trajectory = optional(whole({min: 0}));
const own = optional(anything); // figures check the values of their options
const trajectoryRule = section({method, compression, trajectory});
const pictureRule = section({method, compression, trajectory, ...figureRules});
const scoreRule = section<Selection & MetricsOptions>({
  method,
  compression,
  ...figureRules,
  top: own,
  statistic: own,
});
const curveRule = section<Selection & TrainingOptions>({
  method,
  compression,
  ...figureRules,
  window: own,
  loss: own,
  height: own,
});

/** Laboratories beside each other; `show` and its like write to a folder of their own under .out/. */
export class LabComparison extends Presenter {
  constructor(
    readonly labs: readonly ComparedLab[],
    readonly metric: ScoredMetric = "vrmse",
  ) {
    super();
  }

  /** Folder of figures and tables: .out/system-names-hash/figures, with the first 100 characters of the names. */
  get folder(): string {
    const {config} = this.labs[0];
    const names = this.labs.map(({name}) => name.replace(/[^\w.]+/g, "-")).join("-and-");
    const hash = artifactKey(this.labs.map(({config}) => config)).slice(0, 8);
    return figuresFolder(`${config.system}-${names.slice(0, 100)}-${hash}`);
  }

  /** One line for captions: the system, then preset, seed and changes of each laboratory. */
  get caption(): string {
    const [{config, dataset}] = this.labs;
    const words = this.labs.map(({name, config}) => {
      const {preset, seed} = config;
      return `${name}: preset ${preset}, seed ${seed}, ${configChanges(config) || "unchanged"}`;
    });
    const count = dataset.testTrajectories.length;
    return `${config.system}, ${count} test ${count === 1 ? "trajectory" : "trajectories"}. ${words.join(". ")}.`;
  }

  /**
   * Tabulate a metric: a row per method, compression and horizon with each laboratory's value, its change from the first
   * with the standard error over paired test trajectories, and the judge's verdict on these trained models. Rows with
   * the same scores in all laboratories are left out and not tested, unless there are no others.
   *
   * @param metric Default: the comparison's.
   * @example await both.showTable(both.table(), both.caption, {name: "vrmse"});
   */
  table(metric: ScoredMetric = this.metric): TableRow[] {
    checkOptions("table", metricRule, metric, "metric");
    const named = this.labs.map(({name, evaluation}) => ({
      name,
      results: evaluation.results().filter((result) => result.metric === metric && result.compression !== null),
    }));
    const textOf = ({method, compression, horizon, samples}: Result) =>
      JSON.stringify([method, compression, horizon, samples]);
    const texts = named.map(({results}) => new Set(results.map(textOf)));
    const isShared = (result: Result) => texts.every((lab) => lab.has(textOf(result)));
    const differing = named.map(({name, results}) => ({name, results: results.filter((result) => !isShared(result))}));
    const shown = differing.every(({results}) => results.length === 0) ? named : differing;
    return pairedTable(shown, metric, parameterBlocks(this.labs[0].dataset));
  }

  /**
   * Draw Figure 5 of all laboratories, each in its own colour and marker; a curve that all share is drawn once, as that of
   * "all". Trivial forecasts are the first laboratory's.
   *
   * @param options methods to show, and options of `figure5`.
   * @example await both.show(both.figure5({method: "diffusion", compression: 20}), {name: "figure-05"});
   */
  figure5(choice: Selection & MetricsOptions = {}): Figure {
    checkOptions("figure5", scoreRule, choice);
    const {method, compression, ...options} = choice;
    const all = this.labs.flatMap(({name, evaluation}, i) =>
      evaluation
        .curves()
        .filter((curve) => (curve.compression === undefined ? i === 0 : isChosen(curve, {method, compression})))
        .map((curve) => (curve.compression === undefined ? curve : {...curve, lab: name})),
    );
    const curves = once(all, this.labs.length, ({rows}) => rows);
    if (!curves.some(({compression}) => compression !== undefined)) this.refuse("figure5", {method, compression});
    return figure5(curves, {statistic: "median", caption: `Grey: trivial forecasts. ${this.caption}`, ...options});
  }

  /**
   * Draw the training curves of all laboratories over each other; a training that all share is drawn once.
   *
   * @param options methods to show ("autoencoder" for those of autoencoders), and options of `trainingCurve`. Default: all
   *   emulators.
   * @example await both.show(both.curves({method: "diffusion"}), {name: "training"});
   */
  curves(choice: Selection & TrainingOptions = {}): Figure {
    checkOptions("curves", curveRule, choice);
    const {method, compression, ...options} = choice;
    const ofAutoencoders = ({autoencoders}: ComparedLab) =>
      method === "autoencoder" || autoencoders.some(({label}) => label === method);
    const trained = this.labs.flatMap((lab) => trainings(lab, ofAutoencoders(lab)));
    const chosen = trained.filter((run) => isChosen(run, {method, compression}));
    const runs = once(chosen, this.labs.length, ({loss}) => loss).map((run) => ({
      ...run,
      label: `${run.lab}: ${run.method} ${rateLabel(run.compression)}`,
    }));
    if (runs.length === 0) this.refuse("curves", {method, compression});
    return trainingCurve(runs, {caption: `Dots: validation. ${this.caption}`, ...options});
  }

  /**
   * Animate a test trajectory beside the forecasts of all laboratories, in the same colours; of an ensemble its first member.
   *
   * @example await both.show(both.animation({method: "diffusion", compression: 20}), {name: "animation"});
   */
  animation(choice: Selection & StateSelection & FigureOptions = {}): AnimatedFigure {
    checkOptions("animation", pictureRule, choice);
    const {method, compression, trajectory, ...options} = choice;
    const [{config, dataset}] = this.labs;
    const view = displayedView(dataset.system);
    const all = this.trajectories({method, compression, trajectory});
    const caption = `${view.name} of test trajectory ${this.testNumber(trajectory)}. ${this.caption}`;
    const named = all.map(({label, compression, states}) => ({
      name: compression === undefined ? label : `${label} ${rateLabel(compression)}`,
      states,
    }));
    return animateTrajectories(named, {view, time: (state) => `τ = ${state * config.stride}`, caption, ...options});
  }

  /**
   * Decode a test trajectory's forecasts by all laboratories, of an ensemble its first member, for pictures and animations.
   *
   * @returns the ground truth, then the forecasts by method and compression rate.
   */
  trajectories(choice: Selection & StateSelection = {}): NamedTrajectory[] {
    checkOptions("trajectories", trajectoryRule, choice);
    const number = this.testNumber(choice.trajectory);
    const made = this.labs.flatMap(({name, dataset: {standardization}, emulators, rollouts}) =>
      rollouts
        .map((rollout, i) => ({rollout, method: emulators[i].label, compression: rateOf(rollout)}))
        .filter((one) => isChosen(one, choice))
        .map(({rollout, method, compression}) => ({
          label: `${name}: ${method}`,
          method,
          compression,
          states: ensembleMember(decodeRollout(rollout, number, standardization, rollout.autoencoder, {members: 1}), 0),
        })),
    );
    if (made.length === 0) this.refuse("trajectories", choice);
    // The same methods of two laboratories are next to each other.
    made.sort((a, b) => a.method.localeCompare(b.method) || a.compression - b.compression);
    const truth = {label: "ground truth", method: "ground truth", states: testTrajectory(this.labs[0].dataset, number)};
    return [truth, ...made];
  }

  private testNumber(trajectory?: number): number {
    const known = this.labs[0].dataset.testTrajectories;
    if (trajectory === undefined) return known[0];
    if (known.includes(trajectory)) return trajectory;
    throw new RangeError(`compare: expected one of the test trajectories ${known.join(", ")}, found ${trajectory}.`);
  }

  private refuse(where: string, {method, compression}: Selection): never {
    const names = this.labs.flatMap(({rollouts, emulators, autoencoders}) => [
      ...autoencoders.map(({label, model}) => `${label} ${rateLabel(model.compression)}`),
      ...rollouts.map((rollout, i) => `${emulators[i].label} ${rateLabel(rateOf(rollout))}`),
    ]);
    const found = [method, compression === undefined ? undefined : rateLabel(compression)].filter(Boolean).join(" ");
    throw new RangeError(`${where}: expected one of ${[...new Set(names)].join(", ")}, found ${found || "none"}.`);
  }
}

function trainings({name, autoencoders, emulators, rollouts}: ComparedLab, ofAutoencoders: boolean) {
  const run = (method: string, compression: number, {history}: Pick<Trained<unknown>, "history">) => ({
    lab: name,
    method,
    compression,
    loss: Array.from(history.loss),
    validation: validationCurve(history),
  });
  if (ofAutoencoders) return autoencoders.map((trained) => run(trained.label, trained.model.compression, trained));
  return rollouts.map((rollout, i) => run(emulators[i].label, rateOf(rollout), emulators[i]));
}

/** Merge curves that are the same in all of `count` laboratories into one curve of all. */
function once<T extends {readonly lab?: string; readonly method: string; readonly compression?: number}>(
  all: readonly T[],
  count: number,
  valuesOf: (curve: T) => readonly unknown[],
): T[] {
  const texts = all.map((curve) => JSON.stringify([curve.method, curve.compression, valuesOf(curve)]));
  const isShared = (text: string) => texts.filter((other) => other === text).length === count;
  const different = all.filter((_, i) => !isShared(texts[i]));
  const shared = all.filter((_, i) => isShared(texts[i]) && texts.indexOf(texts[i]) === i);
  return [...different, ...shared.map((curve) => ({...curve, lab: "all"}))];
}

/** Compression rate of a rollout, 1 in pixel space. */
const rateOf = ({autoencoder}: Rollout) => autoencoder?.compression ?? 1;

function isChosen(one: {readonly method?: string; readonly compression?: number}, chosen: Selection): boolean {
  const {method = one.method, compression = one.compression} = chosen;
  return method === one.method && compression === one.compression;
}
