/** The paper's tables and figures of every system, with the kinds of files that hold them. */
import {existsSync, readdirSync} from "node:fs";
import path from "node:path";
import {checkOptions, type TableRow} from "@lola-ts/core";
import {systemNames, systemOf, type RegisteredSystem} from "@lola-ts/simulators";
import type {Lab} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {folderOf} from "./every-system";

/** What the paper's tables show; tables of one system are told by its facts. */
const TABLES: Readonly<Record<number, string>> = {
  1: "inference time per state",
  2: "datasets",
  3: "autoencoders",
  4: "optimiser and initialisation of the autoencoder",
  5: "emulators",
  6: "VRMSE by compression rate",
  7: "VRMSE by number of context states",
  14: "other studies",
  15: "distances of latents by a parameter",
  16: "distances of tokens by the first parameter",
  17: "distances of tokens by the second parameter",
};

/** What the paper's figures show; galleries are told by the facts of their system. */
const FIGURES: Readonly<Record<number, string>> = {
  1: "the way of a forecast",
  2: "inputs and outputs of the denoiser",
  3: "reconstruction error",
  4: "one trajectory by every method",
  5: "metrics over lead time",
  6: "forecasts that follow observations",
  7: "architecture of the autoencoder",
  8: "metrics over lead time, every system",
  9: "the same, relative to auto-encoded states",
  22: "one state under several parameters",
  23: "a map of tokens",
};

/** A table or figure of the paper. */
interface Item {
  readonly title: string;
  /** Name of its files, without extension. */
  readonly name: string;
  readonly shows: string;
  /** The only system that has it. Default: every one. */
  readonly only?: RegisteredSystem;
  /** The system that the paper made it with, where others may have it, too. */
  readonly printed?: RegisteredSystem;
}

/** Kinds of files that are listed: those that are committed. */
const KINDS = [".csv", ".png"];

/** Shown where the paper has a table or figure of other systems only. */
const OTHER = "not of this system";

/** Shown where there is no file. */
const MISSING = "no file";

const systems = (): RegisteredSystem[] => systemNames.map((name) => systemOf(name)).filter(({paper}) => paper);

/** List all tables and figures of the paper. */
function items(): Item[] {
  const facts = systems().map((only) => ({only, ...only.paper!}));
  const table = (number: number): Omit<Item, "title" | "name"> => {
    const printed = facts.find(({studies}) => studies.includes(number))?.only;
    if (TABLES[number]) return {shows: TABLES[number], printed};
    const {only, tables} = facts.find(({tables}) => Object.values(tables).includes(number))!;
    return {only, shows: tables.spectrum === number ? "power spectrum error" : "distance between distributions"};
  };
  const figure = (number: number): Omit<Item, "title" | "name"> => {
    if (FIGURES[number]) return {shows: FIGURES[number]};
    const [shown] = facts.flatMap(({only, galleries}) =>
      galleries.flatMap(({figure, regime}) => (figure === number ? [{only, shows: `gallery, ${regime}`}] : [])),
    );
    return shown;
  };
  const list = (kind: string, count: number, facts: (number: number) => Omit<Item, "title" | "name">) =>
    Array.from({length: count}, (_, i): Item => {
      const name = `${kind}-${String(i + 1).padStart(2, "0")}`;
      return {title: `${kind[0].toUpperCase()}${kind.slice(1)} ${i + 1}`, name, ...facts(i + 1)};
    });
  return [...list("table", 17, table), ...list("figure", 23, figure)];
}

/** What stands for an item of a system without a file. */
function absent({only, printed = only}: Item, system: RegisteredSystem): string {
  return printed && printed.name !== system.name ? OTHER : MISSING;
}

/** Say whether a file is of an item: "figure-03.png", or a part or variant of it, "figure-03-all.png". */
const isOf = ({name}: Item, file: string) =>
  KINDS.includes(path.extname(file)) && (file.startsWith(`${name}.`) || file.startsWith(`${name}-`));

/**
 * List the paper's tables and figures, a row each, with the kinds of files that hold them, a column per system of the paper: in
 * the folder of the laboratory for its own system, in figures/ for the others.
 *
 * @example await lab.showTable(paperIndex(lab), "The paper's tables and figures");
 */
export function paperIndex(lab: Lab): TableRow[] {
  checkOptions("paperIndex", labRule, lab, "lab");
  const folders = systems().map((system) => {
    const folder = folderOf(lab, system);
    return {system, files: existsSync(folder) ? readdirSync(folder).sort() : []};
  });
  return items().map((item) => {
    const cells = folders.map(({system, files}): [string, string] => {
      const kinds = files.filter((file) => isOf(item, file)).map((file) => path.extname(file).slice(1));
      return [system.short, [...new Set(kinds)].sort().join(", ") || absent(item, system)];
    });
    return {paper: item.title, shows: item.shows, ...Object.fromEntries(cells)};
  });
}

/**
 * Show the list of {@link paperIndex}.
 *
 * @example await showPaperIndex(lab);
 */
export async function showPaperIndex(lab: Lab): Promise<void> {
  await lab.showTable(paperIndex(lab), "The paper's tables and figures, and the kinds of files that hold them");
}
