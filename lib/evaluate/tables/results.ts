/** Scores with their owner: one row of a table in long format. */
import {records, oneOf} from "@lola-ts/core";
import {metricNames, optionalMetrics} from "../evaluate";
import type {HorizonScore} from "../horizons";

/** Who made a prediction. */
export interface Labels {
  /** Euler, RB or TGC. */
  readonly dataset: string;
  /** "autoencoder", one of {@link emulatorMethods} or {@link baselineMethods}, or the label of another emulator. */
  readonly method: string;
  /** Where it works; "" for trivial forecasts. */
  readonly space: "latent" | "pixel" | "";
  /** Compression rate, 1 in pixel space, null for trivial forecasts. */
  readonly compression: number | null;
}

/** A score over a horizon and the method that earned it. */
export interface Result extends Labels, HorizonScore {
  /** Samples of each training of the method, trajectory by trajectory; `samples` are then their means. Default: one training. */
  readonly bySeed?: readonly (readonly number[])[];
}

/** Accepts results. */
export const resultsRule = records("results", "method", "metric", "horizon", "value");

/** Accepts metrics of scores. */
export const metricRule = oneOf([...metricNames, ...optionalMetrics]);

/** Methods of the emulators, in the order of tables. */
export const emulatorMethods = ["diffusion", "neural solver", "stochastic solver"] as const;

/** Check if a method is an emulator without a label of its own. */
export const isEmulator = (method: string): boolean => (emulatorMethods as readonly string[]).includes(method);

/** Methods of the trivial forecasts. */
export const baselineMethods = ["first frame", "training mean", "spatial mean"] as const;

/** Check if a method's scores depend on a training: those of trivial forecasts do not. */
export const isTrained = ({method}: Pick<Labels, "method">): boolean =>
  !(baselineMethods as readonly string[]).includes(method);

/** Attach a method's labels to its scores. */
export function withLabels(scores: readonly HorizonScore[], labels: Labels): Result[] {
  return scores.map((score) => ({...labels, ...score}));
}

/** List the horizons of results in the order of their first lead time. */
export function horizonsOf(results: readonly {readonly horizon: string}[]): string[] {
  return [...new Set(results.map(({horizon}) => horizon))].sort((a, b) => parseFloat(a) - parseFloat(b));
}

/** List the compression rates above 1, those of latent models, from the lowest to the highest. */
export function latentRatesOf(results: readonly {readonly compression: number | null}[]): number[] {
  const rates = results.flatMap(({compression}) => (compression !== null && compression > 1 ? [compression] : []));
  return [...new Set(rates)].sort((a, b) => a - b);
}
