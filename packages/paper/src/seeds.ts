/** Scores of several trainings of each emulator as one: errors over trajectories and seeds. */
import {crossedSummary, type StatisticOptions} from "lola/evaluate";
import type {SeededResult} from "./claims/claim-cells";
import {
  type Config,
  type Evaluation,
  emulatorName,
  type EmulatorSpec,
  type MethodChoice,
} from "@lola-ts/laboratory/stages";
import {methodName} from "@lola-ts/laboratory";

/** Name of an emulator that was trained from another seed. */
const label = (spec: EmulatorSpec, seed: number) => `${emulatorName(spec)}, seed ${seed}`;

/** List emulators with the given number of consecutive seeds, the configuration's own first. */
export function seededMethods(
  {seed}: Pick<Config, "seed">,
  methods: readonly EmulatorSpec[],
  seeds: number,
): MethodChoice[] {
  return Array.from({length: seeds}, (_, i) =>
    methods.map((spec) => (i === 0 ? spec : {...spec, changes: {seed: seed + i}, label: label(spec, seed + i)})),
  ).flat();
}

/**
 * Average the scores of each emulator over its seeds; what has one seed only stays as it is.
 *
 * @returns a result per method, rate, metric and horizon: samples are means over the seeds, the error is over trajectories and
 *   seeds.
 */
export function overSeeds(
  evaluation: Pick<Evaluation, "results">,
  {seed}: Pick<Config, "seed">,
  {methods, seeds, ...options}: StatisticOptions & {methods: readonly EmulatorSpec[]; seeds: number},
): SeededResult[] {
  const names = new Map<string, string>();
  for (let i = 1; i < seeds; i++) {
    for (const spec of methods) names.set(label(spec, seed + i), methodName(spec));
  }
  const groups = new Map<string, SeededResult[]>();
  for (const result of evaluation.results(options)) {
    const method = names.get(result.method) ?? result.method;
    const key = [method, result.compression, result.metric, result.horizon].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), {...result, method}]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (group.length === 1) return first;
    const samples = first.samples.map((_, t) => group.reduce((sum, one) => sum + one.samples[t], 0) / group.length);
    const bySeed = group.map((one) => one.samples);
    const {value, error} = crossedSummary(bySeed);
    return {...first, value, error, samples, bySeed};
  });
}
