/** Studies: variants of a model or of its sampler, most of them trained for a quarter of the preset's steps, and compared. */
import {canonicalText, having, checkOptions, count, flag, list, optional, section, type TableRow} from "@lola-ts/core";
import {configChanges, type Config, labRule, studiedPreset} from "@lola-ts/laboratory/stages";
import type {Lab} from "@lola-ts/laboratory";
import {type Sweep, type Overrides, measuredTrials, runSweep} from "@lola-ts/sweeps";
import {codeContext} from "lola/models";
import {type ErrorCurve, lines, type ErrorPanel, type Figure} from "@lola-ts/figures";
import {summary} from "lola/evaluate";

export interface StudyOptions {
  /** Trainings of each variant, from consecutive seeds. Default: 3, as those that come with the project. */
  readonly seeds?: number;
  /** Whether to train what is missing; false shows finished trials and the project's. Default: true. */
  readonly train?: boolean;
}

const rule = section<StudyOptions>({seeds: optional(count), train: optional(flag)});

/** Check the arguments of a study, and fill in the defaults. */
export function studyOptions(where: string, lab: Lab, options: StudyOptions): Required<StudyOptions> {
  checkOptions(where, labRule, lab, "lab");
  checkOptions(where, rule, options);
  const {seeds = 3, train = true} = options;
  return {seeds, train};
}

const quarter = (steps: number) => Math.ceil(steps / 4);

const isPreset = (config: Config) => configChanges(config) === "";

/**
 * Take a preset for what it was when the studies that come with the project were recorded; another configuration is what it is.
 *
 * @throws RangeError if it is no configuration.
 * @example const before = lab.with(asStudied);
 */
export function asStudied(config: Config): Config {
  checkOptions("asStudied", having("a configuration", "system", "preset"), config, "config");
  return isPreset(config) ? studiedPreset(config) : config;
}

/** Leave autoencoders and latent emulators a quarter of their training steps, from a preset {@link asStudied}. */
export function brieflyTrained(own: Config): Config {
  const config = asStudied(own);
  const {autoencoder, latent} = config;
  const steps = Object.fromEntries(
    Object.entries(autoencoder.steps).map(([channels, all]) => [channels, quarter(all)]),
  );
  const training = {...latent.training, steps: quarter(latent.training.steps)};
  return {...config, autoencoder: {...autoencoder, steps}, latent: {...latent, training}};
}

/**
 * Name the sweep of a study, by system and preset, so that it is found where it comes with the project; that of a changed
 * laboratory has a hash for a name.
 */
export function studyName({config}: Lab, name: string): {name?: string} {
  return isPreset(config) ? {name: `${name}-${config.system}-${config.preset}`} : {};
}

export interface VariantStudy {
  readonly sweep: Sweep;
  /** A row per variant: means over seeds, and the change of the VRMSE from the first, paired by seeds, with its verdict. */
  readonly rows: TableRow[];
  readonly caption: string;
}

/** What a study trains and measures. */
interface VariantPlan {
  /** Name of the function that asks, for errors. */
  readonly where: string;
  /** Name of the sweep, see `studyName`. */
  readonly name: string;
  /** Kind of the emulator. Default: diffusion. */
  readonly kind?: "diffusion" | "solver";
  /** What is changed, by its name; the first is the preset as it is. */
  readonly variants: Readonly<Record<string, Overrides>>;
  /** What is measured beside VRMSE and CRPS on 1:20. */
  readonly measure: string;
}

/** Train emulators at the middle rate in which one thing each is changed, with a quarter of the preset's steps. */
export async function variantStudy(
  lab: Lab,
  {where, name, kind = "diffusion", variants, measure}: VariantPlan,
  options: StudyOptions,
): Promise<VariantStudy> {
  const {seeds, train} = studyOptions(where, lab, options);
  const sweep = await runSweep(lab.with(brieflyTrained), Object.values(variants), {
    ...studyName(lab, name),
    methods: kind,
    measure: ["vrmse@1:20", "crps@1:20", measure],
    seeds,
    train,
  });
  const rows = sweep.rows({names: variants}).map(({method: _, "training, s": __, ...row}) => row);
  return {sweep, rows, caption: `A quarter of the preset's steps; changes are of VRMSE. ${sweep.caption}`};
}

/** What is changed, by its name; the first changes nothing. */
export const designVariants: Readonly<Record<string, Overrides>> = {
  unchanged: {},
  "queries and keys not normalised": {"latent.qkNorm": false},
  "no rotary angles": {"latent.rope": false},
  "value residual: first block's values": {"latent.valueResidual": "values"},
  "value residual: none": {"latent.valueResidual": "none"},
  "attention divided into space and time": {"latent.attention": "divided"},
  "contexts as in the code": {contexts: codeContext},
};

/**
 * Train diffusion models at the middle rate in which one design choice each is changed, three seeds paired with those of the
 * unchanged one, with a quarter of the preset's steps. Trainings that come with the project are read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; LabError `interrupted`.
 * @example
 * const {rows, caption} = await designChoices(lab);
 * await lab.showTable(rows, caption, {name: "design-choices"});
 */
export function designChoices(lab: Lab, options: StudyOptions = {}): Promise<VariantStudy> {
  const plan = {where: "designChoices", name: "design-choices", variants: designVariants, measure: "mid@1:20"};
  return variantStudy(lab, plan, options);
}

/** What is changed, by its name; the first changes nothing. */
export const recipeVariants: Readonly<Record<string, Overrides>> = {
  unchanged: {},
  "loss without weight": {"objective.weight": "none"},
  "schedule shifted by 2": {"schedule.shift": 2},
  "loss of generated states only": {"objective.over": "generated"},
  "noise of 0.1 on the context": {"objective.contextNoise": 0.1},
  "dropout of 0.05": {"latent.dropout": 0.05},
  "width 96": {"latent.hidChannels": 96},
  "eight augmented copies": {copies: 8},
  "no rolls of latents": {latentRolls: false},
  "moving average of 0.99": {"latent.training.ema": 0.99},
  "learning rate of 0.002": {"latent.training.learningRate": 2e-3},
  "learning rate of 0.008": {"latent.training.learningRate": 8e-3},
};

/**
 * Train diffusion models at the middle rate by other recipes, three seeds paired with the preset's, with a quarter
 * of its steps. Trainings that come with the project are read. Validation errors of other losses cannot be compared.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; LabError `interrupted`.
 * @example
 * const {rows, caption} = await recipeTrials(lab);
 * await lab.showTable(rows, caption, {name: "recipes"});
 */
export function recipeTrials(lab: Lab, options: StudyOptions = {}): Promise<VariantStudy> {
  const plan = {where: "recipeTrials", name: "recipes", variants: recipeVariants, measure: "validation"};
  return variantStudy(lab, plan, options);
}

/**
 * List what is changed in the training of a solver, by its name; the first changes nothing. A step through two
 * windows takes twice the passes of the network, so that with half of the steps there are as many.
 */
export function solverVariants(config: Config): Readonly<Record<string, Overrides>> {
  const {steps} = brieflyTrained(config).latent.training;
  return {
    unchanged: {},
    "two windows unrolled": {"objective.unroll": 2},
    "two windows unrolled, half of the steps": {
      "objective.unroll": 2,
      "latent.training.steps": Math.ceil(steps / 2),
    },
    "noise of 0.1 on the context": {"objective.contextNoise": 0.1},
  };
}

/**
 * Train solvers at the middle rate for their own output: through two windows of a forecast, or with noise on what they are
 * given; three seeds paired with the preset's, with a quarter of its steps. Trainings that come with the project are
 * read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; LabError `interrupted`.
 * @example
 * const {rows, caption} = await solverTrials(lab);
 * await lab.showTable(rows, caption, {name: "solver-recipes"});
 */
export async function solverTrials(lab: Lab, options: StudyOptions = {}): Promise<VariantStudy> {
  const where = "solverTrials";
  checkOptions(where, labRule, lab, "lab");
  const [from, to] = lab.config.horizons.at(-1)!;
  const variants = solverVariants(lab.config);
  return variantStudy(
    lab,
    {where, name: "solver-recipes", kind: "solver", variants, measure: `vrmse@${from}:${to}`},
    options,
  );
}

/**
 * Train diffusion models on patches of pixels, with the network and the steps of the pixel solver, and score them over the
 * first horizon.
 *
 * @throws RangeError if the configuration has no pixel solver, or if it is no laboratory, or an option is unknown or wrong; LabError `interrupted`.
 * @example
 * const pixels = await pixelDiffusion(lab);
 * await lab.showTable(pixels.rows(), pixels.caption);
 */
export async function pixelDiffusion(lab: Lab, options: StudyOptions = {}): Promise<Sweep> {
  const {seeds, train} = studyOptions("pixelDiffusion", lab, options);
  const horizon = lab.config.horizons[0].join(":");
  return runSweep(lab.with(asStudied), [{}], {
    ...studyName(lab, "pixel-diffusion"),
    methods: "diffusion-pixel",
    measure: [`vrmse@${horizon}`, `crps@${horizon}`],
    seeds,
    train,
  });
}

const ORDERS = [1, 2, 3];

/** Test trajectories and members, which make a rollout of 64 steps cost no more than one of 13 at the tour's size. */
const ROLLOUT = {trajectories: 8, members: 8};

const MEASURES = {"vrmse@1:20": "VRMSE, 1:20", "crps@1:20": "CRPS, 1:20", "mid@1:20": "Middle band's error, 1:20"};

export interface SamplerStudyOptions extends StudyOptions {
  /** Numbers of steps, a network call each. Default: 4, 8, 16, 32, 64, as those that come with the project. */
  readonly steps?: readonly number[];
}

/** Scores of a diffusion model under several samplers. */
export interface SamplerStudy {
  readonly sweep: Sweep;
  /** A row per order and number of steps: means over seeds. */
  readonly rows: TableRow[];
  readonly caption: string;
  /** Scores over the network calls of a window, one line per order. */
  figure(): Figure;
}

/**
 * Score the diffusion models of {@link designChoices}, as the preset has them, under Adams–Bashforth samplers of order 1 (which
 * is DDIM without added noise), 2 and 3, with 4 to 64 steps, one network call each. Nothing else is trained.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; LabError `interrupted`.
 * @example
 * const samplers = await samplerStudy(lab);
 * await lab.show(samplers.figure(), {name: "samplers", rows: samplers.rows});
 */
export async function samplerStudy(lab: Lab, options: SamplerStudyOptions = {}): Promise<SamplerStudy> {
  const {steps = [4, 8, 16, 32, 64], ...rest} = options;
  const {seeds, train} = studyOptions("samplerStudy", lab, rest);
  checkOptions("samplerStudy", list(count, {repeats: false}), steps, "steps");
  const space = {"rollout.order": ORDERS, "rollout.steps": steps};
  const brief = lab.with((config) => fewerRollouts(brieflyTrained(config)));
  const sweep = await runSweep(brief, space, {
    ...studyName(lab, "samplers"),
    methods: "diffusion",
    measure: Object.keys(MEASURES),
    seeds,
    train,
  });
  const rows = sweep.rows().map((row) => samplerRow(row));
  const caption = `A quarter of the preset's steps; ${Math.min(lab.config.rollout.members, ROLLOUT.members)} members. ${sweep.caption}`;
  return {sweep, rows, caption, figure: () => samplerFigure(rows, `${studied(lab, seeds)} Bars: standard errors.`)};
}

/** Say of what a figure shows means. */
function studied({config: {system, preset}}: Lab, seeds: number): string {
  return `Means of ${seeds} seeds; ${system}, preset ${preset}, a quarter of its steps.`;
}

function fewerRollouts(config: Config): Config {
  const {trajectories, members} = config.rollout;
  const rollout = {
    ...config.rollout,
    trajectories: Math.min(trajectories, ROLLOUT.trajectories),
    members: Math.min(members, ROLLOUT.members),
  };
  return {...config, rollout};
}

function samplerRow(row: TableRow): TableRow {
  const {"rollout.order": order, "rollout.steps": calls, seeds} = row;
  const scores = Object.keys(MEASURES).flatMap((name) => [name, `${name} ±`].map((key) => [key, row[key]]));
  return {order, "network calls": calls, seeds, ...(Object.fromEntries(scores) as TableRow)};
}

function samplerFigure(rows: readonly TableRow[], caption: string): Figure {
  const panels = Object.entries(MEASURES).map(([name, title]): ErrorPanel => {
    const curves = ORDERS.map((order) => {
      const own = rows.filter((row) => row.order === order);
      const column = (key: string) => own.map((row) => Number(row[key]));
      return {
        name: order === 1 ? "order 1 (DDIM)" : `order ${order}`,
        x: column("network calls"),
        y: column(name),
        error: column(`${name} ±`),
      };
    });
    return {x: "Network calls of a window", y: title, logarithmic: true, zoomed: true, curves};
  });
  return lines(panels, {caption});
}

/** Weight of the KL penalty, per latent value; the reconstruction error that it stands beside is of order 0.1. */
const WEIGHT = 1e-3;

export const latentFormVariants: Readonly<Record<string, Overrides>> = {
  saturation: {"autoencoder.model.saturation": "softclip2"},
  [`KL × ${WEIGHT}`]: {"autoencoder.model.saturation": "none", "autoencoder.model.kl": WEIGHT},
  none: {"autoencoder.model.saturation": "none"},
};

/** Shares of the quantiles that a density is drawn from. */
const SHARES = [
  0.001,
  0.005,
  0.015,
  0.03,
  ...Array.from({length: 19}, (_, i) => (i + 1) / 20),
  0.97,
  0.985,
  0.995,
  0.999,
];

const MOMENTS = ["mean", "deviation", "kurtosis", "largest"] as const;
const [ERROR, SCORE] = ["vrmse@1:20", "crps@1:20"];

export interface LatentForms {
  readonly autoencoders: Sweep;
  readonly emulators: Sweep;
  /** A row per form: reconstruction, latents, emulation; ± is the standard error over seeds. */
  readonly rows: TableRow[];
  readonly caption: string;
  /** Densities of the latents beside the standard normal that diffusion starts from, the mean of their quantiles over seeds. */
  figure(): Figure;
}

/**
 * Train autoencoders whose latents are saturated, have a KL penalty, or neither, at the middle rate, three seeds each, and a
 * diffusion model on the latents of each; with a quarter of the preset's steps. Trainings that come with the project are read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; LabError `interrupted`.
 * @example
 * const forms = await latentForms(lab);
 * await lab.showTable(forms.rows, forms.caption, {name: "latent-forms"});
 * await lab.show(forms.figure(), {name: "latent-forms-densities"});
 */
export async function latentForms(lab: Lab, options: StudyOptions = {}): Promise<LatentForms> {
  const {seeds, train} = studyOptions("latentForms", lab, options);
  const brief = lab.with(brieflyTrained);
  const variants = Object.values(latentFormVariants);
  const statistics = [...MOMENTS, ...SHARES].map((one) => `latents.${one}`);
  const autoencoders = await runSweep(brief, variants, {
    ...studyName(lab, "latent-forms"),
    methods: "autoencoder",
    measure: ["vrmse", ...statistics],
    seeds,
    train,
  });
  const emulators = await runSweep(brief, variants, {
    ...studyName(lab, "latent-forms-emulators"),
    methods: "diffusion",
    measure: [ERROR, SCORE],
    seeds,
    train,
    autoencoders: "own",
  });
  const caption = `A quarter of the preset's steps; latents and reconstruction: validation states. ${emulators.caption}`;
  return {
    autoencoders,
    emulators,
    rows: rowsOf(autoencoders, emulators),
    caption,
    figure: () => densities(autoencoders, `All latents of the validation split. ${studied(lab, seeds)}`),
  };
}

const EMULATED = [ERROR, `${ERROR} ±`, SCORE, `${SCORE} ±`, "change, %", "change, % ±", "corrected p"];

function rowsOf(autoencoders: Sweep, emulators: Sweep): TableRow[] {
  const names = latentFormVariants;
  const emulated = emulators.rows({names});
  return autoencoders.rows({names}).map((row): TableRow => {
    const other = emulated.find(({variant}) => variant === row.variant) ?? {};
    return {
      latents: row.variant,
      "reconstruction VRMSE": row.vrmse,
      "reconstruction VRMSE ±": row["vrmse ±"],
      ...(Object.fromEntries(MOMENTS.map((name) => [name, row[`latents.${name}`]])) as TableRow),
      ...(Object.fromEntries(EMULATED.map((name) => [name, other[name] ?? null])) as TableRow),
    };
  });
}

function densities(autoencoders: Sweep, caption: string): Figure {
  const trials = measuredTrials(autoencoders.trials);
  const forms = Object.entries(latentFormVariants).flatMap(([name, overrides]): ErrorCurve[] => {
    const own = trials.filter((trial) => canonicalText(trial.overrides) === canonicalText(overrides));
    if (own.length === 0) return [];
    const quantiles = SHARES.map(
      (share) => summary(own.map(({measured}) => measured.values[`latents.${share}`])).value,
    );
    const between = quantiles.slice(1).map((value, i) => [quantiles[i], value]);
    return [
      {
        name,
        x: between.map(([low, high]) => (low + high) / 2),
        y: between.map(([low, high], i) => (SHARES[i + 1] - SHARES[i]) / (high - low)),
      },
    ];
  });
  const x = Array.from({length: 41}, (_, i) => (i - 20) / 5);
  const normal = {name: "standard normal", x, y: x.map((z) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI))};
  return lines([{x: "z (dimensionless)", y: "Density", curves: [normal, ...forms]}], {caption});
}
