/**
 * The paper's recipe at any size: how models are trained, without how large they are.
 *
 * The small presets deviate from the paper to learn something in minutes (docs/presets.md lists how). This undoes it:
 * loss, optimiser, learning rates, regularisation, contexts, schedule, symmetries and copies become those of the preset
 * `paper`; grids, widths, steps and batches stay. With the paper's learning rates a short training learns little.
 */
import type {AutoencoderPreset, Config, EmulatorPreset, TrainingConfig} from "../config";
import {preset} from "./presets";

/** Names of recipes. */
export const RECIPES = ["own", "paper"] as const;
export type RecipeName = (typeof RECIPES)[number];

type Schedule = Omit<TrainingConfig, "steps">;

/** Train as another does, for as long and on as many examples as before. */
function trainedAs<T extends Schedule>(training: T, {batch: _, ...other}: Schedule): T {
  const {ema: _ema, ...rest} = training;
  const {steps: _steps, ...schedule} = other as TrainingConfig;
  return {...rest, ...schedule} as T;
}

function autoencoderAs({model, training, steps}: AutoencoderPreset, other: AutoencoderPreset): AutoencoderPreset {
  const {saturation, identityInit, dropout, latentNoise, periodic} = other.model;
  const {loss, lossVariance} = other;
  return {
    model: {...model, saturation, identityInit, dropout, latentNoise, periodic},
    steps,
    ...(loss !== undefined && {loss}),
    ...(lossVariance !== undefined && {lossVariance}),
    training: trainedAs(training, other.training),
  };
}

function emulatorAs(own: EmulatorPreset, {dropout, training}: EmulatorPreset): EmulatorPreset {
  return {...own, dropout, training: trainedAs(own.training, training)};
}

/**
 * Change how a configuration trains to the paper's way.
 *
 * @throws Error for a system that is not in the paper and has no preset of it.
 */
export function withRecipeOfPaper(config: Config): Config {
  const other = preset(config.system, "paper");
  const {latentRolls: _rolls, objective: _objective, ...rest} = config;
  return {
    ...rest,
    mirrors: other.mirrors,
    copies: other.copies,
    contexts: other.contexts,
    schedule: other.schedule,
    autoencoder: autoencoderAs(config.autoencoder, other.autoencoder),
    latent: emulatorAs(config.latent, other.latent),
    ...(config.pixel && other.pixel && {pixel: emulatorAs(config.pixel, other.pixel)}),
  };
}
