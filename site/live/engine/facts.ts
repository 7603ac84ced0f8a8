/** What the page knows of a system and of what is shipped for it: plain data, made when the page is built. */
import type {DenoiserConfig} from "lola/diffusion";
import type {Standardization} from "lola/data";
import type {AutoencoderConfig, EmulatorConfig} from "lola/models";
import type {RegisteredSystem} from "@lola-ts/simulators";

/** Model of one kind: its configuration and the name of the file of its weights. */
export type ModelFacts =
  | {readonly kind: "autoencoder"; readonly file: string; readonly config: AutoencoderConfig}
  | {readonly kind: "diffusion"; readonly file: string; readonly config: DenoiserConfig}
  | {readonly kind: "solver"; readonly file: string; readonly config: EmulatorConfig};

/** Smallest, middle and largest value of validation states. */
export type Range = readonly [low: number, middle: number, high: number];

/** Numbers from data that the models have not seen. */
export interface Calibration {
  /** Mean of a column of a latent, over training states: one number a channel. */
  readonly mean: readonly number[];
  /** Inverse of the covariance of its channels, row-major. */
  readonly precision: readonly number[];
  readonly distance: Range;
  readonly loss: Range;
  readonly states: number;
}

export interface RateFacts {
  readonly latentChannels: number;
  readonly compression: number;
  readonly models: readonly ModelFacts[];
  /** How the autoencoder sees states of the data; absent without a simulator. */
  readonly calibration?: Calibration;
}

export interface TrajectoryFacts {
  /** Index in the test split. */
  readonly index: number;
  /** Parameters in words, e.g. "γ = 1.40". */
  readonly words: string;
  readonly label: readonly number[];
  /** The simulation that made it, and the frame of its first state; absent without a simulator. */
  readonly simulation?: {readonly request: Parameters<RegisteredSystem["restart"]>[0]; readonly first: number};
  /** Name of the file of its standardised states, [T, X, Y, C] in half precision. */
  readonly file: string;
}

export interface SystemFacts {
  readonly name: string;
  readonly title: string;
  readonly preset: string;
  /** Stored states from one that an emulator sees to the next. */
  readonly stride: number;
  readonly window: number;
  /** Shape of a trajectory, [T, X, Y, C]. */
  readonly shape: readonly number[];
  readonly standardization: Standardization;
  readonly shown: {
    readonly channel: number;
    readonly name: string;
    /** Unit of the field, "dimensionless" if it has none. */
    readonly unit: string;
    readonly decades: boolean;
    readonly signed: boolean;
    /** Stops from 0 to 1. */
    readonly colours: readonly (readonly [number, string])[];
    /** Points of an image along x and y. */
    readonly image: readonly [number, number];
  };
  /** Whether each axis is periodic; absent without a simulator. */
  readonly periodic?: readonly boolean[];
  /** Points of the page's simulations for each point of the data's along an axis, the default first. */
  readonly shares?: readonly number[];
  readonly rates: readonly RateFacts[];
  readonly trajectories: readonly TrajectoryFacts[];
  readonly defaults: {readonly latentChannels: number; readonly steps: number; readonly order: number};
  /** Name of the file of the first view's results. */
  readonly first: string;
}

/** Variance of the noise on observations, in units of the standardised channel. */
export const OBSERVATION_VARIANCE = 0.01;

/** Steps of a guided sampler: each costs as much as about ten others, so the page takes fewer. */
export const guidedSteps = (steps: number): number => Math.min(8, steps);

/** States of a guided rollout: two windows that overlap in one state. */
export const guidedStates = ({window, shape}: SystemFacts): number => Math.min(shape[0], 2 * window - 1);
