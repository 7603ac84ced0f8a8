/** Studies: variants of an emulator, each trained for a quarter of the preset's steps and compared with the preset's. */
import {having} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {count, flag, optional, section} from "../../core/options/rules";
import {configChanges} from "../changes";
import type {Config} from "../config";
import {type Lab, labRule} from "../lab";
import {studiedPreset} from "../presets/presets";
import type {TableRow} from "../../core/table";
import type {Overrides} from "../../sweep/space";
import type {Sweep} from "../sweep/sweep-result";
import {codeContext} from "../../models/context";

/** How a study is made. */
export interface StudyOptions {
  /** Trainings of each variant, from consecutive seeds. Default: 3, as those that come with the project. */
  readonly seeds?: number;
  /** Whether to train what is missing; false shows what is there, or came with the project. Default: true. */
  readonly train?: boolean;
}

const rule = section<StudyOptions>({seeds: optional(count), train: optional(flag)});

/**
 * Check the arguments of a study, and fill in the defaults.
 *
 * @throws RangeError naming what was expected.
 */
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

/** Trained variants of an emulator. */
export interface VariantStudy {
  readonly sweep: Sweep;
  /** A row per variant: means over seeds, the difference in VRMSE to the first, paired by seeds, and its p-value. */
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
  const sweep = await lab.with(brieflyTrained).sweep(Object.values(variants), {
    ...studyName(lab, name),
    methods: kind,
    measure: ["vrmse@1:20", "crps@1:20", measure],
    seeds,
    train,
  });
  const rows = sweep.rows({names: variants}).map(({method: _, "training, s": __, ...row}) => row);
  return {sweep, rows, caption: `A quarter of the preset's steps; differences are of VRMSE. ${sweep.caption}`};
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
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
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
 * Train diffusion models at the middle rate by other recipes, three seeds paired with those of the preset's, with a quarter
 * of its steps. Trainings that come with the project are read. Validation errors of other losses cannot be compared.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
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
 * given; three seeds paired with those of the preset's, with a quarter of its steps. Trainings that come with the project are
 * read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
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
 * @throws RangeError if the configuration has no pixel solver, or if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const pixels = await pixelDiffusion(lab);
 * await lab.showTable(pixels.rows(), pixels.caption);
 */
export async function pixelDiffusion(lab: Lab, options: StudyOptions = {}): Promise<Sweep> {
  const {seeds, train} = studyOptions("pixelDiffusion", lab, options);
  const horizon = lab.config.horizons[0].join(":");
  return lab.with(asStudied).sweep([{}], {
    ...studyName(lab, "pixel-diffusion"),
    methods: "diffusion-pixel",
    measure: [`vrmse@${horizon}`, `crps@${horizon}`],
    seeds,
    train,
  });
}
