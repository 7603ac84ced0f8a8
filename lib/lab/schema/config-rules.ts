/** The table of all options: which values each may have. A new option of `Config` does not compile without its line here. */
import {lossNames} from "../../models/reconstruction-loss";
import {systemNames} from "../../systems/registry";
import type {LabelOptions} from "../../systems/label";
import type {
  AutoencoderPreset,
  Config,
  EmulatorPreset,
  LabelConfig,
  MetricConfig,
  ObjectiveConfig,
  RolloutConfig,
  SymmetryConfig,
  TrainingConfig,
} from "../config";
import type {AutoencoderChanges} from "../stages/autoencoders";
import type {EmulatorChanges} from "../stages/emulators";
import {orderRule, schemeRule} from "../../diffusion/samplers/sampler";
import {autoencoderRules} from "../../models/autoencoder";
import {attentionPatterns, valueResiduals} from "../../nn/vit";
import {precisions} from "../../tensor/ops/precision";
import {scheduleRule} from "../../runs/run-rules";
import {RECIPES} from "../presets/recipe";
import {dataRule} from "./data-rules";
import {
  allowMissing,
  anything,
  choose,
  count,
  countsByNumber,
  flag,
  list,
  number,
  oneOf,
  optional,
  section,
  tagged,
  text,
  where,
  whole,
  type Rules,
  type RulesOf,
} from "../../core/options/rules";

const seed = whole({min: 0});
const share = number({min: 0, below: 1});
const variance = oneOf(["unbiased", "population"]);
const above0 = number({above: 0});
const min0 = number({min: 0});

const schedule: RulesOf<Omit<TrainingConfig, "steps">> = {
  optimiser: oneOf(["adamw", "soap", "psgd"]),
  learningRate: above0,
  batch: count,
  warmup: whole({min: 0}),
  decay: optional(oneOf(["constant", "linear", "cosine", "exponential"])),
  epoch: optional(count),
  weightDecay: optional(min0),
  clip: above0,
  ema: optional(share),
  microBatches: optional(count),
  weights: optional(oneOf(["float32", "float16"])),
};

const training: RulesOf<TrainingConfig> = {...schedule, steps: count};

// Channels of pixels are the dataset's, and those of latents are the question.
const {pixChannels: _pixels, latChannels: _latents, ...autoencoderModel} = autoencoderRules;

const lossName = oneOf(lossNames);
const loss = choose((found) =>
  typeof found === "object" && found !== null
    ? section(allowMissing(Object.fromEntries(lossNames.map((name) => [name, min0]))))
    : lossName,
);

const autoencoder: RulesOf<AutoencoderPreset> = {
  model: section(autoencoderModel),
  loss: optional(loss),
  lossVariance: optional(variance),
  training: section(schedule),
  steps: countsByNumber,
};

const emulator: RulesOf<EmulatorPreset> = {
  hidChannels: count,
  hidBlocks: count,
  attentionHeads: count,
  ffnFactor: above0,
  embFeatures: where(count, "an even whole number of 2 or more", (features: number) => features % 2 === 0),
  dropout: share,
  patchSize: count,
  checkpointing: optional(flag),
  precision: optional(oneOf(precisions)),
  valueResidual: optional(oneOf(valueResiduals)),
  attention: optional(oneOf(attentionPatterns)),
  qkNorm: optional(flag),
  rope: optional(flag),
  training: section(training),
};

const poisson = number({above: 0, max: 500});
const contexts = tagged("kind", {
  truncated: {lambda: optional(poisson)},
  wrapped: {
    lambda: optional(poisson),
    rho: optional(number({min: 0, max: 1})),
    atLeast: optional(whole({min: 0})),
  },
});

const times = tagged("kind", {
  uniform: {min: optional(number({min: 0, max: 1})), max: optional(number({min: 0, max: 1}))},
  "logit-normal": {mean: optional(number()), deviation: optional(above0)},
});

const objective: RulesOf<ObjectiveConfig> = {
  over: optional(oneOf(["all", "generated"])),
  weight: optional(oneOf(["variance", "none"])),
  times: optional(times),
  contextNoise: optional(min0),
  unroll: optional(count),
  members: optional(whole({min: 2})),
  alpha: optional(number({min: 0, max: 1})),
};

const rollout: RulesOf<RolloutConfig> = {
  members: count,
  steps: count,
  order: orderRule,
  sampler: optional(schemeRule),
  trajectories: count,
  context: optional(count),
  overlap: optional(count),
  start: optional(whole({min: 0})),
  contextSource: optional(oneOf(["model", "input"])),
  perturbation: optional(min0),
  symmetries: optional(flag),
};

const metrics: RulesOf<MetricConfig> = {
  epsilon: optional(min0),
  variance: optional(variance),
  ratio: optional(oneOf(["paper", "code"])),
  spectralEpsilon: optional(min0),
  mass: optional(flag),
  firstWavenumber: optional(oneOf(["inclusive", "official"])),
  spectrum: optional(oneOf(["power", "cross"])),
  ensemble: optional(oneOf(["mean", "members"])),
  noisyLatents: optional(flag),
  reference: optional(oneOf(["states", "autoencoded"])),
};

const symmetries: RulesOf<SymmetryConfig> = {flip: optional(flag), permute: optional(flag), roll: optional(flag)};
const label: RulesOf<LabelConfig & LabelOptions> = {logT0: optional(flag), boundary: optional(flag)};

const rates = "a list of whole numbers of 1 or more, the largest first and none twice";
const span = where(
  list(min0, {length: 2}),
  "a pair [from, to] of lead times with from <= to",
  ([from, to]: [number, number]) => from <= to,
);

const config: RulesOf<Config> = {
  system: oneOf(systemNames),
  preset: oneOf(["smoke", "tour", "mini", "paper"]),
  seed,
  threads: whole({min: 0}),
  data: dataRule,
  memory: optional(min0),
  stride: count,
  standardization: optional(oneOf(["fitted", "official"])),
  vector: optional(oneOf(["isotropic", "component"])),
  label: optional(section(label)),
  augment: optional(section(symmetries)),
  mirrors: optional(oneOf(["equations", "all"])),
  latentChannels: where(list(count), rates, (all: number[]) => all.every((n, i) => i === 0 || n < all[i - 1])),
  autoencoder: section(autoencoder),
  copies: count,
  latentRolls: optional(flag),
  window: whole({min: 2}),
  contexts,
  schedule: scheduleRule,
  objective: optional(section(objective)),
  latent: section(emulator),
  pixel: optional(section(emulator)),
  rollout: section(rollout),
  metrics: optional(section(metrics)),
  horizons: list(span),
  ablationSteps: count,
};

/** Rule of a whole configuration. */
export const configRule = section(config);

const {system: _system, preset: _preset, ...changeable} = config;

/** Rule of the options of `openLab`. A change is checked with the configuration that it makes. */
export const labOptionsRule = section({
  system: optional(text),
  preset: optional(text),
  change: optional(choose((change) => (change === undefined ? section(changeable) : anything))),
  recipe: optional(oneOf(RECIPES)),
  pretrained: optional(flag),
  name: optional(text),
});

/** Rule of the options of `lab.with` besides the change. */
export const derivedOptionsRule = section({name: optional(text)});

const some = (rules: Rules) => optional(section(allowMissing(rules)));

const autoencoderChanges: RulesOf<AutoencoderChanges> = {
  model: some(autoencoderModel),
  training: some(schedule),
  steps: optional(count),
  seed: optional(seed),
  validation: optional(lossName),
};

/** Rule of the changes of one autoencoder's training. */
export const autoencoderChangesRule = section(autoencoderChanges);

const {trajectories: _trajectories, context: _context, start: _start, ...changeableRollout} = rollout;

const emulatorChanges: RulesOf<EmulatorChanges> = {
  from: optional(oneOf(["solver"])),
  seeds: optional(count),
  network: some(emulator),
  training: some(training),
  seed: optional(seed),
  autoencoder: optional(section(autoencoderChanges)),
  rollout: some(changeableRollout),
};

/** Rule of the changes of one emulator's training. */
export const emulatorChangesRule = section(emulatorChanges);
