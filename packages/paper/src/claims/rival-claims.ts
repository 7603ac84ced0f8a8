/** Statements of ours about pairs of methods that are no part of a system's main comparison, cell by cell. */
import {acrossSeeds, isTrained, type Comparison, type Result} from "lola/evaluate";
import type {Statement} from "./claim";

/** A pair of methods, of which the first should have the lower score. */
export interface RivalClaim {
  readonly claim: string;
  readonly methods: readonly [string, string];
  readonly metric: "crpsClimate" | "vrmse";
  /** Beginning of the name of the file that records it: "verdicts-noise". */
  readonly file: string;
  readonly about: "methods" | "models";
}

const COMPARED = {crpsClimate: "CRPS", vrmse: "VRMSE"};

const SEEDS = {methods: ["diffusion", "neural solver"], file: "verdicts-seeds", about: "methods"} as const;

/** Pairs whose verdicts notebook 12 records. */
export const RIVALS: readonly RivalClaim[] = [
  {claim: "Over three seeds, diffusion has a lower CRPS than the neural solver", metric: "crpsClimate", ...SEEDS},
  {claim: "Over three seeds, diffusion has a lower VRMSE than the neural solver", metric: "vrmse", ...SEEDS},
  {
    claim: "Diffusion has a lower CRPS than the neural solver dressed with noise",
    methods: ["diffusion", "solver dressed with noise"],
    metric: "crpsClimate",
    file: "verdicts-noise",
    about: "models",
  },
  {
    claim: "Diffusion has a lower CRPS than the neural solver dressed with residuals",
    methods: ["diffusion", "solver dressed with residuals"],
    metric: "crpsClimate",
    file: "verdicts-residuals",
    about: "models",
  },
  {
    claim: "Four neural solvers have a lower CRPS than 64 members of diffusion",
    methods: ["4 neural solvers", "diffusion, 64 members"],
    metric: "crpsClimate",
    file: "verdicts-solvers",
    about: "models",
  },
];

/** Average a method over all of its seeds that were scored. */
function seedsOf(results: readonly Result[], method: string): Result[] {
  const labels = [...new Set(results.map((one) => one.method))].filter((one) => one.startsWith(`${method}, seed `));
  return labels.length > 0 ? acrossSeeds(results, labels, method) : [];
}

/** List the statements, each with its comparisons. CRPS is divided by the climate's deviation, which no forecaster can bet on. */
export function rivalStatements(results: readonly Result[]): Statement[] {
  return RIVALS.map(({claim, methods, metric, about}): Statement => {
    const scores = about === "methods" ? methods.flatMap((method) => seedsOf(results, method)) : results;
    const of = (method: string) => scores.filter((one) => one.method === method && one.metric === metric);
    const judged = (one: Result) => ({...one, isTrained: isTrained(one)});
    const comparisons = of(methods[0]).flatMap((own): Comparison[] => {
      const other = of(methods[1]).find(
        ({compression, horizon}) => compression === own.compression && horizon === own.horizon,
      );
      const label = `÷${own.compression} ${own.horizon}`;
      return other ? [{label, above: [judged(own)], below: [judged(other)]}] : [];
    });
    return {
      claim,
      test: `${COMPARED[metric]} of the first over ${COMPARED[metric]} of the second`,
      about,
      comparisons,
    };
  });
}
