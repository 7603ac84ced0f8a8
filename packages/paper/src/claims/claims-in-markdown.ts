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
  const rows = claims.map(({claim, source, verdict}) => `| ${cell(claim)} | ${cell(source)} | ${verdict} |`);
  const sections = claims.map(({claim, source, verdict, statistic, test}) =>
    [
      `## ${claim}`,
      `Paper: ${source}. **${verdict}**.`,
      statistic,
      verdict === "not measured" ? `Reason: ${test}.` : `${test}.`,
    ]
      .filter(Boolean)
      .join("\n\n"),
  );
  return [
    "# What of the paper's claims holds",
    `${caption}.`,
    "A claim holds if every cell is on its side, does not at this size if one is against it, and is undecided otherwise: " +
      "one-sided paired t-tests over test trajectories (and seeds, where there are several), corrected by Holm's method at " +
      "0.05. A value below 0 speaks for its claim; ± is its standard error.",
    ["| claim | in the paper | verdict |", "| --- | --- | --- |", ...rows].join("\n"),
    ...sections,
    "",
  ].join("\n\n");
}
