/** Statements and claims in documents, and the findings that they repeat. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {tableWith, type Passage} from "./markdown";

/** A finding as a run writes it. */
export interface Finding {
  readonly name: string;
  readonly statement: string;
  readonly verdict: string;
  readonly numbers: string;
}

const read = (file: string) => readFileSync(path.resolve(__dirname, "../..", file), "utf8");

/** Read findings by their path in the project. */
export const findingsOf = (file: string) => JSON.parse(read(file)) as Finding[];

/** Read the paper's claims and their verdicts by the path of a findings.md in the project. */
export const claimsOf = (file: string) =>
  tableWith("claim", read(file)).rows.map(([claim, , verdict]) => ({claim, verdict}));

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);

/** Share of the words that two statements have in common. */
function likeness(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const common = [...left].filter((word) => right.has(word)).length;
  return common / (left.size + right.size - common);
}

/** Find the finding that a statement repeats: the one with the most words in common. */
export function findingOf(statement: string, findings: readonly Finding[]): Finding {
  return findings.reduce((best, one) =>
    likeness(statement, one.statement) > likeness(statement, best.statement) ? one : best,
  );
}

const numbersOf = (text: string) => text.match(/\d+(?:\.\d+)?/g) ?? [];

/** What a cell says of its statement that the finding does not: another verdict, or numbers. */
export function faultsOf(cell: string, finding: Finding): string[] {
  const verdict = /^(does not hold|holds|reversed|undecided)/.exec(cell)?.[1] ?? "no verdict";
  const known = new Set(numbersOf(finding.numbers));
  const unknown = numbersOf(cell).filter((number) => !known.has(number));
  return [...(verdict === finding.verdict ? [] : [`${verdict} instead of ${finding.verdict}`]), ...unknown];
}

/** Pairs of statement and cell in a column of a table of statements. */
export function statementsIn(passages: readonly Passage[], name: string): {statement: string; cell: string}[] {
  return passages.flatMap(({context, text}) => {
    const [column, statement] = context.split("; ");
    return column === name ? [{statement, cell: text}] : [];
  });
}
