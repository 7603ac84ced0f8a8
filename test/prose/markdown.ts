/** Prose in Markdown: its sentences, its tables, and passages, each with what it is about and the numbers in it. */

/** A number as it is printed. */
export interface PrintedNumber {
  readonly text: string;
  readonly value: number;
  readonly decimals: number;
  /** Whether a sign for percent follows. */
  readonly isPercent: boolean;
  /** Error that follows ±. */
  readonly error?: {readonly value: number; readonly decimals: number};
}

/** A sentence, or a cell of a table. */
export interface Passage {
  readonly document: string;
  /** Last heading above it. */
  readonly section: string;
  readonly text: string;
  /** The text, of a cell with its column's and its row's name. */
  readonly context: string;
}

/** A table: the names of its columns, and its rows of cells as they are written. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Take out what is no prose: code, equations, comments, targets of links. */
function plain(markdown: string): string {
  return markdown
    .replace(/```[^]*?```/g, "")
    .replace(/\$\$[^]*?\$\$/g, "")
    .replace(/<!--[^]*?-->/g, "")
    .replace(/`[^`\n]*`/g, "")
    .replace(/\$[^$\n]*\$/g, "")
    .replace(/\]\([^)]*\)/g, "]");
}

const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Read the tables of a document, in order. */
export function tablesOf(markdown: string): Table[] {
  return markdown.split(/\n\s*\n/).flatMap((block) => {
    const lines = block.trim().split("\n");
    if (lines.length < 3 || !lines.every((line) => line.startsWith("|"))) return [];
    const [columns, , ...rows] = lines.map(cellsOf);
    return [{columns, rows}];
  });
}

/** Read the one table with a column of that name. */
export function tableWith(column: string, markdown: string): Table {
  const tables = tablesOf(markdown).filter(({columns}) => columns.includes(column));
  if (tables.length !== 1) throw new Error(`Expected one table with a column "${column}", found ${tables.length}.`);
  return tables[0];
}

/** Take out what a reader does not see: targets of links, pictures. */
export const visible = (markdown: string) => markdown.replace(/\]\([^)]*\)/g, "]").replace(/<[^>\n]*>/g, "");

/** List the words of a text; a number is a word, too. */
export const wordsIn = (text: string): string[] => text.match(/[\p{L}\d][\p{L}\d'’.,/:-]*/gu) ?? [];

/** Split prose into sentences, without headings, tables and blocks of code; inline code is one word. */
export function sentencesOf(markdown: string): string[] {
  return visible(markdown.replace(/```[^]*?```/g, "").replace(/`[^`\n]*`/g, "Code"))
    .split(/\n\s*\n|\n(?=- )/)
    .filter((block) => !/^\s*[|#]/.test(block))
    .flatMap((block) => block.split(/(?<=[.!?][*_)]*)\s+(?=[\p{Lu}\d÷*_[])/u))
    .filter((sentence) => wordsIn(sentence).length > 0);
}

/** Split a document into passages. */
export function passagesOf(document: string, markdown: string): Passage[] {
  let section = "";
  const found: Passage[] = [];
  for (const block of plain(markdown).split(/\n\s*\n/)) {
    const lines = block.split("\n").filter((line) => line.trim() !== "");
    const heading = /^#+ (.+)/.exec(lines[0] ?? "");
    if (heading) section = heading[1];
    if (lines.length > 2 && lines.every((line) => line.startsWith("|"))) {
      const [header, , ...rows] = lines.map(cellsOf);
      for (const row of rows) {
        row.forEach((text, i) => found.push({document, section, text, context: `${header[i]}; ${row[0]}; ${text}`}));
      }
      continue;
    }
    const joined = lines.join(" ").replace(/\s+/g, " ");
    for (const text of joined.split(/(?<=[.!?:]) (?=[A-Z*])| (?=- )/)) {
      found.push({document, section, text, context: text});
    }
  }
  return found;
}

const decimalsOf = (text: string) => text.split(".")[1]?.length ?? 0;
const significant = (text: string) => text.replace(".", "").replace(/^0+/, "").length;

/** Versions of programs. */
const VERSIONS = /\b(?:Python|Node|npm) \d[\d.]*(?: (?:to|or) \d[\d.]*)*/g;

/** A number with decimals that is no part of a name, a version or a section, and what follows ±. */
const NUMBER = /(?<![\w.:/]|arXiv )(\d+\.\d+)(?!\.?\d|\w)(?: ± (\d+(?:\.\d+)?))?( %)?/g;

/** Find the numbers with decimals that have three significant digits or more, or an error. */
export function numbersIn(text: string): PrintedNumber[] {
  return [...text.replace(VERSIONS, "").matchAll(NUMBER)].flatMap(([whole, number, error, percent]) => {
    if (significant(number) < 3 && error === undefined) return [];
    return [
      {
        text: whole,
        value: Number(number),
        decimals: decimalsOf(number),
        isPercent: percent !== undefined,
        ...(error !== undefined && {error: {value: Number(error), decimals: decimalsOf(error)}}),
      },
    ];
  });
}
