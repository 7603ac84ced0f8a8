/**
 * Presets: every number of an experiment as plain data.
 *
 * A preset is a value; a cell names what it changes. The paper's own values (Tables 3 and 5) are in
 * `paper`. They are far beyond two cores, so each smaller preset keeps the method and shrinks the sizes: `tour` shows the
 * findings in minutes, `smoke` checks the plumbing in seconds, `mini` takes an hour or two.
 */
import {checkOptions, oneOf} from "@lola-ts/core";
import type {SystemName} from "@lola-ts/simulators";
import type {Config, PresetName, AutoencoderPreset, EmulatorPreset, TrainingConfig} from "../config";
import * as euler from "./euler";
import * as gravityCooling from "./gravity-cooling";
import * as kolmogorov from "./kolmogorov";
import {paper} from "./paper";
import * as rayleighBenard from "./rayleigh-benard";

type Presets = Readonly<Partial<Record<PresetName, Config>>>;

const from = ({smoke, tour, mini}: Record<"smoke" | "tour" | "mini", Config>, own?: Config): Presets => ({
  smoke,
  tour,
  mini,
  ...(own && {paper: own}),
});

/** Presets of each system; the paper's have its copies of a trajectory in the latent cache, from the authors' commands. */
const PRESETS: Readonly<Record<SystemName, Presets>> = {
  "rayleigh-benard": from(rayleighBenard, paper("rayleigh-benard", 4)),
  euler: from(euler, paper("euler", 1)),
  "gravity-cooling": from(gravityCooling, paper("gravity-cooling", 1)),
  kolmogorov: from(kolmogorov),
};

/** Presets that have moved on since the studies that come with the project were recorded, as they were then. */
const STUDIED: Readonly<Partial<Record<SystemName, Presets>>> = {
  euler: {tour: euler.shared},
  "rayleigh-benard": {tour: rayleighBenard.shared},
};

/**
 * Seed of data whose test split nobody reads until the models of data/study/models.json have been trained, and the systems that
 * wait for it. So no choice of that plan can depend on the trajectories that decide its questions.
 */
export const RESERVED: {readonly seed: number; readonly systems: readonly string[]} = {
  seed: 2026,
  systems: ["rayleigh-benard", "euler", "gravity-cooling", "kolmogorov"],
};

/** List the systems that have presets. */
export function systemNames(): string[] {
  return Object.keys(PRESETS);
}

function presetsOf(system: string): Presets {
  checkOptions("preset", oneOf(systemNames()), system, "system");
  return PRESETS[system as SystemName];
}

/** List the names of a system's presets. @throws Error naming the known systems. */
export function presetNames(system: string): string[] {
  return Object.keys(presetsOf(system));
}

/** Look a preset up. @throws Error naming the known systems or presets. */
export function preset(system: string, name: string): Config {
  const presets = presetsOf(system);
  checkOptions("preset", oneOf(Object.keys(presets)), name, `name, for ${system},`);
  return structuredClone(presets[name as PresetName]!);
}

/** Look up what the studies of a preset change: the preset, or where studies that come with the project have an older one, that. */
export function studiedPreset({system, preset: name}: Config): Config {
  const older = STUDIED[system]?.[name];
  return older ? structuredClone(older) : preset(system, name);
}

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
