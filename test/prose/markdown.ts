/** Prose in Markdown as passages: sentences and cells of tables, each with what it is about, and the numbers in them. */

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

/** A number with decimals that is no part of a name, a version or a section, and what follows ±. */
const NUMBER = /(?<![\w.:/]|arXiv )(\d+\.\d+)(?!\.?\d|\w)(?: ± (\d+(?:\.\d+)?))?( %)?/g;

/** Find the numbers with decimals that have three significant digits or more, or an error. */
export function numbersIn(text: string): PrintedNumber[] {
  return [...text.matchAll(NUMBER)].flatMap(([whole, number, error, percent]) => {
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
