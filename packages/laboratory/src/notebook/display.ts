/**
 * Figures and tables in a notebook and in files.
 *
 * A figure is one output with two forms of the same size: a PNG that every reader shows (GitHub, a mail, a printout) and
 * the plotly specification that JupyterLab makes interactive. Outside a notebook the files are written and their paths printed.
 */
import {existsSync} from "node:fs";
import {readFile, rm} from "node:fs/promises";
import path from "node:path";
import {
  having,
  records,
  checkOptions,
  checkParts,
  either,
  flag,
  isPlainObject,
  list,
  number,
  optional,
  projectRoot,
  section,
  text,
  where,
  whole,
  type RulesOf,
  type TableRow,
  writeWhole,
  shown,
} from "@lola-ts/core";
import {type CellOptions, toCsv, fromDataFrame, type DataFrame, toLatex} from "lola/evaluate";
import {
  type AnimatedFigure,
  type Movie,
  compact,
  drawnBefore,
  placePlotly,
  toHtml,
  toJpeg,
  toPng,
  toSmallSvg,
  toHtmlTable,
  toGif,
  sizeOf,
  type ImageSize,
  type Figure,
} from "@lola-ts/figures";
import {displayWriter, type MimeBundle} from "@lola-ts/cache";

export type Table = readonly TableRow[] | Pick<DataFrame, "columns" | "values">;

export interface FileOptions {
  /** Name of the files without extension, e.g. "figure-05". Default: nothing is written. */
  name?: string;
}

export interface ShowOptions extends ImageSize, FileOptions {
  /** The numbers behind a figure, written as CSV. */
  rows?: Table;
  /** Text for readers without pictures. Default: the names of the files. */
  caption?: string;
  /** Whether the notebook keeps the interactive form beside the picture. Default: true. */
  interactive?: boolean;
  /** Whether the notebook shows it; if not, only files are written. Default: true. */
  display?: boolean;
}

export interface TableOptions extends FileOptions, CellOptions {}

export interface CaptionedTable extends CellOptions {
  readonly rows: Table;
  readonly caption: string;
  /** Name of its files. Default: nothing is written. */
  readonly name?: string;
}

const figureRule = having("a figure, of data and a layout", "data", "layout");

const tableRule = either(records("rows"), having("a data frame", "columns", "values"));

const nameRule = where(text, "a file name without folders", (name: string) => /^[^/\\]+$/.test(name));

const fileRules: RulesOf<FileOptions> = {name: optional(nameRule)};

const movieRule = where(
  having("a movie, of panels and labels", "panels", "labels", "delay"),
  "a movie of at least one panel",
  ({panels}: Movie) => panels.length > 0,
);

const pixels = optional(number({above: 0}));

const showRules: RulesOf<ShowOptions> = {
  ...fileRules,
  width: pixels,
  height: pixels,
  scale: pixels,
  rows: optional(tableRule),
  caption: optional(text),
  interactive: optional(flag),
  display: optional(flag),
};

const tableRules: RulesOf<TableOptions> = {
  ...fileRules,
  digits: optional(whole({min: 0, max: 20})),
  decimals: optional(having("decimals by column")),
  bold: optional(list(list(text, {empty: true}), {empty: true})),
};

/** A notebook keeps interactive figures up to this many characters, written as notebooks are; larger figures are in HTML. */
const INLINE = 500_000;

/** Drawing takes longer than anything else here, so each figure object is drawn once per size. */
const drawn = new WeakMap<Figure, Map<string, Promise<Buffer>>>();

function png(figure: Figure, {width, height, scale}: ImageSize, base?: string): Promise<Buffer> {
  const size = {width, height, scale};
  const key = JSON.stringify([width, height, scale]);
  const sizes = drawn.get(figure) ?? new Map<string, Promise<Buffer>>();
  drawn.set(figure, sizes);
  const draw = async () => (base && (await drawnBefore(base, figure, size))) || toPng(figure, size);
  const picture = sizes.get(key) ?? draw();
  sizes.set(key, picture);
  picture.catch(() => sizes.delete(key));
  return picture;
}

/** Bytes of a PNG above which a notebook keeps a picture without interactive form as JPEG, if that is smaller. */
const LARGE = 200_000;

const PLOTLY = "application/vnd.plotly.v1+json";

/** Make the interactive form of a notebook: as wide as the cell, without a tool bar over its title. */
function liveForm(figure: Figure): object {
  const {width: _, ...layout} = figure.layout;
  const config = {displayModeBar: false, displaylogo: false, responsive: true};
  return {...compact({...figure, layout: {...layout, autosize: true}}), config};
}

/**
 * Find where a file is written. Committed figures are renewed, and none is added: in place of a file in figures/ stands the
 * committed file of its name, in the same folder or, about all systems, in figures/ itself.
 */
function placeOf(file: string): string | undefined {
  const figures = path.join(projectRoot(), "figures");
  if (!path.resolve(file).startsWith(figures + path.sep)) return file;
  return [file, path.join(figures, path.basename(file))].find((one) => existsSync(one));
}

/**
 * Write a file of a figure or table, unless there is nothing to write: then an earlier one is removed.
 *
 * @returns the path of the written file.
 */
async function write(file: string, make: () => Promise<string | Buffer | undefined>): Promise<string | undefined> {
  const place = placeOf(file);
  if (place === undefined) return undefined;
  const content = await make();
  if (content === undefined) await rm(place, {force: true});
  else await writeWhole(place, content);
  return content === undefined ? undefined : place;
}

/** Write the forms of a figure or table, by their extensions. @returns the paths of the files. */
async function writeForms(
  base: string,
  forms: Readonly<Record<string, () => Promise<string | Buffer | undefined>>>,
): Promise<string[]> {
  const files: string[] = [];
  for (const [extension, make] of Object.entries(forms)) {
    const file = await write(base + extension, make);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** Make the interactive page of a figure, with plotly.js beside it. */
async function pageOf(figure: Figure, base: string): Promise<string> {
  placePlotly(path.dirname(base));
  return toHtml(figure, path.basename(base));
}

/** Write a table as CSV and as LaTeX, and renew its caption where the folder has a page of captions, as figures/ does. */
async function saveTable(
  name: string,
  folder: string,
  {rows, caption, ...cells}: {rows: readonly TableRow[]; caption: string} & CellOptions,
): Promise<string[]> {
  const captions = path.join(folder, "tables.md");
  if (existsSync(captions)) {
    const start = `- [${name}.csv](${name}.csv): `;
    const lines = (await readFile(captions, "utf8")).split("\n");
    await writeWhole(captions, lines.map((line) => (line.startsWith(start) ? start + caption : line)).join("\n"));
  }
  return writeForms(path.join(folder, name), {
    ".csv": async () => toCsv(rows),
    ".tex": async () => toLatex(rows, caption, cells),
  });
}

function rowsOf(table: Table): readonly TableRow[] {
  return "columns" in table ? fromDataFrame(table) : table;
}

/** "figures/figure-05.png, .html, .csv" */
function describe(files: readonly string[]): string {
  return files.map((file, i) => (i === 0 ? shown(file) : path.extname(file))).join(", ");
}

function print(files: readonly string[]): void {
  if (files.length > 0) process.stdout.write(`${describe(files)}\n`);
}

/** Shows figures and tables, and writes those that have a name to its folder. */
export abstract class Presenter {
  abstract get folder(): string;

  /**
   * Show a figure or an animation in the notebook. One that has a name is written to the folder: a figure as name.png, name.html,
   * name.svg (up to 300 kB) and name.csv, an animation as name.gif and name.html.
   *
   * @throws Error if the figure cannot be drawn, or naming the file if the disk is full.
   * @example
   * await lab.show(figure5(curves), {name: "figure-05", rows});
   * await lab.show(animate(trajectory, {views}), {caption: "Trajectory 0"});
   */
  async show(figure: Figure | AnimatedFigure, options: ShowOptions = {}): Promise<void> {
    const moving = isPlainObject(figure) && "movie" in figure ? (figure as object as AnimatedFigure) : undefined;
    if (moving) checkParts("show", {figure: figureRule, movie: movieRule}, moving);
    else checkOptions("show", figureRule, figure, "figure");
    checkOptions("show", section(showRules), options);
    const send = options.display === false ? undefined : displayWriter(); // before any wait: later it belongs to another cell
    const shown = moving
      ? await movingForm(moving, this.folder, options)
      : await stillForm(figure as Figure, this.folder, options, send !== undefined);
    const {files, bundle, metadata} = shown;
    if (options.display === false) return;
    if (!send) return print(files);
    const plain = [options.caption, describe(files)].filter(Boolean).join(" ");
    send({"text/plain": plain || "figure", ...bundle}, {metadata});
  }

  /**
   * Show a table in the notebook, or several in one output, and write each that has a name as name.csv and name.tex to the folder.
   *
   * @param table rows or a data frame; or a list of tables with their captions and options.
   * @throws RangeError if a table has no rows.
   * @example
   * await lab.showTable(rows, `Table 6. ${lab.caption}`, {name: "table-06"});
   * await lab.showTable([{rows: [{VRMSE: 0.6}], caption: "Diffusion"}, {rows: [{VRMSE: 0.5}], caption: "Solver"}]);
   */
  async showTable(tables: readonly CaptionedTable[]): Promise<void>;
  async showTable(table: Table, caption: string, options?: TableOptions): Promise<void>;
  async showTable(
    table: Table | readonly CaptionedTable[],
    caption?: string,
    options: TableOptions = {},
  ): Promise<void> {
    const isList = caption === undefined && Array.isArray(table);
    if (isList) checkOptions("showTable", records("tables", "rows", "caption"), table, "tables");
    else checkParts("showTable", {table: tableRule, caption: text}, {table, caption});
    checkOptions("showTable", section(tableRules), options);
    const send = displayWriter();
    const tables = isList
      ? (table as readonly CaptionedTable[])
      : [{...options, rows: table as Table, caption: caption!}];
    const shownTables = await Promise.all(
      tables.map(async ({rows: table, caption, name, ...cells}) => {
        const rows = rowsOf(table);
        if (rows.length === 0) throw new RangeError(`showTable: expected rows for "${caption}", found none.`);
        const files = name ? await saveTable(name, this.folder, {rows, caption, ...cells}) : [];
        return {files, caption, html: send && toHtmlTable(rows, caption, cells)};
      }),
    );
    if (!send) return shownTables.forEach(({files}) => print(files));
    const plain = shownTables.map(({files, caption}) => describe(files) || caption);
    send({"text/plain": plain.join("\n"), "text/html": shownTables.map(({html}) => html).join("\n")});
  }
}

interface Form {
  readonly files: readonly string[];
  readonly bundle?: MimeBundle;
  readonly metadata?: Record<string, unknown>;
}

async function stillForm(figure: Figure, folder: string, options: ShowOptions, isShown: boolean): Promise<Form> {
  const {name, interactive = true, ...look} = options;
  const files = name ? await saveFigure(figure, path.join(folder, name), look) : [];
  if (!isShown) return {files};
  const live = liveForm(figure);
  const kept = interactive && JSON.stringify(live, null, 1).length <= INLINE;
  const drawing = await png(figure, look);
  const smaller = kept || drawing.length <= LARGE ? drawing : await toJpeg(drawing);
  const [type, picture] =
    smaller.length < drawing.length ? (["image/jpeg", smaller] as const) : (["image/png", drawing] as const);
  return {
    files,
    bundle: {[type]: picture.toString("base64"), ...(kept && {[PLOTLY]: live})},
    metadata: {[type]: sizeOf(figure, look)}, // not the size of the file, which has more pixels
  };
}

async function movingForm({figure, movie}: AnimatedFigure, folder: string, {name}: ShowOptions): Promise<Form> {
  const base = name && path.join(folder, name);
  const gif = await toGif(movie);
  const files = base ? await writeForms(base, {".gif": async () => gif, ".html": () => pageOf(figure, base)}) : [];
  return {files, bundle: {"image/gif": gif.toString("base64"), [PLOTLY]: liveForm(figure)}};
}

/** Write a figure as base.png, base.html and base.svg (up to 300 kB), and its numbers as base.csv. @returns the paths of the files. */
export async function saveFigure(figure: Figure, base: string, options: ShowOptions = {}): Promise<string[]> {
  const {rows, width, height} = options;
  const isSame = (await drawnBefore(base, figure, options)) !== undefined;
  return writeForms(base, {
    ".png": () => png(figure, options, base),
    ".svg": () => (isSame ? readFile(`${base}.svg`).catch(() => undefined) : toSmallSvg(figure, {width, height})),
    ".html": () => pageOf(figure, base), // after the pictures: it says that they are of this figure
    ...(rows && {".csv": async () => toCsv(rowsOf(rows))}),
  });
}

/** Write a text to a file in a laboratory's folder. @param file its name, with extension. @returns the path of the file. */
export async function saveText({folder}: Pick<Presenter, "folder">, text: string, file: string): Promise<string> {
  const target = path.join(folder, file);
  await write(target, async () => text);
  return target;
}

/**
 * Write a value as name.json to a laboratory's folder; the headless runner reports `claims.json` at its end.
 *
 * @returns the path of the file.
 * @example await saveJson(lab, claims, "claims");
 */
export function saveJson(lab: Pick<Presenter, "folder">, value: unknown, name: string): Promise<string> {
  return saveText(lab, `${JSON.stringify(value, null, 2)}\n`, `${name}.json`);
}
