/** Claims as a document: verdicts at a glance, then the numbers behind each. */
import type {Claim} from "./claim";

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
    "A claim holds if every cell is on its side, and fails if a cell is against it or shows a difference below 2 %. Cells are " +
      "ratios of scores, tested by paired two-sided t-tests over test trajectories and seeds, and corrected by Holm's method at " +
      "0.05. A change below 0 speaks for its claim; ± is its standard error. The last column applies the same rule, without " +
      "errors, to the numbers that the paper prints.",
    ["| claim | in the paper | verdict | the rule on the paper's numbers |", "| --- | --- | --- | --- |", ...rows].join(
      "\n",
    ),
    ...sections,
    "",
  ].join("\n\n");
}
