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
  either,
  list,
  number,
  oneOf,
  optional,
  text,
  whole,
  stridesOf,
} from "@lola-ts/core";
import {quantile} from "lola/evaluate";
import type {HeatmapData, LayoutAxis, Shape} from "plotly.js";
import {frame} from "./layout";
import {checkFigure, diverging, ink, round, withMinus} from "./style";
import type {ColourScale, Figure, FigureOptions} from "./style";

/** One field at one time, [X, Y]: x to the right and y upwards. */
export type FieldImage = StridedArray;

/** A trajectory, [L, X, Y, C] or [L, X, Y, Z, C]. */
export type ImageSource = StridedArray;

/** Way from three dimensions to two: the middle plane of the last axis (index n / 2), or the mean along it. */
export type Depth = "slice" | "projection";

export const imageSources = arrayOf("L, X, Y, C", "L, X, Y, Z, C");
/** Accepts ways from three dimensions to two. */
export const depths = oneOf(["slice", "projection"]);
export const imageRule = arrayOf("X, Y");
const imageOrNone = described(imageRule.nullable(), "an array [X, Y] or null");

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
  checkParts("fieldOf", {channel: whole({min: 0}), maxPoints: count, depth: depths}, {channel, maxPoints, depth});
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
  checkParts("limitsOf", {quantile: number({min: 0, max: 0.5}), margin: number()}, {quantile: share, margin});
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

export interface TileRow {
  /** Left of the row; may contain <br>. */
  readonly label: string;
  readonly colour?: string;
  /** One per column, null for an empty place. */
  readonly fields: readonly (FieldImage | null)[];
  readonly limits: Limits;
  /** Colours of the row. Default: the figure's. */
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
  /** Colours. Default: the paper's, from blue over white to red. */
  scale?: ColourScale;
}

/** Widths in pixels of a label's wide, narrow and other characters, and of the room around it. */
const WIDE = 15;
const NARROW = 5.7;
const OTHER = 9.8;
const AROUND = 12;

/** Pixels of the shortest colour bar with its padding, which plotly leaves at both ends, and of the labels at its ticks. */
const BAR = 52;
const BAR_PADDING = 10;
const TICK = 13;

/** Pixels of a line of a label. */
const LINE = 21;

/** Pixels of an image, at least, and from a row to the next: smaller images show nothing. */
const LEAST = {width: 90, height: 36};

/** Compute the width in pixels of the longest line of the rows' labels. */
function labelWidth(rows: readonly TileRow[]): number {
  const width = (character: string) =>
    /[mwMW]/.test(character) ? WIDE : /[fijlrt .,]/.test(character) ? NARROW : OTHER;
  const lines = rows.flatMap(({label}) => label.replace(/<(?!br>)[^>]*>/g, "").split("<br>"));
  return Math.max(100, ...lines.map((line) => AROUND + [...line].reduce((sum, one) => sum + width(one), 0)));
}

export const scaleRule = list(list(either(number(), text), {length: 2}));

const tileRules = {
  columns: list(text, {empty: true}),
  rows: records("rows of images", "label", "fields", "limits"),
  scale: optional(scaleRule),
};

/**
 * Draw a grid of images, wider than asked where images would be too small to read, and with labels on one line where their rows
 * are too low for more. Coarse images, such as latents, are as large as the finest: their cells are blocks.
 *
 * @throws RangeError if there is no image, tiles differ in shape, or a row has more images than there are columns.
 */
export function tiles(choice: TileOptions): Figure {
  checkFigure("tiles", choice, tileRules);
  choice.rows.forEach(({fields, limits}, i) => {
    checkOptions("tiles", imagesRule, fields, `rows.${i}.fields`);
    checkOptions("tiles", list(number(), {length: 2}), limits, `rows.${i}.limits`);
  });
  const options = {...choice, rows: asFine(choice.rows)};
  const {rows, width = 900} = options;
  const grid = gridOf(options);
  const lines = Math.max(...rows.map(({label}) => label.split("<br>").length));
  const form = placed(rows, grid, width);
  if (form.cell * (grid.ny + grid.gap) >= LINE * lines) return draw(options, grid, form);
  const short = {...options, rows: rows.map((row) => ({...row, label: row.label.replaceAll("<br>", " ")}))};
  const shortGrid = gridOf(short);
  return draw(short, shortGrid, placed(rows, shortGrid, width));
}

/** Enlarge images to the shape of the finest one, where that is a multiple of theirs along both axes. */
function asFine(rows: readonly TileRow[]): readonly TileRow[] {
  const shapes = rows.flatMap(({fields}) => fields.flatMap((field) => (field ? [field.shape] : [])));
  const [nx, ny] = [0, 1].map((axis) => Math.max(...shapes.map((shape) => shape[axis])));
  const enlarge = (field: FieldImage | null) => {
    if (!field || (field.shape[0] === nx && field.shape[1] === ny)) return field;
    const side = nx / field.shape[0];
    if (!Number.isInteger(side) || side * field.shape[1] !== ny) return field;
    const values = flat(field);
    const at = (x: number, y: number) => values[Math.floor(x / side) * field.shape[1] + Math.floor(y / side)];
    return {data: Float32Array.from({length: nx * ny}, (_, i) => at(Math.floor(i / ny), i % ny)), shape: [nx, ny]};
  };
  return rows.map((row) => ({...row, fields: row.fields.map(enlarge)}));
}

function gridOf(options: TileOptions): Grid {
  const {columns, rows} = options;
  const [nx, ny] = shapeOf(options);
  const gap = Math.max(1, Math.round(nx / 24));
  const right = rows.some(({bar}) => bar) ? 84 : 12;
  return {nx, ny, gap, total: columns.length * (nx + gap) - gap, left: Math.ceil(labelWidth(rows)), right};
}

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

function draw(options: TileOptions, grid: Grid, form: Form): Figure {
  const {columns, rows, scale = diverging()} = options;
  const {nx, ny, gap, total, left, right} = grid;
  const {cell, bottoms, depth} = form;
  const layout = frame({
    ...options,
    width: Math.round(cell * total + left + right),
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
  const labels = rows.map((row) => `<span style="color:${row.colour ?? ink.text}">${row.label}</span>`);
  return {
    data: rows.map((row, r) => rowTrace(row, grid, form, r, scale)),
    layout: {
      ...layout,
      xaxis: {
        ...bare,
        side: "top",
        range: [-0.5, total - 0.5],
        tickangle: 0,
        tickvals: columns.map((_, c) => c * (nx + gap) + (nx - 1) / 2),
        ticktext: [...columns],
      },
      yaxis: {
        ...bare,
        range: [-depth - 0.5, -0.5],
        scaleanchor: "x",
        constrain: "domain",
        tickvals: bottoms.map((bottom) => bottom + (ny - 1) / 2),
        ticktext: labels,
      },
      shapes: missing(rows, form, nx + gap, [nx, ny]),
    },
  };
}

/** Room for the names of the columns. */
const HEADER = 34;

function rowTrace(
  row: TileRow,
  {nx, ny, gap, total}: Grid,
  {cell, bottoms, depth}: Form,
  r: number,
  scale: ColourScale,
): Partial<HeatmapData> {
  const bottom = bottoms[r];
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
    ...barTicks(row.limits, cell * length, cell * (height + gap)),
    tickfont: {size: TICK},
    len: length / depth,
    lenmode: "fraction",
    y: 1 + (bottom + ny - height / 2) / depth,
    x: 1,
    xpad: 8,
    xanchor: "left",
  };
  return {
    type: "heatmap",
    name: row.label.replaceAll("<br>", " "),
    z,
    x0: 0,
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

/**
 * Ticks near the ends of a colour bar, and between them where there is room: a short bar would have one, or none. Labels keep
 * clear of the bars above and below: outer ticks are nearer to each other than `pitch`, the pixels from one bar to the next.
 */
function barTicks([low, high]: Limits, pixels: number, pitch: number): {tickvals: number[]; ticktext: string[]} {
  const count = Math.min(4, Math.max(2, Math.floor(pixels / 34)));
  const digits = Math.min(6, Math.max(0, Math.ceil(1 - Math.log10(high - low || 1))));
  const drawn = pixels - 2 * BAR_PADDING;
  const end = Math.max(0.06, 0.5 - (pitch - 1.4 * TICK) / (2 * drawn));
  const labels = Array.from({length: count}, (_, i) =>
    (low + (end + ((1 - 2 * end) * i) / (count - 1)) * (high - low)).toFixed(digits),
  );
  return {tickvals: labels.map(Number), ticktext: labels.map(withMinus)};
}

/** Missing values are whitesmoke, unlike the white between tiles: a ground behind each tile that has some. */
function missing(
  rows: readonly TileRow[],
  {bottoms}: Form,
  step: number,
  [nx, ny]: readonly [number, number],
): Shape[] {
  return rows.flatMap(({fields}, r) =>
    fields.flatMap((field, column): Shape[] => {
      if (!field || Array.from(flat(field)).every(Number.isFinite)) return [];
      const x0 = column * step - 0.5;
      const y0 = bottoms[r] - 0.5;
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
  /** Lowest cell of each row. */
  readonly bottoms: readonly number[];
  /** Cells from the first row to the last. */
  readonly depth: number;
}

/**
 * Put rows below each other, as wide as `width` pixels allow, but each image at least `least` pixels wide and high; cells of half
 * pixels are sharp at scale 2.
 */
export function placed(rows: readonly GridRow[], grid: Grid, width: number, least = LEAST): Form {
  const {nx, ny, gap, total, left, right} = grid;
  const fitting = Math.floor((2 * (width - left - right)) / total) / 2;
  const readable = Math.max(Math.ceil((2 * least.width) / nx), Math.ceil((2 * least.height) / (ny + gap))) / 2;
  let down = 0;
  const bottoms = rows.map(({apart}, r) => {
    down += ny + (r === 0 ? 0 : gap * (apart ? 4 : 1));
    return -down;
  });
  return {cell: Math.max(fitting, readable), bottoms, depth: down};
}
