/**
 * Statements about scores: the paper's (sections 4 and 6, Tables 6 to 13) and ours, each as comparisons of a run's own numbers and,
 * where the paper prints them, of its numbers.
 */
import {
  horizonsOf,
  isTrained,
  latentRatesOf,
  type Comparison,
  type PaperCell,
  type Result,
  type ScoredMetric,
  type JudgeOptions,
} from "lola/evaluate";
import {decide, type Claim, type Statement} from "./claim";

/** Scores of emulators that were given the same number of states. */
export interface ContextScores {
  readonly context: number;
  readonly scores: readonly Pick<Result, "method" | "horizon" | "samples">[];
}

export interface ClaimScores {
  readonly results: readonly Result[];
  /** Of the first state that is predicted. Default: not scored. */
  readonly first?: readonly Result[];
  /** Over the horizons, relative to auto-encoded states, with the results of the same trajectories beside them. */
  readonly relative?: {readonly results: readonly Result[]; readonly absolute: readonly Result[]};
  /** VRMSE of emulators by the number of context states, pooled over compression rates. */
  readonly contexts?: readonly ContextScores[];
  /** The paper's numbers of the same dataset (Tables 6 and 8 to 13); none for a system that is not in the paper. */
  readonly paper: readonly PaperCell[];
}

/** Change of an error that still counts as none. */
const SAME = 0.1;

/** Deviation of the spread/skill ratio from 1 that still counts as calibrated. */
const CALIBRATED = 0.2;

/** Why statements are not measured that rest on the scores of a few trajectories. */
export const NOT_SCORED = "the few trajectories that it rests on were not scored";

const DIFFUSION = "diffusion";
const SOLVER = "neural solver";
const EMULATORS = [DIFFUSION, SOLVER];
const BANDS = ["low", "mid", "high"] as const;

/** Results by method, rate, horizon and metric. */
class Scores {
  readonly rates: readonly number[];
  readonly horizons: readonly string[];

  constructor(private readonly results: readonly Result[]) {
    this.rates = latentRatesOf(results);
    this.horizons = horizonsOf(results);
  }

  get lowest(): number {
    return this.rates[0];
  }

  get highest(): number {
    return this.rates[this.rates.length - 1];
  }

  /** Find a result; undefined where there is none, or it is undefined throughout, as the spread of a single forecast is. */
  find(method: string, rate: number | null, horizon: string, metric: ScoredMetric): Result | undefined {
    const result = this.results.find(
      (one) => one.method === method && one.compression === rate && one.horizon === horizon && one.metric === metric,
    );
    return result && !result.samples.every(Number.isNaN) ? result : undefined;
  }

  /** Compare scores at each rate and horizon where all of them are there. */
  atEachCell(make: (rate: number, horizon: string) => Cell): Comparison[] {
    return this.rates.flatMap((rate) => this.atEachHorizon((horizon) => make(rate, horizon), `÷${rate} `));
  }

  /** Compare the highest rate with the lowest on each horizon, where there are two rates. */
  acrossRates(make: (horizon: string) => Cell): Comparison[] {
    return this.lowest === this.highest ? [] : this.atEachHorizon(make);
  }

  /** Compare scores on each horizon where all of them are there. */
  atEachHorizon(make: (horizon: string) => Cell, before = ""): Comparison[] {
    return this.horizons.flatMap((horizon) => comparisonOf(`${before}${horizon}`, make(horizon)));
  }
}

/** Scores that are compared; some may not be there. */
interface Cell {
  /** Words before the cell's place. */
  readonly words?: string;
  readonly above?: readonly (Result | undefined)[];
  readonly below?: readonly (Result | undefined)[];
  readonly limit?: number;
}

function comparisonOf(place: string, {words, above = [], below = [], limit}: Cell): Comparison[] {
  if ([...above, ...below].includes(undefined)) return [];
  const judged = (scores: typeof above) => scores.map((score) => ({...score!, isTrained: isTrained(score!)}));
  return [{label: words ? `${words} ${place}` : place, above: judged(above), below: judged(below), limit}];
}

const neighbours = <T>(list: readonly T[]): [T, T][] => list.slice(1).map((later, i) => [list[i], later]);

/** A number that the paper prints, as a result of one sample. */
const printedResult = ({value, space, ...cell}: PaperCell): Result => ({
  ...cell,
  space: space as Result["space"],
  value,
  error: NaN,
  samples: [value],
});

/**
 * Decide all statements about scores, in the paper's order.
 *
 * @param options `about`: "methods" if `results` are of several seeds; `blocks` of their trajectories.
 * @param isWanted chooses statements by their words. Default: all.
 */
export function scoreClaims(
  scores: ClaimScores,
  options: JudgeOptions = {},
  isWanted: (claim: string) => boolean = () => true,
): Claim[] {
  const printed = printedStatements(scores.paper);
  return scoreStatements(scores).flatMap((statement, i) =>
    isWanted(statement.claim) ? [decide(statement, options, printed[i])] : [],
  );
}

/** List the statements about the numbers that the paper prints; none for a system that is not in the paper. */
export const printedStatements = (paper: readonly PaperCell[]): Statement[] =>
  paper.length > 0 ? scoreStatements({results: paper.map(printedResult), paper}) : [];

/** List the statements about scores, each with its comparisons. */
export function scoreStatements({results, first, relative, contexts, paper}: ClaimScores): Statement[] {
  const at = new Scores(results);
  const printed = new Scores(paper.map(printedResult));
  const begun = new Scores(first ?? []);
  const againstSolver = (scores: Scores, metrics: readonly ScoredMetric[]) =>
    metrics.flatMap((metric) =>
      scores.atEachCell((rate, horizon) => ({
        words: metrics.length > 1 ? metric : undefined,
        above: [scores.find(DIFFUSION, rate, horizon, metric)],
        below: [scores.find(SOLVER, rate, horizon, metric)],
      })),
    );
  const acrossRates = (metric: ScoredMetric, limit: number) =>
    at.acrossRates((horizon) => ({
      above: [at.find(DIFFUSION, at.highest, horizon, metric)],
      below: [at.find(DIFFUSION, at.lowest, horizon, metric)],
      limit,
    }));
  const span = at.rates.length > 0 ? `from ÷${at.lowest} to ÷${at.highest}` : "from rate to rate";
  return [
    {
      source: "4, Figure 3, Table 6",
      claim: "Reconstruction degrades with the compression rate",
      test: "VRMSE of a rate over VRMSE of the next higher one",
      about: "models",
      comparisons: neighbours(at.rates).flatMap(([low, high]) =>
        at.atEachHorizon((horizon) => ({
          words: `÷${low} to ÷${high}`,
          above: [at.find("autoencoder", low, horizon, "vrmse")],
          below: [at.find("autoencoder", high, horizon, "vrmse")],
        })),
      ),
    },
    {
      source: "4, Tables 8 to 10",
      claim: "Compression costs the reconstruction most in the high band",
      test: "spectrum error of the middle band over the error of the high band",
      about: "models",
      comparisons: at.atEachCell((rate, horizon) => ({
        above: [at.find("autoencoder", rate, horizon, "mid")],
        below: [at.find("autoencoder", rate, horizon, "high")],
      })),
    },
    overLeadTime(at, printed),
    {
      source: "abstract, 4, Table 6",
      claim: `Diffusion's error does not grow with compression (by less than ${100 * SAME} % ${span})`,
      test: "VRMSE at the highest rate over VRMSE at the lowest",
      comparisons: acrossRates("vrmse", 1 + SAME),
    },
    {
      claim: `Compression adds less squared error to the forecast than to the reconstruction (${span})`,
      test: "VRMSE² of the emulator at the highest rate and of the autoencoder at the lowest, added, over the sum of the other two",
      comparisons: EMULATORS.flatMap((method) =>
        at.acrossRates((horizon) => {
          const sum = (rate: number, other: number) =>
            squaresOf(at.find(method, rate, horizon, "vrmse"), at.find("autoencoder", other, horizon, "vrmse"));
          return {words: method, above: [sum(at.highest, at.lowest)], below: [sum(at.lowest, at.highest)]};
        }),
      ),
    },
    {
      claim: "On the first horizon every emulator beats the first frame, the training mean and the spatial mean",
      test: "VRMSE over VRMSE of a trivial forecast",
      comparisons: at.horizons.slice(0, 1).flatMap((horizon) =>
        [
          ...at.rates.flatMap((rate) => EMULATORS.map((method) => [method, rate] as const)),
          [SOLVER, 1] as const,
        ].flatMap(([method, rate]) =>
          ["first frame", "training mean", "spatial mean"].flatMap((trivial) =>
            comparisonOf(`÷${rate} ${horizon}`, {
              words: `${method}, ${trivial},`,
              above: [at.find(method, rate, horizon, "vrmse")],
              below: [at.find(trivial, null, horizon, "vrmse")],
            }),
          ),
        ),
      ),
    },
    {
      source: "4, Figures 5 and 8",
      claim: "Emulation error grows with lead time",
      test: "VRMSE of a horizon over VRMSE of the next one",
      comparisons: EMULATORS.flatMap((method) =>
        neighbours(at.horizons).flatMap(([early, late]) =>
          at.rates.flatMap((rate) =>
            comparisonOf(`÷${rate} ${early} to ${late}`, {
              words: method,
              above: [at.find(method, rate, early, "vrmse")],
              below: [at.find(method, rate, late, "vrmse")],
            }),
          ),
        ),
      ),
    },
    {
      source: "1, 4, 6, Table 6",
      claim: "Latent emulators match or beat the pixel-space solver",
      test: "VRMSE over VRMSE of the pixel-space solver",
      equalIsEnough: true,
      comparisons: EMULATORS.flatMap((method) =>
        at.atEachCell((rate, horizon) => ({
          words: method,
          above: [at.find(method, rate, horizon, "vrmse")],
          below: [at.find(SOLVER, 1, horizon, "vrmse")],
        })),
      ),
      reason: at.horizons.some((horizon) => at.find(SOLVER, 1, horizon, "vrmse"))
        ? "our pixel-space solver is under-trained: it has fewer parameters than autoencoder and emulator together, and fewer " +
          "training steps, where the paper's has more of both"
        : "the system has no pixel-space solver",
    },
    {
      source: "4, Figures 8 and 9, Table 6",
      claim: "Diffusion has a lower VRMSE than the neural solver",
      test: "VRMSE of diffusion over VRMSE of the solver",
      comparisons: againstSolver(at, ["vrmse"]),
    },
    {
      source: "4, Tables 8 to 10",
      claim: "Diffusion has a lower spectrum error than the neural solver",
      test: "spectrum error of diffusion over the solver's, by band",
      comparisons: againstSolver(at, BANDS),
    },
    {
      source: "6",
      claim: "Diffusion is better already at the first predicted state",
      test: "VRMSE of diffusion over VRMSE of the solver",
      comparisons: againstSolver(begun, ["vrmse"]),
    },
    ...relativeStatements(relative),
    {
      source: "4, Figures 5 and 8",
      claim: `Diffusion's spread/skill ratio is close to 1 (within ${CALIBRATED})`,
      test: "ratio against both ends of the range",
      comparisons: at
        .atEachCell((rate, horizon) => ({
          words: "below",
          above: [at.find(DIFFUSION, rate, horizon, "ratio")],
          limit: 1 + CALIBRATED,
        }))
        .concat(
          at.atEachCell((rate, horizon) => ({
            words: "above",
            below: [at.find(DIFFUSION, rate, horizon, "ratio")],
            limit: 1 / (1 - CALIBRATED),
          })),
        ),
    },
    {
      source: "4, Figures 5 and 8",
      claim: "Diffusion's spread/skill ratio falls with the compression rate",
      test: "ratio at the highest rate over ratio at the lowest",
      comparisons: acrossRates("ratio", 1),
    },
    {
      source: "abstract, 1, 4",
      claim: "Diffusion makes up for uncertainty by diversity: as a distribution (CRPS) it is the better forecast",
      test: "CRPS of diffusion over CRPS of the solver's single answer, both by the climate's deviation",
      comparisons: againstSolver(at, ["crpsClimate"]),
    },
    {
      source: "Tables 11 to 13",
      claim: "The distance between distributions is smaller for diffusion",
      test: "distance of diffusion over distance of the solver",
      comparisons: againstSolver(at, ["transport"]),
    },
    ...Object.entries(DISTANCE_BY_RATE).flatMap(([dataset, {limit, source, words}]) =>
      paper.some((cell) => cell.dataset === dataset)
        ? [
            {
              source,
              claim: `Diffusion's distance between distributions ${words}`,
              test: "distance at the highest rate over distance at the lowest",
              comparisons: acrossRates("transport", limit),
            },
          ]
        : [],
    ),
    contextStatement(contexts),
  ];
}

/** Compare each number of context states with the first, with both ends of the range that counts as no change. */
export function contextStatement(contexts: ClaimScores["contexts"]): Statement {
  const [first, ...others] = contexts ?? [];
  const comparisons = others.flatMap(({context, scores}) =>
    scores.flatMap((own): Comparison[] => {
      const base = first.scores.find(({method, horizon}) => method === own.method && horizon === own.horizon);
      if (!base) return [];
      const label = `${own.method} c = ${context}, ${own.horizon}`;
      return [
        {label: `${label}, not above`, above: [own], below: [base], limit: 1 + SAME},
        {label: `${label}, not below`, above: [base], below: [own], limit: 1 / (1 - SAME)},
      ];
    }),
  );
  return {
    source: "4, Table 7",
    claim: `The number of context states has no effect on the error (within ${100 * SAME} %)`,
    test: "VRMSE over VRMSE of one context state",
    about: "models",
    reason: contexts ? undefined : NOT_SCORED,
    comparisons,
  };
}

/** Claims of the captions of Tables 11 and 12 about compression; the caption of Table 13 has none. */
const DISTANCE_BY_RATE: Readonly<
  Record<string, {readonly source: string; readonly words: string; readonly limit: number}>
> = {
  Euler: {
    source: "Table 11",
    words: `does not grow with compression (by less than ${100 * SAME} %)`,
    limit: 1 + SAME,
  },
  RB: {source: "Table 12", words: "decreases with compression", limit: 1},
};

/** Add the squares of an emulator's scores and of the autoencoder's, of which there is one seed for all of the emulator's. */
function squaresOf(emulator?: Result, autoencoder?: Result): Result | undefined {
  if (!emulator || !autoencoder) return undefined;
  const add = (own: readonly number[]) => own.map((value, t) => value ** 2 + autoencoder.samples[t] ** 2);
  return {...emulator, samples: add(emulator.samples), bySeed: emulator.bySeed?.map(add)};
}

/** The reconstruction's change over lead time, in the direction of the paper's numbers of the same system. */
function overLeadTime(at: Scores, paper: Scores): Statement {
  const trends = neighbours(paper.horizons).map(([early, late]) => {
    const steps = paper.rates.map((rate) =>
      [early, late].map((horizon) => paper.find("autoencoder", rate, horizon, "vrmse")?.value ?? NaN),
    );
    if (steps.every(([a, b]) => b > a)) return "rises";
    return steps.every(([a, b]) => b < a) ? "falls" : undefined;
  });
  const words = [...new Set(trends.filter((trend) => trend !== undefined))].join(", then ");
  const statement = {
    source: "4, Figure 3",
    claim: `Over lead time the reconstruction error ${words || "changes as in the paper"} (its numbers of this system)`,
    test: "change of VRMSE in the paper's direction",
    about: "models",
  } as const;
  if (trends.length === 0) return {...statement, comparisons: [], reason: "the system is not in the paper"};
  const comparisons = neighbours(at.horizons).flatMap(([early, late], i) =>
    at.rates.flatMap((rate) => {
      if (trends[i] === undefined) return [];
      const [small, large] = trends[i] === "rises" ? [early, late] : [late, early];
      return comparisonOf(`÷${rate} ${early} to ${late}`, {
        above: [at.find("autoencoder", rate, small, "vrmse")],
        below: [at.find("autoencoder", rate, large, "vrmse")],
      });
    }),
  );
  return {...statement, comparisons};
}

/** Errors relative to D(E(x)), which are scored for one seed. */
function relativeStatements(relative: ClaimScores["relative"]): Statement[] {
  const [own, whole] = [relative?.results ?? [], relative?.absolute ?? []].map((results) => new Scores(results));
  const reason = relative ? undefined : NOT_SCORED;
  const ratio = (scores: Scores, rate: number, horizon: string) => scores.find(DIFFUSION, rate, horizon, "ratio");
  return [
    {
      source: "4, Figure 9",
      claim:
        "Most of diffusion's middle- and high-band error is the autoencoder's: less than half is left relative to D(E(x))",
      test: "error relative to D(E(x)) over the error",
      about: "models",
      reason,
      comparisons: (["mid", "high"] as const).flatMap((band) =>
        own.atEachCell((rate, horizon) => ({
          words: band,
          above: [own.find(DIFFUSION, rate, horizon, band)],
          below: [whole.find(DIFFUSION, rate, horizon, band)],
          limit: 0.5,
        })),
      ),
    },
    {
      source: "4, Figure 9",
      claim: "The spread/skill ratio falls less with compression relative to auto-encoded states",
      test: "fall of the ratio over its fall relative to D(E(x))",
      about: "models",
      reason,
      comparisons: own.acrossRates((horizon) => ({
        above: [ratio(whole, own.highest, horizon), ratio(own, own.lowest, horizon)],
        below: [ratio(whole, own.lowest, horizon), ratio(own, own.highest, horizon)],
      })),
    },
  ];
}
