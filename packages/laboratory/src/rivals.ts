/** Which emulators decide the comparison of diffusion with the solver: more seeds, more members, and other ensembles. */
import {having, checkOptions} from "@lola-ts/core";
import type {Config} from "./config";
import {chooseMethods, methodsRule, middleRate, type MethodChoice} from "./stages/methods";
import {isDeterministic} from "./stages/rollouts";

/** Members of an ensemble that is compared closely: the mean of so many has 0.8 % more error than the mean of infinitely many. */
const MEMBERS = 64;

const SEEDS = 3;

const SOLVERS = 4;

/** Deviation of the noise on the latents that a perturbed solver starts from. It was not tuned. */
const PERTURBATION = 0.1;

/** Share of a solver's steps in which it is turned into a stochastic one. */
const RETROFIT = 0.2;

/**
 * List what is compared closely, at the middle compression rate: diffusion and solver with three seeds each, every seed
 * on an autoencoder of its own; both as ensembles whose members see a trajectory under symmetries; and three more ways to
 * make an ensemble of solvers: their seeds, noise on their first latent, and a stochastic solver made of a trained one,
 * beside a solver that was trained on for the same number of network passes.
 *
 * @example const scores = await lab.evaluation({methods: rivals(lab.config)});
 */
export function rivals(config: Config): MethodChoice[] {
  checkOptions("rivals", having("a configuration", "latentChannels", "latent", "seed"), config, "config");
  const {seed, latent, objective} = config;
  const latentChannels = middleRate(config);
  const {learningRate, steps} = latent.training;
  const own = (kind: MethodChoice["kind"], label: string, changes: MethodChoice["changes"]): MethodChoice => ({
    kind,
    latentChannels,
    label,
    changes,
  });
  const seeds = Array.from({length: SEEDS}, (_, i) => i);
  const from = (i: number) => ({seed: seed + i, ...(i > 0 && {autoencoder: {seed: seed + i}})});
  const training = {steps: Math.ceil(RETROFIT * steps), learningRate: learningRate / 3};
  const passes = objective?.members ?? 4;
  return [
    ...seeds.map((i) => own("diffusion", `diffusion, seed ${i}`, from(i))),
    ...seeds.map((i) => own("solver", `neural solver, seed ${i}`, from(i))),
    own("diffusion", `diffusion, ${MEMBERS} members`, {rollout: {members: MEMBERS}}),
    own("diffusion", "diffusion, symmetries", {rollout: {symmetries: true}}),
    own("solver", "neural solver, symmetries", {rollout: {symmetries: true}}),
    own("solver", `${SOLVERS} neural solvers`, {seeds: SOLVERS}),
    own("solver", "perturbed solver", {rollout: {perturbation: PERTURBATION}}),
    own("crps", "solver made stochastic", {from: "solver", training}),
    own("solver", "solver, trained on", {from: "solver", training: {...training, steps: passes * training.steps}}),
  ];
}

/**
 * List what needs no training, at every compression rate: the solver's answer dressed with noise and with residuals of the
 * validation split, diffusion's mean in latent space, decoded once, and one call of its denoiser.
 *
 * @example const scores = await lab.evaluation({methods: untrainedRivals(lab.config), trivial: false});
 */
export function untrainedRivals(config: Config): MethodChoice[] {
  checkOptions("untrainedRivals", having("a configuration", "latentChannels"), config, "config");
  return config.latentChannels.flatMap((latentChannels): MethodChoice[] => [
    {kind: "solver", latentChannels, label: "solver dressed with noise", changes: {rollout: {dressing: "noise"}}},
    {
      kind: "solver",
      latentChannels,
      label: "solver dressed with residuals",
      changes: {rollout: {dressing: "residuals"}},
    },
    {kind: "diffusion", latentChannels, label: "diffusion, mean of latents", changes: {rollout: {average: "latent"}}},
    {
      kind: "diffusion",
      latentChannels,
      label: "one call of the denoiser",
      changes: {rollout: {steps: 1, order: 1}},
    },
  ]);
}

/** Cost of a method. */
export interface RivalCost {
  /** Calls of its networks for a window, all members. */
  readonly calls: number;
  /** Training steps of all emulators behind it; autoencoders are shared. */
  readonly "training steps": number;
}

/**
 * List the cost of each method by its label.
 *
 * @throws RangeError for a method that cannot be.
 * @example const cost = rivalCosts(lab.config, rivals(lab.config))["4 neural solvers"];
 */
export function rivalCosts(config: Config, methods: readonly MethodChoice[]): Record<string, RivalCost> {
  checkOptions("rivalCosts", having("a configuration", "latent", "rollout"), config, "config");
  checkOptions("rivalCosts", methodsRule, methods, "methods");
  if (methods.length === 0) return {};
  const costs = chooseMethods(config, methods).map(({spec, changes, label}): [string, RivalCost] => {
    const rollout = {...config.rollout, ...changes.rollout};
    const models = changes.seeds ?? 1;
    const members = isDeterministic(rollout, spec) ? models : rollout.members;
    const own = (spec.latentChannels === null ? config.pixel : config.latent)!.training.steps;
    const steps = (changes.from ? own : 0) + (changes.training?.steps ?? own);
    return [
      label,
      {calls: members * (spec.kind === "diffusion" ? rollout.steps : 1), "training steps": models * steps},
    ];
  });
  return Object.fromEntries(costs);
}
