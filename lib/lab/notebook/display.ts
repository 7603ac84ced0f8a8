/**
 * Figures and tables in a notebook and in figures/.
 *
 * A figure is one output with two forms: a PNG that every reader shows (GitHub, a mail, a printout) and the plotly
 * specification that JupyterLab makes interactive. Outside a notebook the files are written and their paths printed.
 */
import path from "node:path";
import type {Cell, TableRow} from "../../core/table";
import {toCsv, toHtmlTable} from "../../evaluate/paper-tables";
import {compact} from "../../figures/render/compact";
import {writeWhole} from "../../core/files";
import {drawnBefore, placePlotly, toHtml, toPng} from "../../figures/render/export";
import type {ImageSize} from "../../figures/render/kaleido";
import type {Figure} from "../../figures/style";
import {tableFigure} from "../../figures/table-figure";
import {figuresFolder, shown} from "../../core/paths";
import {displayWriter} from "./kernel-output";

/** Rows, or a danfojs DataFrame. */
export type Table = readonly TableRow[] | {readonly columns: string[]; readonly values: unknown};

export interface SaveOptions extends ImageSize {
  /** The numbers behind the figure, written as CSV. */
  rows?: Table;
  /** Where files go; figures/ by default. */
  folder?: string;
}

export interface ShowOptions extends SaveOptions {
  /** Name of the files to write, e.g. "figure-05"; nothing is written without one. */
  name?: string;
  /** Whether the notebook keeps the interactive form beside the picture; it does unless told. */
  interactive?: boolean;
}

export interface TableOptions {
  /** Name of the files to write, e.g. "table-06"; nothing is written without one. */
  name?: string;
  /** Decimals of numbers that are not whole. */
  digits?: number;
  /** Where files go; figures/ by default. */
  folder?: string;
}

export interface ShowAnimationOptions {
  /** Name of the file to write; nothing is written without one. */
  name?: string;
  /** Where the file goes; figures/ by default. */
  folder?: string;
}

/** A notebook keeps interactive figures up to this many characters, written as notebooks are; larger ones are in HTML. */
const INLINE = 500_000;

/** Drawing takes longer than anything else here, so each figure object is drawn once per size. */
const drawn = new WeakMap<Figure, Map<string, Promise<Buffer>>>();

/** Draw a figure, unless an earlier run left its picture among the files `base`. */
function png(figure: Figure, {width, height, scale}: ImageSize, base?: string): Promise<Buffer> {
  const key = `${width}x${height}x${scale}`;
  const sizes = drawn.get(figure) ?? new Map<string, Promise<Buffer>>();
  drawn.set(figure, sizes);
  const size = {width, height, scale};
  const before = async () => (base === undefined ? undefined : drawnBefore(base, figure, size));
  const draw = async () => (await before()) ?? toPng(figure, size);
  const picture = sizes.get(key) ?? draw();
  sizes.set(key, picture);
  picture.catch(() => sizes.delete(key));
  return picture;
}

/**
 * Show a figure in the notebook, and write name.png, name.html and name.csv if it has a name.
 *
 * @throws Error if kaleido is missing or cannot draw the figure.
 */
export async function show(figure: Figure, {name, interactive = true, ...options}: ShowOptions = {}): Promise<void> {
  const send = displayWriter(); // before anything is awaited: later it belongs to another cell
  const files = name ? await saveFigure(figure, name, options) : [];
  if (!send) return print(files);
  const picture = await png(figure, options);
  const small = compact(figure);
  const kept = interactive && JSON.stringify(small, null, 1).length <= INLINE;
  send({
    "text/plain": describe(files) || "figure",
    "image/png": picture.toString("base64"),
    ...(kept && {"application/vnd.plotly.v1+json": small}),
  });
}

/**
 * Write a figure as name.png and name.html, and its numbers as name.csv.
 *
 * @returns the paths of the files.
 * @throws Error naming the file if the disk is full, or if the figure cannot be drawn.
 */
export async function saveFigure(figure: Figure, name: string, options: SaveOptions = {}): Promise<string[]> {
  const {rows, folder = figuresFolder()} = options;
  const base = path.join(folder, name);
  await writeWhole(`${base}.png`, await png(figure, options, base));
  placePlotly(folder);
  await writeWhole(`${base}.html`, toHtml(figure, name));
  if (!rows) return [`${base}.png`, `${base}.html`];
  await writeWhole(`${base}.csv`, toCsv(rowsOf(rows)));
  return [`${base}.png`, `${base}.html`, `${base}.csv`];
}

/**
 * Show a table in the notebook, and write name.csv, name.png and name.html if it has a name.
 *
 * @throws RangeError if it has no rows.
 */
export async function showTable(table: Table, caption: string, options: TableOptions = {}): Promise<void> {
  const {name, digits, folder} = options;
  const rows = rowsOf(table);
  const send = displayWriter();
  const figure = tableFigure(rows, caption, {digits});
  const files = name ? await saveFigure(figure, name, {rows, folder}) : [];
  if (!send) return print(files);
  send({"text/plain": describe(files) || caption, "text/html": toHtmlTable(rows, caption, {digits})});
}

/**
 * Show a moving picture in the notebook, and write name.gif if it has a name.
 *
 * @param gif what `movie` made.
 * @param caption for readers that do not show pictures.
 */
export async function showAnimation(
  gif: Buffer,
  caption: string,
  {name, folder = figuresFolder()}: ShowAnimationOptions = {},
) {
  const send = displayWriter();
  const files = name ? [path.join(folder, `${name}.gif`)] : [];
  for (const file of files) await writeWhole(file, gif);
  if (!send) return print(files);
  send({"text/plain": [caption, describe(files)].filter(Boolean).join(" "), "image/gif": gif.toString("base64")});
}

/** Write a value as name.json beside the figures; `findings.json` is what the headless runner reports at its end. */
export function saveJson(value: unknown, name: string, folder = figuresFolder()): Promise<void> {
  return writeWhole(path.join(folder, `${name}.json`), `${JSON.stringify(value, null, 2)}\n`);
}

function rowsOf(table: Table): readonly TableRow[] {
  if (!("columns" in table)) return table;
  const {columns} = table;
  return (table.values as Cell[][]).map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

/** "figures/figure-05.png, .html, .csv" */
function describe(files: readonly string[]): string {
  return files.map((file, i) => (i === 0 ? shown(file) : path.extname(file))).join(", ");
}

function print(files: readonly string[]): void {
  if (files.length > 0) process.stdout.write(`${describe(files)}\n`);
}
