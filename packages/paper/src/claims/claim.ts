/** A claim of the paper, and what a run says about it. */
import {holm, formatNumber, formatProbability} from "lola/evaluate";
import type {ClaimCell} from "./claim-cells";

/**
 * Verdict on a claim: it "holds" if every cell is on its side, it "does not at this size" if a cell is against it, and is
 * "undecided" otherwise; cells count by Holm-corrected p-values. "not measured": there is no test behind it, and a reason.
 */
export type ClaimVerdict = "holds" | "does not at this size" | "undecided" | "not measured";

/** A claim with its verdict. */
export interface Claim {
  /** Where the paper makes it: "4, Table 6". */
  readonly source: string;
  readonly claim: string;
  readonly verdict: ClaimVerdict;
  /** The measured numbers with their uncertainty. */
  readonly statistic: string;
  /** The test in words, with the number of cells and the corrected p-value that decides; the reason if there is none. */
  readonly test: string;
  readonly cells: readonly ClaimCell[];
}

/** A claim before it is decided. */
export interface ClaimText {
  readonly source: string;
  readonly claim: string;
}

/** Level of the corrected p-values. */
export const CLAIM_LEVEL = 0.05;

const signed = (value: number) => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value));

/**
 * Decide a claim by its cells: one-sided t-tests, corrected for their number by Holm's method on each side.
 *
 * @param test what a cell compares, in words.
 */
export function decided(text: ClaimText, test: string, cells: readonly ClaimCell[]): Claim {
  if (cells.length === 0) return notMeasured(text, "nothing to compare was scored");
  const unknown = cells.filter(({pFor}) => Number.isNaN(pFor));
  if (unknown.length > 0) return notMeasured(text, "one test trajectory alone has no uncertainty");
  const inFavour = holm(cells.map(({pFor}) => pFor));
  const against = holm(cells.map(({pAgainst}) => pAgainst));
  const count = (list: readonly number[]) => list.filter((p) => p < CLAIM_LEVEL).length;
  const [right, wrong] = [count(inFavour), count(against)];
  const verdict = wrong > 0 ? "does not at this size" : right === cells.length ? "holds" : "undecided";
  const p = verdict === "does not at this size" ? Math.min(...against) : Math.max(...inFavour);
  const which = verdict === "does not at this size" ? "smallest p against it" : "largest p for it";
  return {
    ...text,
    verdict,
    statistic: cells.map(({label, value, error}) => `${label} ${signed(value)} ± ${formatNumber(error)}`).join("; "),
    test: `${test}: for it in ${right}, against it in ${wrong} of ${cells.length} cells, ${which} ${formatProbability(p)} (Holm)`,
    cells,
  };
}

/** Say why a claim was not measured. */
export function notMeasured(text: ClaimText, reason: string): Claim {
  return {...text, verdict: "not measured", statistic: "", test: reason, cells: []};
}
