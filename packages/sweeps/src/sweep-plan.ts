/** Plans of sweeps, models to train and measures, checked as a whole before anything starts. */
import {
  canonicalText,
  isPlainObject,
  checkOptions,
  count,
  either,
  flag,
  list,
  oneOf,
  optional,
  passing,
  section,
  text,
  whole,
  type RulesOf,
} from "@lola-ts/core";
import {overridesInWords, variantsOf, type Overrides, type Space} from "./space";
import {variantKey, measuredTrials, type EndedTrial, type MeasuredTrial, type Trial} from "./trial";
import {changesOf, inBrief, type Config, preset} from "@lola-ts/laboratory/stages";
import {artifactKey} from "@lola-ts/cache";
import {fileName, pointsOf, type PlanFile} from "./plan-file";
import {measuresOf, variantConfig} from "./trial-config";

export interface SweepOptions {
  /**
   * Models to measure: "autoencoder", "diffusion", "solver" or "crps", followed by "-16" for 16 latent channels or "-pixel".
   * Default: "autoencoder" if only its options and `latentChannels` vary, else "diffusion". Without a number of channels it is
   * the middle one of the variant's `latentChannels`.
   */
  methods?: string | readonly string[];
  /**
   * Measures, the first of which is to be small: "validation", "secondsPerStep", "seconds"; a reconstruction loss of an
   * autoencoder, "mae"; a score of an emulator over a horizon, "vrmse@1:20". Default: "validation".
   */
  measure?: string | readonly string[];
  /** Number of trainings of each variant, from consecutive seeds. Default: 1. */
  seeds?: number;
  /** Autoencoders under emulators: one for all seeds, or each seed's "own", trained from it as well. Default: "shared". */
  autoencoders?: "shared" | "own";
  /** Number of variants that are drawn at random from the space. Default: all combinations. */
  draws?: number;
  /** Values of options of the variant that others are compared with. Default: the first variant. */
  baseline?: Overrides;
  /** Trainings at a time. Default: as many as the cores allow. */
  parallel?: number;
  /** Name of its folder under data/sweeps/. Default: a hash of it. */
  name?: string;
  /** Whether to train and measure what is missing; false shows the finished trials. Default: true. */
  train?: boolean;
}

export interface SweepPlan {
  readonly name: string;
  readonly config: Config;
  readonly methods: readonly string[];
  readonly measures: readonly string[];
  readonly variants: readonly Overrides[];
  readonly seeds: number;
  readonly autoencoders?: "own";
  readonly baseline: Overrides;
  readonly parallel?: number;
  readonly train: boolean;
  /** The plan that it follows, and its trials in their order. Default: all methods with all variants and seeds. */
  readonly file?: PlanFile;
  readonly trials?: readonly Trial[];
}

const words = either(text, list(text, {repeats: false}));

const optionsRules: RulesOf<SweepOptions> = {
  methods: optional(words),
  measure: optional(words),
  seeds: optional(whole({min: 1, max: 1000})),
  autoencoders: optional(oneOf(["shared", "own"])),
  draws: optional(count),
  baseline: optional(passing("values of options", isPlainObject)),
  parallel: optional(count),
  name: optional(fileName),
  train: optional(flag),
};

export function planSweep(config: Config, space: Space, options: SweepOptions = {}): SweepPlan {
  checkOptions("sweep", section(optionsRules), options);
  const {seeds = 1, draws, parallel, name, train = true} = options;
  const variants = variantsOf("sweep", space, {draws, seed: config.seed});
  const areOfAutoencoder = variants.every((variant) => Object.keys(variant).every(isOfAutoencoder));
  const methods = asList(options.methods ?? (areOfAutoencoder ? "autoencoder" : "diffusion"));
  const measures = asList(options.measure ?? "validation");
  const own = options.autoencoders === "own" && {autoencoders: options.autoencoders};
  const definition = {config, methods, measures, variants, seeds, ...own};
  const baseline = options.baseline ?? variants[0];
  const plan = {...definition, name: name ?? artifactKey(definition).slice(0, 12), baseline, parallel, train};
  for (const variant of variants) {
    const changed = variantConfig(config, variant);
    for (const method of methods) measuresOf(changed, method, measures);
  }
  requireBaseline(plan);
  return plan;
}

/** Make a sweep of a plan: seed after seed, so that each prefix has all axes, and each training once. */
export function sweepOf(
  file: PlanFile,
  options: Pick<SweepPlan, "parallel" | "train"> = {train: true},
): SweepPlan & {readonly file: PlanFile} {
  const config = variantConfig(preset(file.system, file.preset), file.centre, file.name);
  const points = pointsOf(file);
  const seeds = Math.max(...points.map((point) => point.seeds));
  const trials = new Map<string, Trial>();
  for (let i = 0; i < seeds; i++) {
    for (const {method, overrides, seeds: count} of points) {
      const trial = {method, overrides, seed: config.seed + i};
      if (i < count) trials.set(`${variantKey(trial)} ${i}`, trial);
    }
  }
  const variants = [...new Map(points.map((point) => [canonicalText(point.overrides), point.overrides])).values()];
  return {
    name: file.name,
    config,
    methods: [...new Set(points.map(({method}) => method))],
    measures: file.measure,
    variants,
    seeds,
    baseline: points[0].overrides,
    ...options,
    file,
    trials: [...trials.values()],
  };
}

const asList = (words: string | readonly string[]): readonly string[] => (typeof words === "string" ? [words] : words);

const isOfAutoencoder = (path: string) => path.startsWith("autoencoder.") || path === "latentChannels";

function requireBaseline({baseline, variants}: SweepPlan): void {
  const wanted = Object.entries(baseline).map(([path, value]) => [path, canonicalText(value)] as const);
  const isThere = variants.some((variant) => wanted.every(([path, value]) => canonicalText(variant[path]) === value));
  if (isThere) return;
  throw new RangeError(`sweep: expected a variant with the baseline's ${overridesInWords(baseline)}, found none.`);
}

/** List the trials of a sweep: seed after seed, so that each seed's comparison is whole early. */
export function trialsOf(
  plan: Pick<SweepPlan, "config" | "methods" | "seeds" | "variants" | "trials">,
): readonly Trial[] {
  if (plan.trials) return plan.trials;
  const seedOf = (overrides: Overrides) => (overrides.seed as number | undefined) ?? plan.config.seed;
  return Array.from({length: plan.seeds}, (_, i) => i).flatMap((i) =>
    entriesOf(plan).map((entry) => ({...entry, seed: seedOf(entry.overrides) + i})),
  );
}

function entriesOf({methods, variants}: Pick<SweepPlan, "methods" | "variants">) {
  return methods.flatMap((method) => variants.map((overrides) => ({method, overrides})));
}

/** Sort trials as the sweep names their methods and variants, whatever ended first, and small seeds first. */
export function inPlanOrder<T extends Trial>(plan: Pick<SweepPlan, "methods" | "variants">, trials: readonly T[]): T[] {
  const places = new Map(entriesOf(plan).map((entry, place) => [variantKey(entry), place]));
  const place = (trial: T) => places.get(variantKey(trial)) ?? Infinity;
  return [...trials].sort((a, b) => place(a) - place(b) || a.seed - b.seed);
}

export const trialInWords = ({method, overrides, seed}: Trial): string =>
  [method, overridesInWords(overrides), `seed ${seed}`].filter(Boolean).join(", ");

function measuresInWords(measures: readonly string[]): string {
  const isQuantile = (name: string) => /^latents\.[01]/.test(name);
  const others = measures.filter((name) => !isQuantile(name));
  return [...others, ...(measures.some(isQuantile) ? ["quantiles of latents"] : [])].join(", ");
}

export function planInWords(plan: SweepPlan): string {
  const {config, methods, measures, variants, seeds, autoencoders, trials} = plan;
  const {system, preset} = config;
  const changes = inBrief(changesOf(config));
  return [
    `${methods.join(" and ")} of ${system}, preset ${preset}${changes && `, changed: ${changes}`}`,
    `${variants.length} variants, ${trials ? "up to " : ""}${seeds} ${seeds === 1 ? "seed" : "seeds"}${autoencoders ? ", of autoencoders too" : ""}`,
    `measured: ${measuresInWords(measures)}`,
  ].join("; ");
}

/** Count the trainings behind trials and their core-hours, seconds times threads: "18 trainings, 1 failed, 2.3 core-hours". */
export function trainingsInWords({threads: usual}: Pick<Config, "threads">, trials: readonly EndedTrial[]): string {
  const trained = distinctTrainings(trials);
  const failed = failedTrials(trials);
  const count = trained.length + failed;
  const threads = trained.map(({overrides}) => Number(overrides.threads ?? usual));
  const hours = trained.reduce((sum, {measured}, i) => sum + (measured.seconds * threads[i]) / 3600, 0);
  const [time, unit] = hours < 0.1 ? [60 * hours, "core-minute"] : [hours, "core-hour"];
  const spent = Number(time.toPrecision(2));
  return [
    `${count} ${count === 1 ? "training" : "trainings"}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(trained.length > 0 && !threads.includes(0) ? [`${spent} ${unit}${spent === 1 ? "" : "s"}`] : []),
  ].join(", ");
}

function distinctTrainings(trials: readonly EndedTrial[]): MeasuredTrial[] {
  return [...new Map(measuredTrials(trials).map((trial) => [trial.measured.key, trial])).values()];
}

const failedTrials = (trials: readonly EndedTrial[]): number => trials.length - measuredTrials(trials).length;

export function sweepInWords(plan: SweepPlan, trials: readonly EndedTrial[]): string {
  const fromProject = trials.filter((trial) => trial.shipped);
  const shipped = distinctTrainings(fromProject).length + failedTrials(fromProject);
  const origin = `${shipped} of them came with the project, trained elsewhere`;
  return [
    planInWords(plan),
    ...(trials.length > 0 ? [trainingsInWords(plan.config, trials)] : []),
    ...(shipped > 0 ? [origin] : []),
  ].join("; ");
}
