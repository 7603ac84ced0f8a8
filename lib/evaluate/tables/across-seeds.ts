/** Several trainings of one method as one. */
import {checkOptions, records, list, text} from "@lola-ts/core";
import {summary} from "../summary";
import type {Result} from "./results";

const scored = records("results", "method", "metric", "horizon", "value", "samples");

/**
 * Average the scores of emulators that differ in their seeds, trajectory by trajectory. A paired test of two such averages
 * then asks about the methods more than about single trainings; its error is still over trajectories.
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
    const found = results.filter((result) => result.method === label);
    if (found.length > 0) return found;
    const known = [...new Set(results.map((result) => result.method))].join(", ");
    throw new RangeError(`acrossSeeds: expected scores of "${label}", found those of ${known}.`);
  });
  return first.flatMap((own) => {
    const others = rest.map((list) => list.find((other) => isSameCell(own, other)));
    if (others.some((other) => other === undefined)) return [];
    const all = [own, ...(others as Result[])];
    const samples = own.samples.map((_, i) => all.reduce((sum, one) => sum + one.samples[i], 0) / all.length);
    return [{...own, method, ...summary(samples), samples}];
  });
}

const isSameCell = (a: Result, b: Result) =>
  a.metric === b.metric && a.horizon === b.horizon && a.compression === b.compression && a.space === b.space;
