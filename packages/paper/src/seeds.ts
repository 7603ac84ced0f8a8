/** Scores of several trainings of each emulator as one: errors over trajectories and seeds. */
import {acrossSeeds, type Horizon, type Result, type StatisticOptions} from "lola/evaluate";
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

/** List emulators with all seeds of a configuration, its first one first. */
export function seededMethods(
  {seed, seeds = 1}: Pick<Config, "seed" | "seeds">,
  methods: readonly EmulatorSpec[],
): MethodChoice[] {
  return Array.from({length: seeds}, (_, i) =>
    methods.map((spec) => (i === 0 ? spec : {...spec, changes: {seed: seed + i}, label: label(spec, seed + i)})),
  ).flat();
}

/**
 * Average the scores of each emulator over its seeds; a method with one seed stays as it is.
 *
 * @returns a result per method, rate, metric and horizon: samples are means over the seeds, the error is over trajectories and
 *   seeds.
 */
export function overSeeds(
  evaluation: Pick<Evaluation, "results">,
  {seed, seeds = 1}: Pick<Config, "seed" | "seeds">,
  {
    methods,
    ...options
  }: StatisticOptions & {readonly methods: readonly EmulatorSpec[]; readonly spans?: readonly Horizon[]},
): Result[] {
  const results = evaluation.results(options);
  if (seeds === 1) return results;
  const labels = new Map<string, string[]>(); // of all rates, by the name of the method
  for (const spec of methods) {
    const name = methodName(spec);
    const own = labels.get(name) ?? [];
    labels.set(name, own);
    for (let i = 1; i < seeds; i++) own.push(label(spec, seed + i));
  }
  return results.flatMap((result) => {
    const own = labels.get(result.method);
    if (!own) return [...labels.values()].flat().includes(result.method) ? [] : [result];
    const others = results.filter(
      ({method, compression}) => own.includes(method) && compression === result.compression,
    );
    const names = [result.method, ...new Set(others.map(({method}) => method))];
    return acrossSeeds([result, ...others], names, result.method);
  });
}
