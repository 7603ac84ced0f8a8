/** A statement of the paper, or one of ours about it, and what the judge says of it. */
import {
  describeJudgement,
  formatChange,
  formatProbability,
  judge,
  LEVEL,
  MARGIN,
  mantelTest,
  type Comparison,
  type JudgedScores,
  type JudgeOptions,
  type Verdict,
} from "lola/evaluate";

export interface Statement {
  /** Where the paper makes it: "4, Table 6". Default: the paper does not make it; it is ours. */
  readonly source?: string;
  readonly claim: string;
  /** The compared methods and metric, in words. */
  readonly test: string;
  readonly comparisons: readonly Comparison[];
  /** "models" where no seeds are compared, whatever a run has. Default: the run's. */
  readonly about?: JudgeOptions["about"];
  readonly equalIsEnough?: boolean;
  /** Why there is nothing to compare. */
  readonly reason?: string;
}

export interface Claim {
  /** Where the paper makes it, or "ours". */
  readonly source: string;
  readonly claim: string;
  readonly verdict: Verdict;
  /** Verdict of the same rule on the paper's printed numbers: "holds", "fails in 3 of 18", or "–" where it prints none. */
  readonly printed: string;
  /** The measured changes with their standard errors. */
  readonly statistic: string;
  /** Comparison, number of trajectories and cells of each side; the reason if nothing was measured. */
  readonly test: string;
}

/**
 * Decide a statement by {@link judge}, and by the same comparisons of the paper's numbers.
 *
 * @param printed the same statement on the paper's numbers. Default: it prints none.
 */
export function decide(statement: Statement, options: JudgeOptions = {}, printed?: Statement): Claim {
  const {source = "ours", claim, test, comparisons, equalIsEnough, about = options.about, reason} = statement;
  const beside = printed ? printedVerdict(printed) : "–";
  if (reason) return {...notMeasured({source, claim}, reason), printed: beside};
  const judgement = judge(comparisons, {...options, about, equalIsEnough});
  const measured = judgement.cells.filter(({side}) => side !== "not measured");
  const scope = `${about === "models" ? "of these models" : "over seeds"}, ${trajectoriesInWords(comparisons)}`;
  return {
    source,
    claim,
    verdict: judgement.verdict,
    printed: beside,
    statistic: measured
      .map(({label, value, error}) => {
        const ratio = Math.exp(value);
        return `${label} ${formatChange(ratio - 1)} ± ${(100 * ratio * error).toFixed(1)}`;
      })
      .join("; "),
    test: measured.length > 0 ? `${test}, ${scope}: ${describeJudgement(judgement)}` : describeJudgement(judgement),
  };
}

/** Say on how many trajectories scores are compared. */
function trajectoriesInWords(comparisons: readonly Comparison[]): string {
  const counts = new Set(comparisons.flatMap(({above = [], below = []}) => [...above, ...below].map(countOf)));
  return `${[...counts].sort((a, b) => a - b).join(" or ")} trajectories`;
}

const countOf = ({samples}: JudgedScores) => samples.length;

export function notMeasured({source, claim}: Pick<Claim, "source" | "claim">, reason: string): Claim {
  return {source, claim, verdict: "not measured", printed: "–", statistic: "", test: reason};
}

/**
 * Decide by the test of Mantel if distances grow with a parameter's; positive ones are compared by logarithm. It holds if
 * the correlation is above 0 by more than chance, and fails if it is below 0 by more than chance.
 */
export function mantelClaim(
  text: {readonly source: string; readonly claim: string},
  values: readonly number[],
  distances: readonly (readonly number[])[],
): Claim {
  if (values.length < 4) return notMeasured(text, `four values of the parameter are needed, found ${values.length}`);
  const positions = values.every((value) => value > 0) ? values.map(Math.log) : [...values];
  const {correlation, p} = mantelTest(distances, positions);
  const against = mantelTest(
    distances.map((row) => row.map((distance) => -distance)),
    positions,
  ).p;
  return {
    ...text,
    verdict: p < LEVEL ? "holds" : against < LEVEL ? "fails" : "undecided",
    printed: "–",
    statistic: `rank correlation ${correlation.toFixed(2)} over ${(values.length * (values.length - 1)) / 2} pairs`,
    test: `test of Mantel, permutations of ${values.length} values: p ${formatProbability(p)}`,
  };
}

/**
 * Apply the rule to numbers without errors: each cell is right if its ratio is below the limit. Where the limit is ours, the
 * changes themselves follow.
 */
function printedVerdict({comparisons, equalIsEnough}: Statement): string {
  if (comparisons.length === 0) return "–";
  const product = (scores: Comparison["above"] = []) => scores.reduce((all, {samples}) => all * samples[0], 1);
  const ratios = comparisons.map(({above, below}) => product(above) / product(below));
  const wrong = ratios.filter((ratio, i) => !(ratio < (comparisons[i].limit ?? 1) * (equalIsEnough ? 1 + MARGIN : 1)));
  const word = wrong.length === 0 ? "holds" : `fails in ${wrong.length} of ${comparisons.length}`;
  const isLimitOurs = comparisons.some(({limit = 1}) => limit !== 1);
  return isLimitOurs ? `${word}: ${ratios.map((ratio) => formatChange(ratio - 1)).join(", ")}` : word;
}

/** Escape what a table of Markdown reads otherwise. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/**
 * Write claims as Markdown: a table of verdicts, and a section with statistic and test for each claim.
 *
 * @param caption which run this is.
 */
export function claimsInMarkdown(claims: readonly Claim[], caption: string): string {
  const rows = claims.map(
    ({claim, source, verdict, printed}) => `| ${cell(claim)} | ${cell(source)} | ${verdict} | ${printed} |`,
  );
  const sections = claims.map(({claim, source, verdict, statistic, test}) =>
    [
      `## ${claim}`,
      `${source === "ours" ? "A statement of ours" : `Paper: ${source}`}. **${verdict}**.`,
      statistic,
      verdict === "not measured" ? `Reason: ${test}.` : `${test}.`,
    ]
      .filter(Boolean)
      .join("\n\n"),
  );
  return [
    "# What of the paper's claims holds",
    `${caption}.`,
    "A claim holds if every cell is on its side, and fails if a cell is significantly against it. Cells are " +
      "ratios of scores, tested by paired two-sided t-tests over test trajectories and seeds, and corrected by Holm's method at " +
      "0.05. A change below 0 speaks for its claim; ± is its standard error. The last column applies the same rule, without " +
      "errors, to the numbers that the paper prints. These are the words of the rule; docs/claims.md also says which claims are " +
      "out of the range of our models.",
    ["| claim | in the paper | verdict | the rule on the paper's numbers |", "| --- | --- | --- | --- |", ...rows].join(
      "\n",
    ),
    ...sections,
    "",
  ].join("\n\n");
}

export const UNMEASURED = [
  notMeasured(
    {source: "4, Figure 4", claim: "Fronts stay right to the end; plumes grow at the right pace but diverge"},
    "it is judged by eye: see the figures of forecasts",
  ),
  notMeasured(
    {source: "4, Table 1", claim: "Latent diffusion is slower than latent solvers, but competitive with pixel solvers"},
    "times depend on the machine: see Table 1, measured on each",
  ),
  notMeasured(
    {source: "4, Figure 6", claim: "Guidance by partial observations keeps the forecast near the truth"},
    "it needs guided rollouts, which are not part of an evaluation: see Figure 6",
  ),
  notMeasured(
    {source: "Table 14", claim: "Results exceed most published ones on The Well's data"},
    "published results are of the files of The Well at full size; Table 14 has them beside ours, without a test",
  ),
  notMeasured(
    {
      source: "3.2, 3.3, Table 4",
      claim: "Near-identity resampling, a preconditioned optimiser and saturation are critical",
    },
    "it is tested apart from a run, over three seeds: initialisation and optimiser in Table 4 of convection, where both " +
      "matter, saturation in trials on Euler, where it stays undecided",
  ),
  notMeasured(
    {source: "6", claim: "Compression filters irrelevant detail, in line with usable information"},
    "an explanation, of which no preset measures a consequence",
  ),
  notMeasured(
    {source: "6", claim: "Try latent space before pixel space, and diffusion before deterministic solvers"},
    "a recommendation; what it rests on is tested above",
  ),
  notMeasured(
    {
      source: "6",
      claim: "Needs large datasets; conclusions are limited to fluids; overfitting may hide in pixel space",
    },
    "caveats, which no run of one system and size can decide",
  ),
];
