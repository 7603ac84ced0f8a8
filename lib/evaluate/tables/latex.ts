/** Tables for papers: LaTeX with the rules of package booktabs. */
import {records, checkOptions, checkParts, text, whole, type TableRow} from "@lola-ts/core";
import {cellText, isBold, isNumeric, visibleColumns, type CellOptions} from "./cells";

const GREEK = "alpha beta gamma theta lambda mu nu rho sigma tau phi psi".split(" ");

/** LaTeX of characters that have another meaning there, or that its text fonts lack. */
const COMMANDS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  ...Object.fromEntries([..."&%$#_{}"].map((character) => [character, `\\${character}`])),
  "÷": "$\\div$",
  "×": "$\\times$",
  "±": "$\\pm$",
  "−": "$-$",
  "→": "$\\to$",
  "∞": "$\\infty$",
  "≤": "$\\le$",
  "≥": "$\\ge$",
  "–": "--",
  "…": "\\dots{}",
  "·": "$\\cdot$",
  "°": "$^\\circ$",
  ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((character, i) => [character, `$^{${i}}$`])),
  ...Object.fromEntries([..."₀₁₂₃₄₅₆₇₈₉"].map((character, i) => [character, `$_{${i}}$`])),
  ...Object.fromEntries([..."αβγθλμνρστφψ"].map((letter, i) => [letter, `$\\${GREEK[i]}$`])),
};

const escaped = (words: string) => [...words].map((character) => COMMANDS[character] ?? character).join("");

/**
 * Write rows as a LaTeX table: caption above, numbers to the right, a column `x ±` inside column `x`. It needs package
 * booktabs.
 *
 * @throws RangeError if there are no rows.
 */
export function toLatex(rows: readonly TableRow[], caption: string, options: CellOptions = {}): string {
  const {digits = 3} = options;
  checkOptions("toLatex", records("rows"), rows, "rows");
  checkParts("toLatex", {caption: text, digits: whole({min: 0, max: 100})}, {caption, digits});
  if (rows.length === 0) throw new RangeError("toLatex: expected rows, found none.");
  const columns = visibleColumns(rows);
  const cell = (row: TableRow, i: number, column: string) => {
    const {value, error} = cellText(row, column, options);
    const content = escaped(error === undefined ? value : `${value} ± ${error}`);
    return isBold(options, i, column) ? `\\textbf{${content}}` : content;
  };
  const line = (cells: readonly string[]) => `    ${cells.join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${escaped(caption)}}`,
    `  \\begin{tabular}{${columns.map((column) => (isNumeric(rows, column) ? "r" : "l")).join("")}}`,
    "    \\toprule",
    line(columns.map(escaped)),
    "    \\midrule",
    ...rows.map((row, i) => line(columns.map((column) => cell(row, i, column)))),
    "    \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}
