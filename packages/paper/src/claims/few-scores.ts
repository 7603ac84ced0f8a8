/**
 * Scores of a few trajectories, on which three claims rest: of diffusion relative to auto-encoded states, and of all emulators by the
 * number of context states. A file of scores holds them beside the scores of all trajectories, under names of their own.
 */
import {summary, type Result} from "lola/evaluate";
import type {ClaimScores, ContextScores} from "./score-claims";

export type FewScores = Required<Pick<ClaimScores, "relative" | "contexts">>;

const RELATIVE = ", relative to D(E(x))";
const CONTEXT = /^(.+), (\d+) context states?$/;

/**
 * Make the results of a file of scores.
 *
 * @param place of each of the few among all trajectories.
 * @param count of all trajectories; those that are not among the few are NaN.
 */
export function fewResults({relative, contexts}: FewScores, place: readonly number[], count: number): Result[] {
  const placed = (samples: readonly number[]) => {
    const all = new Array<number>(count).fill(NaN);
    samples.forEach((value, i) => (all[place[i]] = value));
    return all;
  };
  const own = relative.results.filter(
    ({method, metric}) => method === "diffusion" && ["mid", "high", "ratio"].includes(metric),
  );
  const [{dataset}] = relative.results;
  return [
    ...own.map((result) => ({...result, method: `${result.method}${RELATIVE}`, samples: placed(result.samples)})),
    ...contexts.flatMap(({context, scores}) =>
      scores.map(({method, horizon, samples}): Result => ({
        ...{dataset, space: "latent", compression: null, horizon, metric: "vrmse", ...summary(samples)},
        method: `${method}, ${context} context state${context > 1 ? "s" : ""}`,
        samples: placed(samples),
      })),
    ),
  ];
}

/** Take the few out of the results of a file of scores; undefined where it has none. */
export function fewIn(results: readonly Result[]): FewScores | undefined {
  const marked = results.filter(({method}) => method.endsWith(RELATIVE));
  const [one] = [...marked, ...results.filter(({method}) => CONTEXT.test(method))];
  if (one === undefined) return undefined;
  const places = one.samples.flatMap((value, t) => (Number.isNaN(value) ? [] : [t]));
  const taken = (result: Result) => ({...result, bySeed: undefined, samples: places.map((t) => result.samples[t])});
  const own = marked.map((result) => taken({...result, method: result.method.slice(0, -RELATIVE.length)}));
  const keyOf = ({method, compression, horizon, metric}: Result) => [method, compression, horizon, metric].join("|");
  const keys = new Set(own.map(keyOf));
  const contexts = new Map<number, ContextScores["scores"][number][]>();
  for (const result of results) {
    const [, method, context] = CONTEXT.exec(result.method) ?? [];
    if (method === undefined) continue;
    const {horizon, samples} = taken(result);
    contexts.set(Number(context), [...(contexts.get(Number(context)) ?? []), {method, horizon, samples}]);
  }
  return {
    relative: {results: own, absolute: results.filter((result) => keys.has(keyOf(result))).map(taken)},
    contexts: [...contexts].map(([context, scores]) => ({context, scores})),
  };
}
