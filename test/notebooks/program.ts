/** A notebook as one TypeScript program: its types are checked and its cells run without a kernel. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";

export interface Cell {
  id?: string;
  cell_type: string;
  metadata?: {lola?: object};
  source: string | string[];
  execution_count?: number | null;
  outputs?: {output_type: string; name?: string; data?: Record<string, unknown>}[];
}

/** A cell, or an exercise to paste below all cells. */
export interface Part {
  name: string;
  text: string;
  exercise: boolean;
}

export interface Program {
  /** A module that exports `run(begin)`, which runs the cells in order and then the exercises. */
  source: string;
  /** In the order in which they run. */
  parts: readonly Part[];
  /** Index of the part that a line of the source (from 0) belongs to; -1 for the imports, which all stand first. */
  at(line: number): number;
}

/** Folder of the lessons. */
export const lessonsFolder = path.resolve(__dirname, "../../notebooks");

/** File names of the lessons: notebooks whose names begin with their number. */
export const lessons = readdirSync(lessonsFolder).filter((name) => /^\d\d-.*\.ipynb$/.test(name));

/** The notebook that one's own notebooks begin with. */
export const template = path.resolve(__dirname, "../../environment/jupyter/template.ipynb");

/** Imports of cells, each on a line of its own. */
const IMPORT = /^import (type )?(?:\{([^}]*)\}|(\w+)) from ("[^"]+");$/gm;

/** Exercises to paste into a cell. */
const EXERCISE = {
  /** Blocks of `ts tour` ask of the tour what smaller presets do not have. */
  smoke: /^```ts\n([^]*?)^```/gm,
  tour: /^```ts(?: tour)?\n([^]*?)^```/gm,
};

/** What the answer to an exercise that is to be written offers in place of the reader's code. */
const SOLUTION = /^```ts solution\n([^]*?)^```/m;

/** Code of the exercises of a last cell, each after its solution where the reader writes it. */
function exercisesOf(cell: string, preset: keyof typeof EXERCISE): string[] {
  return cell.split(/^(?=\*\*\d\. )/m).flatMap((question) => {
    const solution = SOLUTION.exec(question)?.[1] ?? "";
    return [...question.matchAll(EXERCISE[preset])].map(([, asked]) => solution + asked);
  });
}

export const cellsOf = (file: string): Cell[] => (JSON.parse(readFileSync(file, "utf8")) as {cells: Cell[]}).cells;

export const textOf = ({source}: Cell): string => (Array.isArray(source) ? source.join("") : source);

/** One import per name: cells import a name again where they use it. */
export function importsOf({text}: Pick<Part, "text">): {name: string; line: string}[] {
  return [...text.matchAll(IMPORT)].flatMap(([, type = "", names, whole, module]) => {
    if (whole) return [{name: whole, line: `import ${type}${whole} from ${module};`}];
    const each = names.split(",").flatMap((one) => one.trim() || []);
    return each.map((one) => ({name: one.split(" ").at(-1)!, line: `import ${type}{${one}} from ${module};`}));
  });
}

/**
 * Make one program of a notebook's cells and the exercises that a preset can do, none by default. Each cell is in the scope of
 * those before it, and each exercise in that of the cells, whose names it may use again.
 */
export function programOf(cells: readonly Cell[], exercises?: keyof typeof EXERCISE): Program {
  const code = cells.flatMap((cell, index) =>
    cell.cell_type === "code" ? [{name: `cell ${index + 1}`, text: textOf(cell), exercise: false}] : [],
  );
  const asked = exercises ? exercisesOf(textOf(cells[cells.length - 1]), exercises) : [];
  const parts = [...code, ...asked.map((text, i) => ({name: `exercise ${i + 1}`, text, exercise: true}))];
  const lines = [
    ...new Set(parts.flatMap((part) => importsOf(part).map(({line}) => line))),
    "export async function run(begin: (part: string) => Promise<void>): Promise<void> {",
  ];
  const starts = parts.map(({name, text, exercise}) => {
    const start = lines.length;
    lines.push(`{ await begin("${name}");`, ...text.replace(IMPORT, "").split("\n"), exercise ? "}" : "");
    return start;
  });
  lines.push("}".repeat(code.length + 1), "");
  return {source: lines.join("\n"), parts, at: (line) => starts.filter((start) => start <= line).length - 1};
}
