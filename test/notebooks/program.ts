/** A notebook as one TypeScript program: its types are checked and its cells run without a kernel. */
import {readFileSync} from "node:fs";

export interface Cell {
  cell_type: string;
  source: string | string[];
  execution_count?: number | null;
  outputs?: {output_type: string; name?: string; data?: Record<string, unknown>}[];
}

export interface Program {
  /** A module that exports `run(begin)`, which runs the cells in order and then the exercises. */
  source: string;
  /** The cell or exercise that a line of the source (from 0) belongs to. */
  at(line: number): string;
}

/** Imports of cells, each on a line of its own. */
const IMPORT = /^import (type )?(?:\{([^}]*)\}|(\w+)) from ("[^"]+");$/gm;

/** Exercises to paste into a cell. */
const EXERCISE = {
  /** Blocks of `ts tour` ask of the tour what smaller presets do not have. */
  smoke: /^```ts\n([^]*?)^```/gm,
  tour: /^```ts(?: tour)?\n([^]*?)^```/gm,
};

export const cellsOf = (file: string): Cell[] => (JSON.parse(readFileSync(file, "utf8")) as {cells: Cell[]}).cells;

export const textOf = ({source}: Cell): string => (Array.isArray(source) ? source.join("") : source);

/** One import per name: cells import a name again where they use it. */
function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, type = "", names, whole, module]) =>
    whole
      ? [`import ${type}${whole} from ${module};`]
      : names.split(",").flatMap((name) => (name.trim() ? [`import ${type}{${name.trim()}} from ${module};`] : [])),
  );
}

/**
 * Make one program of a notebook's cells and the exercises that a preset can do, none by default. Each cell is in the scope of
 * those before it, and each exercise in that of the cells, whose names it may use again.
 */
export function programOf(cells: readonly Cell[], exercises?: keyof typeof EXERCISE): Program {
  const code = cells.flatMap((cell, index) =>
    cell.cell_type === "code" ? [{name: `cell ${index + 1}`, text: textOf(cell)}] : [],
  );
  const asked = exercises ? [...textOf(cells[cells.length - 1]).matchAll(EXERCISE[exercises])] : [];
  const blocks = asked.map(([, text], index) => ({name: `exercise ${index + 1}`, text}));
  const lines = [
    ...new Set([...code, ...blocks].flatMap(({text}) => importsOf(text))),
    "export async function run(begin: (part: string) => Promise<void>): Promise<void> {",
  ];
  const starts: {line: number; name: string}[] = [];
  const add = ({name, text}: {name: string; text: string}, end: string) => {
    starts.push({line: lines.length, name});
    lines.push(`{ await begin("${name}");`, ...text.replace(IMPORT, "").split("\n"), end);
  };
  for (const cell of code) add(cell, "");
  for (const block of blocks) add(block, "}");
  lines.push("}".repeat(code.length + 1), "");
  return {source: lines.join("\n"), at: (line) => starts.filter((start) => start.line <= line).at(-1)?.name ?? "imports"};
}
