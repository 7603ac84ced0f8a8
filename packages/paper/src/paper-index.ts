/** The paper's tables and figures of every system, with the files that hold them. */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {checkOptions, type TableRow} from "@lola-ts/core";
import {systemNames, systemOf, type RegisteredSystem} from "@lola-ts/simulators";
import type {Lab} from "@lola-ts/laboratory";
import {labRule, preset, Shipped, shippedFolder, shippedLab} from "@lola-ts/laboratory/stages";
import {folderOf} from "./every-system";
import {galleryInWords} from "./views/galleries";

/** What the paper's tables show; those of one system are told by its facts. */
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

/** Kinds of files that are listed; pages and drawings beside them are not committed for every system. */
const KINDS = [".csv", ".png", ".tex"];

/** Shown where the paper has a table or figure of other systems only. */
const OTHER = "not of this system";

/** How cells are read. */
const NOTE = "The preset of a table stands before its files. Captions say the rest: seed, states, trajectories, steps.";

/** Shown where there is no file. */
const MISSING = "not made";

const systems = (): RegisteredSystem[] => systemNames.map((name) => systemOf(name)).filter(({paper}) => paper);

/** Find the data of the models that a system's galleries show: simulated, by the laboratory or for the committed figures. */
function galleryData(lab: Lab, {name}: RegisteredSystem) {
  const isOwn = lab.system.name === name;
  const shipped = isOwn ? undefined : Shipped.open(shippedFolder(name));
  const config = isOwn ? (shippedLab(lab, name) ?? lab).config : shipped && preset(name, shipped.index.preset);
  return config && !("source" in config.data) ? config.data : undefined;
}

/** Say what the trajectory of a gallery is. */
function shownIn(lab: Lab, system: RegisteredSystem, number: number): string {
  const gallery = system.paper!.galleries.find(({figure}) => figure === number)!;
  const data = galleryData(lab, system);
  const files = data ? system.plan(data).filter(({split, requests}) => split === "test" && requests.length > 0) : [];
  return `gallery, ${galleryInWords(system, gallery, files)}`;
}

/** List all tables and figures of the paper. */
function items(lab: Lab): Item[] {
  const facts = systems().map((only) => ({only, ...only.paper!}));
  const table = (number: number): Omit<Item, "title" | "name"> => {
    const printed = facts.find(({studies}) => studies.includes(number))?.only;
    if (TABLES[number]) return {shows: TABLES[number], printed};
    const {only, tables} = facts.find(({tables}) => Object.values(tables).includes(number))!;
    return {only, shows: tables.spectrum === number ? "power spectrum error" : "distance between distributions"};
  };
  const figure = (number: number): Omit<Item, "title" | "name"> => {
    if (FIGURES[number]) return {shows: FIGURES[number]};
    const {only} = facts.find(({galleries}) => galleries.some(({figure}) => figure === number))!;
    return {only, shows: shownIn(lab, only, number)};
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

/** Files of one preset: those beside a .tex whose caption names it. Figures have no such file. */
interface Files {
  readonly preset?: string;
  readonly names: readonly string[];
}

/** Group the files of an item by the preset that the captions of their tables name. */
function byPreset(folder: string, names: readonly string[]): Files[] {
  const stem = (file: string) => path.basename(file, path.extname(file));
  const presets = new Map(
    names
      .filter((file) => path.extname(file) === ".tex")
      .map((file) => [stem(file), /preset ([\w-]+)/.exec(readFileSync(path.join(folder, file), "utf8"))?.[1]]),
  );
  const all = [...new Set(names.map((file) => presets.get(stem(file))))];
  return all.map((preset) => ({preset, names: names.filter((file) => presets.get(stem(file)) === preset)}));
}

/** Write the files of a cell, each preset before its own. */
const cellInWords = (files: readonly Files[], words: (names: readonly string[]) => string) =>
  files.map(({preset, names}) => (preset ? `${preset}: ${words(names)}` : words(names))).join("; ");

/** Name the files of every item in the folder of every system. */
function index(lab: Lab): {item: Item; places: {system: RegisteredSystem; folder: string; files: Files[]}[]}[] {
  const folders = systems().map((system) => {
    const folder = folderOf(lab, system);
    return {system, folder, all: existsSync(folder) ? readdirSync(folder).sort() : []};
  });
  return items(lab).map((item) => ({
    item,
    places: folders.map(({all, ...place}) => ({
      ...place,
      files: byPreset(
        place.folder,
        all.filter((one) => isOf(item, one)),
      ),
    })),
  }));
}

/**
 * List the paper's tables and figures, a row each, with the files that hold them, a column per system of the paper: in the
 * folder of the laboratory for its own system, in figures/ for the others. The preset of a table stands before its files.
 *
 * @example await lab.showTable(paperIndex(lab), "The paper's tables and figures");
 */
export function paperIndex(lab: Lab): TableRow[] {
  checkOptions("paperIndex", labRule, lab, "lab");
  const ends = (names: readonly string[]) => [...new Set(names.map((one) => path.extname(one).slice(1)))].join(", ");
  return index(lab).map(({item, places}) => ({
    paper: item.title,
    shows: item.shows,
    ...Object.fromEntries(
      places.map(({system, files}) => [system.short, cellInWords(files, ends) || absent(item, system)]),
    ),
  }));
}

/**
 * Show the list of {@link paperIndex}, and write it as index.md, with a link to each file, to the laboratory's folder.
 *
 * @example await showPaperIndex(lab);
 */
export async function showPaperIndex(lab: Lab): Promise<void> {
  const rows = paperIndex(lab);
  const columns = Object.keys(rows[0]);
  const lines = index(lab).map(({item, places}) => {
    const cells = places.map(({system, folder, files}) => {
      const links = (names: readonly string[]) =>
        names.map((one) => `[${one.slice(item.name.length + 1)}](${link(lab.folder, folder, one)})`).join(", ");
      return cellInWords(files, links) || absent(item, system);
    });
    return `| ${[item.title, item.shows, ...cells].join(" | ")} |`;
  });
  const head = [`| ${columns.join(" | ")} |`, `| ${columns.map(() => "---").join(" | ")} |`];
  const text = ["# The paper's tables and figures", NOTE, [...head, ...lines].join("\n"), ""].join("\n\n");
  await lab.showTable(
    rows,
    `The paper's tables and figures, and the kinds of files that hold them. ${NOTE.slice(0, -1)}`,
  );
  await lab.saveText(text, "index.md");
}

const link = (from: string, folder: string, name: string) =>
  path.relative(from, path.join(folder, name)).split(path.sep).join("/");
