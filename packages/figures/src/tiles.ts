/**
 * Grids of field images: rows are methods (or fields), columns lead times.
 *
 * All tiles of a row are one heatmap with empty cells between them, so that a figure of 50 images is 10 traces: it
 * stays quick in a notebook, and pixels stay square and sharp.
 */
import {
  flat,
  type StridedArray,
  arrayOf,
  records,
  checkOptions,
  checkParts,
  count,
  described,
  list,
  number,
  oneOf,
  optional,
  text,
  whole,
  stridesOf,
} from "@lola-ts/core";
import {quantile} from "lola/evaluate";
import type {Annotation, HeatmapData, LayoutAxis, Shape} from "plotly.js";
import {annotate, frame} from "./layout";
import {diverging, ink, NOTEBOOK, round, type ColourScale, type Figure, type FigureOptions} from "./style";

/** One field at one time, [X, Y]: x to the right and y upwards. */
export type FieldImage = StridedArray;

/** A trajectory, [L, X, Y, C] or [L, X, Y, Z, C]. */
export type ImageSource = StridedArray;

/** Way from three dimensions to two: the middle plane of the last axis (index n / 2), or the mean along it. */
export type Depth = "slice" | "projection";

/** Accepts trajectories of images. */
export const imageSources = arrayOf("L, X, Y, C", "L, X, Y, Z, C");
/** Accepts ways from three dimensions to two. */
export const depths = oneOf(["slice", "projection"]);
/** Accepts field images. */
export const imageRule = arrayOf("X, Y");
const imageOrNone = described(imageRule.nullable(), "an array [X, Y] or null");

/** Accepts rows of field images. */
export const imagesRule = list(imageOrNone, {empty: true});

/**
 * Take one field at one time out of a trajectory; a 3D one becomes flat as `depth` says.
 *
 * @param maxPoints max points per axis: a larger field is shown at a fraction of its resolution (every second point,
 * ...).
 * @param depth way from three dimensions to two. Default: the middle plane.
 * @throws RangeError if the state or channel is out of range.
 */
export function fieldOf(
  trajectory: ImageSource,
  state: number,
  channel: number,
  maxPoints = 128,
  depth: Depth = "slice",
): FieldImage {
  checkOptions("fieldOf", imageSources, trajectory, "trajectory");
  checkOptions("fieldOf", whole({min: 0}), state, "state");
  checkOptions("fieldOf", whole({min: 0}), channel, "channel");
  checkOptions("fieldOf", count, maxPoints, "maxPoints");
  checkOptions("fieldOf", depths, depth, "depth");
  const {data, shape, offset = 0} = trajectory;
  const stride = trajectory.stride ?? stridesOf(shape);
  const last = shape.length - 1;
  if (!(state >= 0 && state < shape[0] && channel >= 0 && channel < shape[last])) {
    throw new RangeError(`fieldOf: expected a state and a channel within [${shape}], found ${state} and ${channel}.`);
  }
  const planes = last < 4 ? [0] : depth === "slice" ? [shape[3] >> 1] : Array.from({length: shape[3]}, (_, z) => z);
  const starts = planes.map(
    (z) => offset + state * stride[0] + channel * stride[last] + (last < 4 ? 0 : z * stride[3]),
  );
  const skip = Math.max(1, Math.ceil(Math.max(shape[1], shape[2]) / maxPoints));
  const nx = Math.ceil(shape[1] / skip);
  const ny = Math.ceil(shape[2] / skip);
  const values = new Float32Array(nx * ny);
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      let sum = 0;
      for (const start of starts) sum += data[start + x * skip * stride[1] + y * skip * stride[2]];
      values[x * ny + y] = sum / starts.length;
    }
  }
  return {data: values, shape: [nx, ny]};
}

/** Lower and upper end of a colour scale. */
export type Limits = readonly [number, number];

/**
 * Choose the limits of a row of images: the 1 % and 99 % quantiles of the fields, widened by 0.01 (paper's figures).
 *
 * @throws RangeError if there is no finite value.
 */
export function limitsOf(fields: readonly (FieldImage | null)[], share = 0.01, margin = 0.01): Limits {
  checkOptions("limitsOf", imagesRule, fields, "fields");
  checkOptions("limitsOf", number({min: 0, max: 0.5}), share, "quantile");
  checkOptions("limitsOf", number(), margin, "margin");
  const values = fields.flatMap((field) => (field ? Array.from(flat(field)) : [])).filter(Number.isFinite);
  if (values.length === 0) throw new RangeError("limitsOf: expected fields with finite values, found none.");
  return [quantile(values, share) - margin, quantile(values, 1 - share) + margin];
}

/** Compute the level of a value between limits, from 0 to `top`; null of a value that is not finite. */
export function levelOf(value: number | null, [low, high]: Limits, top: number): number | null {
  const part = ((value ?? NaN) - low) / (high - low || 1);
  return Number.isFinite(part) ? Math.round(top * Math.min(1, Math.max(0, part))) : null;
}

/** Compute the levels of an image between limits, from 0 to `top`, as rows from the lowest y on. */
export function levelsOf(image: FieldImage, limits: Limits, top: number): (number | null)[][] {
  const values = flat(image);
  const [nx, ny] = image.shape;
  return Array.from({length: ny}, (_, y) =>
    Array.from({length: nx}, (__, x) => levelOf(values[x * ny + y], limits, top)),
  );
}

/** A row of images. */
export interface TileRow {
  /** Left of the row; may contain <br>. */
  readonly label: string;
  /** Colour of the label. */
  readonly colour?: string;
  /** One per column, null for an empty place. */
  readonly fields: readonly (FieldImage | null)[];
  readonly limits: Limits;
  /** Colours of the row. Default: those of the figure. */
  readonly scale?: ColourScale;
  /** Colour bar beside the row; `true`: of this row, n: shared by this row and the n − 1 below. Default: none. */
  readonly bar?: boolean | number;
  /** Set the row apart from the one above. */
  readonly apart?: boolean;
}

export interface TileOptions extends FigureOptions {
  /** Above the columns. */
  columns: readonly string[];
  rows: readonly TileRow[];
  /** Exponent that raises contrast, see `diverging`. */
  contrast?: number;
  scale?: ColourScale;
  /** Width of the row labels in pixels. Default: that of the longest. */
  labels?: number;
}

/** Widths in pixels of a label's wide, narrow and other characters, and of the room around it. */
const WIDE = 15;
const NARROW = 5.7;
const OTHER = 9.8;
const AROUND = 12;

/** Pixels of the shortest colour bar, whose two ends are named. */
const BAR = 52;

/** Pixels of a line of a label. */
const LINE = 21;

/** Pixels from a row to the next, at least: lower images show nothing. */
const LOWEST = 36;

/** Compute the width in pixels of the longest line of the rows' labels. */
function labelWidth(rows: readonly TileRow[]): number {
  const width = (character: string) =>
    /[mwMW]/.test(character) ? WIDE : /[fijlrt .,]/.test(character) ? NARROW : OTHER;
  const lines = rows.flatMap(({label}) => label.replace(/<(?!br>)[^>]*>/g, "").split("<br>"));
  return Math.max(100, ...lines.map((line) => AROUND + [...line].reduce((sum, one) => sum + width(one), 0)));
}

const tileRules = {
  columns: list(text, {empty: true}),
  rows: records("rows of images", "label", "fields", "limits"),
  contrast: optional(number({above: 0})),
  labels: optional(number({above: 0})),
  width: optional(number({above: 0})),
};

/**
 * Draw a grid of images, wider than asked where flat ones would be too low, and with labels on one line where their rows are
 * too low for more. A grid that is higher than a notebook's window has a second form for notebooks: smaller tiles, in two blocks side by side where that
 * leaves them larger.
 *
 * @throws RangeError if there is no image, tiles differ in shape, or a row has more images than there are columns.
 */
export function tiles(options: TileOptions): Figure {
  checkParts("tiles", tileRules, options);
  options.rows.forEach(({fields, limits}, i) => {
    checkOptions("tiles", imagesRule, fields, `rows.${i}.fields`);
    checkOptions("tiles", list(number(), {length: 2}), limits, `rows.${i}.limits`);
  });
  const {rows, width = 900} = options;
  const grid = gridOf(options);
  const lines = Math.max(...rows.map(({label}) => label.split("<br>").length));
  const form = fullForm(rows, grid, width, LOWEST);
  if (form.cell * (grid.ny + grid.gap) < LINE * lines) return fitting(onOneLine(options), width);
  return fitting(options, width);
}

/** Draw a grid whose labels fit beside its rows, and its form for notebooks. */
function fitting(options: TileOptions, width: number): Figure {
  const {rows} = options;
  const grid = gridOf(options);
  const full = draw(options, grid, fullForm(rows, grid, width, LOWEST));
  const {height = 0, margin: {t = 0, b = 0} = {}} = full.layout;
  if (height <= NOTEBOOK.height) return full;
  const form = compactForm(rows, grid, {width: NOTEBOOK.width, height: NOTEBOOK.height - t - b});
  return {...full, notebook: draw(options, grid, form)};
}

/** Write each label on one line, where rows are too low for more. */
function onOneLine(options: TileOptions): TileOptions {
  return {...options, rows: options.rows.map((row) => ({...row, label: row.label.replaceAll("<br>", " ")}))};
}

/** Compute the sizes of a grid. */
function gridOf(options: TileOptions): Grid {
  const {columns, rows, labels = Math.ceil(labelWidth(rows))} = options;
  const [nx, ny] = shapeOf(options);
  const gap = Math.max(1, Math.round(nx / 24));
  const right = rows.some(({bar}) => bar) ? 84 : 12;
  return {nx, ny, gap, total: columns.length * (nx + gap) - gap, left: labels, right};
}

/** Find the shape of the images. */
function shapeOf({columns, rows}: TileOptions): readonly number[] {
  const shape = rows.flatMap(({fields}) => fields).find((field) => field)?.shape;
  if (!shape) throw new RangeError("tiles: expected at least one image, found none.");
  for (const {label, fields} of rows) {
    const odd = fields.find((field) => field && field.shape.join() !== shape.join());
    if (odd) {
      throw new RangeError(`tiles: expected images of [${shape}], found one of [${odd.shape}] in row "${label}".`);
    }
    if (fields.length > columns.length) {
      throw new RangeError(`tiles: expected ${columns.length} images, found ${fields.length} in row "${label}".`);
    }
  }
  return shape;
}

/** Draw the grid in one of its forms. */
function draw(options: TileOptions, grid: Grid, form: Form): Figure {
  const {columns, rows, contrast, scale = diverging(contrast)} = options;
  const {nx, ny, gap, left, right} = grid;
  const {cell, places, across, depth, offsets} = form;
  const layout = frame({
    ...options,
    width: Math.round(cell * across + left + right),
    height: Math.round(cell * depth + HEADER + 12),
    margin: {l: left, r: right, t: HEADER, b: 12},
  });
  const bare: LayoutAxis = {
    showgrid: false,
    zeroline: false,
    showline: false,
    automargin: false,
    ticks: "outside", // unseen ticks set labels apart from the images
    ticklen: 4,
    tickcolor: "rgba(0,0,0,0)",
  };
  const labels = rows.map((row, r) => ({
    text: `<span style="color:${row.colour ?? ink.text}">${row.label}</span>`,
    middle: places[r].bottom + (ny - 1) / 2,
    offset: places[r].offset,
  }));
  const first = labels.filter(({offset}) => offset === 0);
  return {
    data: rows.map((row, r) => rowTrace(row, grid, form, r, scale)),
    layout: {
      ...annotate(
        layout,
        labels.filter(({offset}) => offset > 0).map(({text, middle, offset}) => beside(text, offset, middle)),
      ),
      xaxis: {
        ...bare,
        side: "top",
        range: [-0.5, across - 0.5],
        tickvals: offsets.flatMap((offset) => columns.map((_, c) => offset + c * (nx + gap) + (nx - 1) / 2)),
        ticktext: offsets.flatMap(() => [...columns]),
      },
      yaxis: {
        ...bare,
        range: [-depth - 0.5, -0.5],
        scaleanchor: "x",
        constrain: "domain",
        tickvals: first.map(({middle}) => middle),
        ticktext: first.map(({text}) => text),
      },
      shapes: missing(rows, form, nx + gap, [nx, ny]),
    },
  };
}

/** Room for the names of the columns. */
const HEADER = 34;

/** A row's label left of a block that is not the first. */
function beside(text: string, x: number, y: number): Annotation {
  return {text, x: x - 0.5, y, xref: "x", yref: "y", xanchor: "right", xshift: -6, align: "right", showarrow: false};
}

function rowTrace(
  row: TileRow,
  {nx, ny, gap, total}: Grid,
  {cell, places, across, depth}: Form,
  r: number,
  scale: ColourScale,
): Partial<HeatmapData> {
  const {bottom, offset} = places[r];
  const z: (number | null)[][] = Array.from({length: ny}, () => new Array<number | null>(total).fill(null));
  row.fields.forEach((field, column) => {
    if (!field) return;
    const values = flat(field);
    for (let x = 0; x < nx; x++) {
      for (let y = 0; y < ny; y++) z[y][column * (nx + gap) + x] = round(values[x * ny + y], 3);
    }
  });
  const [zmin, zmax] = row.limits;
  const span = Number(row.bar ?? 0);
  const height = ny * span + gap * (span - 1);
  const length = Math.max(0.9 * height, BAR / cell);
  const bar: HeatmapData["colorbar"] = {
    thickness: 10,
    outlinewidth: 0,
    ticks: "outside",
    ticklen: 3,
    ...barTicks(row.limits, cell * length),
    tickfont: {size: 13},
    len: length / depth,
    lenmode: "fraction",
    y: 1 + (bottom + ny - height / 2) / depth,
    x: (offset + total) / across,
    xpad: 8,
    xanchor: "left",
  };
  return {
    type: "heatmap",
    name: row.label.replaceAll("<br>", " "),
    z,
    x0: offset,
    dx: 1,
    y0: bottom,
    dy: 1,
    zmin,
    zmax,
    colorscale: row.scale ?? scale,
    zsmooth: false,
    hoverongaps: false,
    hovertemplate: "%{z}",
    showscale: span > 0,
    ...(span > 0 && {colorbar: bar}),
  };
}

/** Ticks near the ends of a colour bar, and between them where there is room: a short bar would have one, or none. */
function barTicks([low, high]: Limits, pixels: number): {tickvals: number[]; ticktext: string[]} {
  const count = Math.min(4, Math.max(2, Math.floor(pixels / 34)));
  const digits = Math.min(6, Math.max(0, Math.ceil(1 - Math.log10(high - low || 1))));
  const labels = Array.from({length: count}, (_, i) =>
    (low + (0.06 + (0.88 * i) / (count - 1)) * (high - low)).toFixed(digits),
  );
  return {tickvals: labels.map(Number), ticktext: labels.map((label) => label.replace("-", "−"))};
}

/** Missing values are whitesmoke, unlike the white between tiles: a ground behind each tile that has some. */
function missing(rows: readonly TileRow[], {places}: Form, step: number, [nx, ny]: readonly [number, number]): Shape[] {
  return rows.flatMap(({fields}, r) =>
    fields.flatMap((field, column): Shape[] => {
      if (!field || Array.from(flat(field)).every(Number.isFinite)) return [];
      const x0 = places[r].offset + column * step - 0.5;
      const y0 = places[r].bottom - 0.5;
      const look = {fillcolor: "whitesmoke", line: {width: 0}};
      return [{type: "rect", layer: "below", x0, x1: x0 + nx, y0, y1: y0 + ny, ...look}];
    }),
  );
}

/** Sizes of a grid: of an image and of the gap between two in cells, of the room beside a block in pixels. */
export interface Grid {
  readonly nx: number;
  readonly ny: number;
  readonly gap: number;
  /** Cells from the first to the last column. */
  readonly total: number;
  /** Room of the labels, left of a block. */
  readonly left: number;
  /** Room of the colour bars, right of it. */
  readonly right: number;
}

/** A row as far as its place depends on it. */
type GridRow = Pick<TileRow, "bar" | "apart">;

/** A grid with the size and the place of everything in it. */
export interface Form {
  /** Pixels per cell. */
  readonly cell: number;
  /** First column and lowest cell of each row. */
  readonly places: readonly {readonly offset: number; readonly bottom: number}[];
  /** First column of each block. */
  readonly offsets: readonly number[];
  /** Cells of the whole. */
  readonly across: number;
  readonly depth: number;
}

/**
 * Put all rows below each other, as wide as `width` pixels allow, but each at least `least` pixels below the one before it;
 * cells of half pixels are sharp at scale 2.
 */
export function fullForm(rows: readonly GridRow[], grid: Grid, width: number, least = 0): Form {
  const fitting = Math.floor((2 * (width - grid.left - grid.right)) / grid.total) / 2;
  const readable = Math.ceil((2 * least) / (grid.ny + grid.gap)) / 2;
  return place(rows, grid, [0], Math.max(0.5, fitting, readable));
}

/** Fit a grid into a box, in one or two blocks, whichever has the larger images. */
export function compactForm(rows: readonly GridRow[], grid: Grid, box: {width: number; height: number}): Form {
  const forms = splits(rows).map((starts) => {
    const {depth} = place(rows, grid, starts, 1);
    const beside = box.width - starts.length * (grid.left + grid.right);
    const largest = Math.min(beside / (starts.length * grid.total), box.height / depth);
    return place(rows, grid, starts, Math.max(0.25, Math.floor(4 * largest) / 4));
  });
  const better = (a: Form, b: Form) => a.cell > b.cell || (a.cell === b.cell && a.depth < b.depth);
  return forms.reduce((best, form) => (better(form, best) ? form : best));
}

/** List the ways to cut rows into one or two blocks, each as the first rows of its blocks; shared bars stay whole. */
function splits(rows: readonly GridRow[]): number[][] {
  const inside = new Set(
    rows.flatMap(({bar}, r) => Array.from({length: Math.max(0, Number(bar ?? 0) - 1)}, (_, i) => r + 1 + i)),
  );
  const cuts = rows.flatMap((_, r) => (r > 0 && !inside.has(r) ? [[0, r]] : []));
  return [[0], ...cuts];
}

function place(
  rows: readonly GridRow[],
  {nx, ny, gap, total, left, right}: Grid,
  starts: number[],
  cell: number,
): Form {
  const step = total + Math.ceil((left + right) / cell);
  const offsets = starts.map((_, block) => block * step);
  let block = -1;
  let down = 0;
  const places = rows.map(({apart}, r) => {
    if (r === starts[block + 1]) {
      block++;
      down = ny;
    } else down += ny + gap * (apart ? 4 : 1);
    return {offset: offsets[block], bottom: -down};
  });
  const depth = Math.max(...places.map(({bottom}) => -bottom));
  return {cell, places, offsets, across: offsets[offsets.length - 1] + Math.max(total, nx), depth};
}
