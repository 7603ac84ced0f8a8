/**
 * Order of results in the paper's tables, and horizons that stand beside the paper's.
 *
 * Horizons need not be the paper's: shorter trajectories end earlier. They are compared by rank, the first with the first, and
 * tables name both.
 */
import {baselineMethods, emulatorMethods, type Result} from "./results";

const methodOrder: readonly string[] = ["autoencoder", ...emulatorMethods, ...baselineMethods];
/** Place of methods with a label of their own: after the emulators. */
const labelled = emulatorMethods.length + 0.5;

/**
 * Match our horizons with the paper's: the same ones if it has all of ours, else by rank, first with first.
 *
 * @returns the paper's horizon of each of ours that has a counterpart.
 * @example matchHorizons(["1:20", "21:60", "61:100"], ["1:20", "21:60", "61:180"]).get("61:100") // "61:180"
 */
export function matchHorizons(ours: readonly string[], paper: readonly string[]): Map<string, string> {
  if (ours.every((horizon) => paper.includes(horizon))) return new Map(ours.map((horizon) => [horizon, horizon]));
  return new Map(ours.slice(0, paper.length).map((horizon, rank) => [horizon, paper[rank]]));
}

/** Group results by method and compression rate, in the order of the paper's tables. */
export function byMethod<R extends Result>(results: readonly R[]): R[][] {
  const rank = (method: string) => (methodOrder.includes(method) ? methodOrder.indexOf(method) : labelled);
  const order = ({method, compression}: Result) => rank(method) * 1e6 + (compression ?? 0);
  const groups = new Map<string, R[]>();
  for (const result of [...results].sort((a, b) => order(a) - order(b))) {
    const key = `${result.method} ${result.compression}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}
