/**
 * A dynamical system as one object: its facts, simulator, checks, references and words.
 *
 * Each system has one, in a folder beside this file, and `registry.ts` lists them; nothing else in this package knows a system
 * by name.
 */
import {
  channelNames,
  type BoundaryCodes,
  type DistributionMetric,
  type Field,
  type Transform,
  type RulesOf,
} from "@lola-ts/core";
import type {CommonDataConfig, CommonRequest, FilePlan} from "./plan";
import type {ReferenceCurve, ReferenceRow} from "./reference";
import type {Restart} from "./restart";
import type {Diagnostics, SimulatedTrajectory} from "./result";

/** A simulation parameter, an entry of $\theta$. */
export interface Scalar {
  readonly name: string;
  /** Values in the dataset's files: The Well's, where it holds the system. */
  readonly values: readonly number[];
  /** Whether the label holds its natural logarithm. */
  readonly log: boolean;
  /** Symbol in the literature. Default: the name. */
  readonly symbol?: string;
  /** Number of decimals that captions print. Default: four significant digits. */
  readonly decimals?: number;
}

export interface WellFacts {
  /** Cells along each axis. */
  readonly grid: readonly number[];
  /** Number of stored states of a trajectory. */
  readonly frames: number;
  /** Time between two stored states. */
  readonly spacing: number;
}

/** Facts about a system in the paper. Where the paper and the official code differ, both values are kept. */
export interface PaperFacts {
  /** Number of stored states from one that an emulator sees to the next. */
  readonly stride: {readonly paper: number; readonly code: number};
  /** Stored state that evaluations start from; `code` comes from the official code's published commands. */
  readonly start: {readonly paper: number; readonly code: number};
  /** Lead-time horizons $a\!:\!b$ in stored states (Table 6 as its numbers were computed). */
  readonly horizons: readonly (readonly [number, number])[];
  /** The horizons that the headers of Tables 6 and 7 print. */
  readonly printedHorizons: readonly (readonly [number, number])[];
  /** Constants of the official configurations, one per channel. */
  readonly standardization: {readonly mean: readonly number[]; readonly std: readonly number[]};
  /** Spatial downsampling $r$ of the autoencoders. */
  readonly downsampling: number;
  /** Numbers of latent channels $C_\text{latent}$. */
  readonly latentChannels: readonly number[];
  /** Compression rates $C_\text{pixel} r^d / C_\text{latent}$. */
  readonly compressions: readonly number[];
  /** Tables of the power spectrum error and of the distance between distributions, by number. */
  readonly tables: {readonly spectrum: number; readonly distribution: number};
  /** Tables of studies that were made with this system alone, by number. */
  readonly studies: readonly number[];
  /** Distance between the distributions of two consecutive states, as the table's caption gives it. */
  readonly consecutive: number;
  /** Days that a training took (B.2, B.4), on the GPUs of Tables 3 and 5; no pixel-space emulator was trained in 3D. */
  readonly trainingDays: {readonly autoencoder: number; readonly latent: number; readonly pixel?: number};
  /** Figures that show one trajectory by every method. */
  readonly galleries: readonly Gallery[];
}

/** A gallery of the paper: one trajectory of a regime. */
export interface Gallery {
  readonly figure: number;
  /** In words. */
  readonly regime: string;
  /** Boundary code of all axes. Default: any. */
  readonly boundary?: number;
  /** Parameters by name. Default: any. */
  readonly parameters?: Readonly<Record<string, number>>;
}

export interface SystemSpec<Name extends string = string> {
  readonly name: Name;
  /** Name for readers. */
  readonly title: string;
  /** Name in tables. */
  readonly short: string;
  /** Name in running text and narrow panels. */
  readonly common: string;
  /** Names of its dataset folders, in the order in which they are joined. */
  readonly folders: readonly string[];
  /** Names of the space axes; also the order of vector components. */
  readonly axes: readonly string[];
  /** Length of the domain along each axis. */
  readonly extent: readonly number[];
  /** Fields in channel order: scalars first, then vectors. */
  readonly fields: readonly Field[];
  /** One name per channel, e.g. `momentum_x`. */
  readonly channels: readonly string[];
  /** Parameters in the order of the label. */
  readonly scalars: readonly Scalar[];
  readonly boundaries: readonly BoundaryCodes[];
  readonly transform: readonly Transform[];
  /** Random symmetries of training: the official configurations', where there are some. */
  readonly augment: {readonly flip: boolean; readonly permute: boolean; readonly roll: boolean};
  /** Axes along which a mirrored flow is a flow again: `flip` of augmentations that keep to the equations. */
  readonly mirrors: readonly boolean[];
  /**
   * Shifts along each periodic axis after which a flow is a flow again: by any number of cells (true), by none (false), or by
   * multiples of an n-th of the axis (n).
   */
  readonly rolls: readonly (boolean | number)[];
  /** Field that figures show: the paper's, where it has the system. */
  readonly displayed: string;
  readonly distribution: DistributionMetric;
  /** Absent for a system that The Well does not hold. */
  readonly well?: WellFacts;
  /** Absent for a system that is not in the paper. */
  readonly paper?: PaperFacts;
}

/** A number of a simulation's summary that data must obey, or that readers should see. */
export interface Check {
  /** Name of the number in the summary. */
  readonly key: string;
  /** Name for readers. */
  readonly check: string;
  /** Largest value of sound data. Default: no limit. */
  readonly max?: number;
  /** The limit in words. */
  readonly expected: string;
}

/** A system: its facts and everything that is done with it by name. */
export interface System<
  Name extends string = string,
  Config extends CommonDataConfig = CommonDataConfig,
  Request extends CommonRequest = CommonRequest,
  D extends Diagnostics = Diagnostics,
> extends SystemSpec<Name> {
  /** Which values the options of a dataset may have. */
  readonly rules: RulesOf<Config>;
  /**
   * Lay out the files of a dataset and the requests of their trajectories.
   *
   * @throws RangeError naming the option that makes no sense.
   */
  plan(config: Config): FilePlan<Request>[];
  /** Name the files of a folder, one for each choice of the spec's parameters; the same in each split. */
  fileNames(folder: string): string[];
  /** Version of the simulator, part of every dataset's key. Raise it when the simulator makes other numbers. */
  readonly version: number;
  /** Simulate a trajectory: a pure function of its request. */
  simulate(request: Request): SimulatedTrajectory<D>;
  /**
   * Simulate the frames of a request from a given state on, in place of the request's own: what the state does not hold, as
   * of a gas around the stored cells, is the request's, or guessed from the state if the restart is `alone`. Redundant fields of a state are combined to one.
   *
   * @returns frames from `restart.first` on; `diagnostics.seconds` are of these alone.
   * @throws RangeError if the restart does not fit the request; Error if the state stops being finite.
   */
  restart(request: Request, restart: Restart): SimulatedTrajectory;
  /** Whether more is simulated than states hold, so that a restart that is `alone` has other numbers. Default: false. */
  readonly surrounded?: boolean;
  /** Shares of the simulated points along an axis at which coarser simulations are compared, descending. */
  readonly coarser: readonly number[];
  /** Estimate the work of a trajectory in cell updates; comparable between requests of the system, roughly between systems. */
  cost(request: Request): number;
  /** Reduce the diagnostics of all trajectories to the numbers that `checks` name, and others worth knowing. */
  summarise(all: readonly D[]): Readonly<Record<string, number>>;
  readonly checks: readonly Check[];
  references(): readonly ReferenceRow[];
  referenceCurve(): ReferenceCurve;
  /** Describe a dataset in a few words: the system and its parameters. */
  describe(config: Config): string;
}

type GivenPaperFacts = Omit<PaperFacts, "latentChannels" | "compressions" | "printedHorizons"> &
  Partial<Pick<PaperFacts, "printedHorizons">>;

type GivenFacts<Name extends string> = Omit<SystemSpec<Name>, "channels" | "mirrors" | "rolls" | "paper"> &
  Partial<Pick<SystemSpec, "mirrors" | "rolls">> & {readonly paper?: GivenPaperFacts};

/** One boundary code at both ends of every axis. */
export const everywhere = (code: number, axes: number): BoundaryCodes =>
  Array.from({length: axes}, () => [code, code] as const);

/** Numbers of latent channels in the paper. */
const LATENT_CHANNELS = [64, 16, 4];

/** Complete the facts about a system: channels, compression rates, and the horizons and mirrors that are usual. */
export function defineSpec<Name extends string>(facts: GivenFacts<Name>): SystemSpec<Name> {
  const {fields, axes, paper} = facts;
  const all = axes.map(() => true);
  const channels = channelNames(fields, axes);
  return {
    mirrors: all,
    rolls: all,
    ...facts,
    channels,
    paper: paper && completePaper(paper, channels.length, axes.length),
  };
}

function completePaper(paper: GivenPaperFacts, channels: number, axes: number): PaperFacts {
  const cell = channels * paper.downsampling ** axes;
  return {
    printedHorizons: paper.horizons,
    ...paper,
    latentChannels: LATENT_CHANNELS,
    compressions: LATENT_CHANNELS.map((count) => cell / count),
  };
}
