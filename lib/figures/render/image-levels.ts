/**
 * Field images of a page as bytes: a level of 8 bits per pixel, as the colours that a screen shows, in a quarter of the room
 * of single precision.
 */
import type {Data, HeatmapData} from "plotly.js";
import type {Figure} from "../style";

/** Images as a page keeps them: level 0 is `low` or less, level 254 `high` or more, 255 a gap. */
export interface ImageLevels {
  /** Base64 of one byte per pixel, row by row. */
  readonly levels: string;
  readonly columns: number;
  readonly low: number;
  readonly high: number;
}

/** Highest level, and that of gaps. */
const [TOP, GAP] = [254, 255];

/** Pixels from which on it pays. */
const MANY = 1000;

type Pixels = readonly (readonly (number | null)[])[];

/** Replace the images of a figure by levels between the limits of their colours; small matrices and whole numbers stay. */
export function withImageLevels(figure: Figure): Figure {
  return {...figure, data: figure.data.map(lighter)};
}

function lighter(trace: Data): Data {
  const {type, z, zmin: low, zmax: high} = trace as Partial<HeatmapData>;
  if (type !== "heatmap" || !Array.isArray(z) || low === undefined || high === undefined || !(low < high)) return trace;
  if (!z.every((row) => Array.isArray(row))) return trace;
  const rows = z as Pixels;
  const count = rows.reduce((sum, row) => sum + row.length, 0);
  const whole = (value: number | null) => value === null || Number.isInteger(value);
  if (count < MANY || rows.every((row) => row.every(whole))) return trace;
  const level = (value: number | null) => {
    if (value === null || !Number.isFinite(value)) return GAP;
    return Math.round(TOP * Math.min(1, Math.max(0, (value - low) / (high - low))));
  };
  const bytes = new Uint8Array(count);
  let at = 0;
  for (const row of rows) for (const value of row) bytes[at++] = level(value);
  const levels = Buffer.from(bytes).toString("base64");
  return {...trace, z: {levels, columns: rows[0].length, low, high} satisfies ImageLevels} as unknown as Data;
}

/** Script of a page that turns the levels of `data` into values of three digits again. */
export const LEVELS_SCRIPT = `for (const trace of data) {
  if (!trace.z || !trace.z.levels) continue;
  const {levels, columns, low, high} = trace.z;
  const values = Array.from(atob(levels), (character) => {
    const level = character.charCodeAt(0);
    return level === ${GAP} ? null : Number((low + (level * (high - low)) / ${TOP}).toPrecision(3));
  });
  trace.z = Array.from({length: values.length / columns}, (_, y) => values.slice(y * columns, (y + 1) * columns));
}`;
