/** Several trainings of one method as one. */
import {checkOptions, records, list, text} from "@lola-ts/core";
import {columnMeans, crossedSummary} from "../statistics/crossed";
import type {Result} from "./results";

const scored = records("results", "method", "metric", "horizon", "value", "samples");

/**
 * Average the scores of emulators that differ in their seeds, trajectory by trajectory. The scores of each seed stay beside the
 * averages, so that a verdict is about the method and not about one training; errors are over trajectories and seeds.
 *
 * @param labels of the emulators.
 * @param method name of their average.
 * @returns a score per metric, compression rate and horizon that all of them have.
 * @throws RangeError naming a label without scores.
 * @example
 * const mean = acrossSeeds(results, ["diffusion, seed 0", "diffusion, seed 1"], "diffusion");
 */
export function acrossSeeds(results: readonly Result[], labels: readonly string[], method: string): Result[] {
  checkOptions("acrossSeeds", scored, results, "results");
  checkOptions("acrossSeeds", list(text), labels, "labels");
  checkOptions("acrossSeeds", text, method, "method");
  const [first, ...rest] = labels.map((label) => {
    const scores = results.filter((result) => result.method === label);
    if (scores.length > 0) return scores;
    const known = [...new Set(results.map((result) => result.method))].join(", ");
    throw new RangeError(`acrossSeeds: expected scores of "${label}", found those of ${known}.`);
  });
  return first.flatMap((own) => {
    const others = rest.map((list) => list.find((other) => isSameCell(own, other)));
    if (others.some((other) => other === undefined)) return [];
    const all = [own, ...(others as Result[])];
    const bySeed = all.map(({samples}) => samples);
    const {value, error} = crossedSummary(bySeed);
    return [{...own, method, value, error, samples: columnMeans(bySeed), bySeed}];
  });
}

const isSameCell = (a: Result, b: Result) =>
  a.metric === b.metric && a.horizon === b.horizon && a.compression === b.compression && a.space === b.space;
