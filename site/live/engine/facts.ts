/** Facts about a system and its shipped models: plain data, made when the page is built. */
import type {DenoiserConfig} from "lola/diffusion";
import type {Standardization} from "lola/data";
import type {AutoencoderConfig, EmulatorConfig} from "lola/models";

/** Model of one kind: its configuration and the name of the file of its weights. */
export type ModelFacts =
  | {readonly kind: "autoencoder"; readonly file: string; readonly config: AutoencoderConfig}
  | {readonly kind: "diffusion"; readonly file: string; readonly config: DenoiserConfig}
  | {readonly kind: "solver"; readonly file: string; readonly config: EmulatorConfig};

export interface RateFacts {
  readonly latentChannels: number;
  readonly compression: number;
  readonly models: readonly ModelFacts[];
}

export interface TrajectoryFacts {
  /** Index in the test split. */
  readonly index: number;
  /** Parameters in words, e.g. "γ = 1.40". */
  readonly words: string;
  readonly label: readonly number[];
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
  readonly rates: readonly RateFacts[];
  readonly trajectories: readonly TrajectoryFacts[];
  readonly defaults: {readonly latentChannels: number; readonly steps: number; readonly order: number};
  /** Name of the file of the first view's results. */
  readonly first: string;
}
