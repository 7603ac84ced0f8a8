/**
 * Strokes of a brush on a first state. The same functions show a stroke while it is painted and set the state that is simulated, so
 * that both are one.
 */
import type {SystemFacts} from "./facts";
import type {Cell} from "./images";

/** A stroke: the number of its brush, then x and y of each of its points, in cells. */
export type Stroke = readonly number[];

export interface Brush {
  readonly name: string;
  readonly noun: string;
  readonly field: string;
  /**
   * Change a value where the stroke has a strength from 0 to 1; `height` is the part of the image below the cell's centre. A brush
   * without it swaps the patches at the stroke's first and last point.
   */
  readonly change?: (value: number, strength: number, height: number) => number;
}

const VORTEX = 8;
const [DENSITY, PRESSURE, BUOYANCY] = [3, 4, 0.6];

/** Strokes of convection end at the walls, whose buoyancies are 1 and 0; rows are nodes that are denser there. */
const heated = (value: number, change: number, height: number) =>
  Math.min(1, Math.max(0, value + change * inside(height)));

/** Part of a change that walls leave: 0 at them. */
const inside = (height: number) => Math.sin(Math.PI * height) ** 2;

const brush = (name: string, noun: string, field: string, change?: Brush["change"]): Brush => ({
  ...{name, noun, field, change},
});

const mover = (field: string) => brush("Move a patch", "patch", field);

/** Brushes by system; a density or pressure is multiplied, so that it stays positive. */
const BRUSHES: Readonly<Record<string, readonly Brush[]>> = {
  kolmogorov: [
    brush("Turn left", "left vortex", "vorticity", (w, s) => w + VORTEX * s),
    brush("Turn right", "right vortex", "vorticity", (w, s) => w - VORTEX * s),
    mover("vorticity"),
  ],
  euler: [
    brush("Denser", "dense spot", "density", (r, s) => r * DENSITY ** s),
    brush("Thinner", "thin spot", "density", (r, s) => r * DENSITY ** -s),
    brush("Higher pressure", "high pressure", "pressure", (p, s) => p * PRESSURE ** s),
    brush("Lower pressure", "low pressure", "pressure", (p, s) => p * PRESSURE ** -s),
    mover("density"),
  ],
  "rayleigh-benard": [
    brush("Warmer", "warm spot", "buoyancy", (b, s, h) => heated(b, BUOYANCY * s, h)),
    brush("Colder", "cold spot", "buoyancy", (b, s, h) => heated(b, -BUOYANCY * s, h)),
    mover("buoyancy"),
  ],
};

export const canvases = ["data", "rest"] as const;

/** What is painted over: a state of the data, or one at rest. */
export type Canvas = (typeof canvases)[number];

/** Fields [X, Y] of states at rest: no vortex, a uniform gas, a layer that conducts. */
const RESTING: Readonly<Record<string, (field: string, values: Float32Array, rows: number) => Float32Array>> = {
  kolmogorov: (_, values) => values.map(() => 0),
  euler: (field, values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map(() => (field === "momentum" ? 0 : mean));
  },
  "rayleigh-benard": (field, values, rows) =>
    values.map((_, i) => (field === "buoyancy" ? Math.cos((Math.PI * (2 * (i % rows) + 1)) / (4 * rows)) ** 2 : 0)),
};

/** Take a field of a state, given from the data, as the canvas has it. */
export function canvasOf(
  canvas: Canvas,
  field: string,
  values: Float32Array,
  {name, shown}: SystemFacts,
): Float32Array {
  return canvas === "data" ? values : RESTING[name](field, values, shown.image[1]);
}

export const brushesOf = ({name}: Pick<SystemFacts, "name">): readonly Brush[] => BRUSHES[name] ?? [];

/** Radius of a brush in cells: where its strength is $e^{-1/2}$. */
export const radiusOf = ([nx, ny]: Cell): number => Math.sqrt(nx * ny) / 16;

/** Find a place along an axis, around its end if it is periodic; -1 outside. */
function placeOn(at: number, count: number, isPeriodic: boolean): number {
  if (isPeriodic) return ((at % count) + count) % count;
  return at >= 0 && at < count ? at : -1;
}

const strengths = new WeakMap<Stroke, Float32Array>();

/** The strength of a stroke at each cell, computed once: its picture is drawn at each movement of the brush. */
function strengthOnce(stroke: Stroke, image: Cell, periodic: readonly boolean[]): Float32Array {
  const strength = strengths.get(stroke) ?? strengthOf(stroke, image, periodic);
  strengths.set(stroke, strength);
  return strength;
}

/** Compute the strength of a stroke at each cell, the largest of its points': a stroke that crosses itself is not stronger there. */
export function strengthOf(stroke: Stroke, image: Cell, periodic: readonly boolean[]): Float32Array {
  const [nx, ny] = image;
  const radius = radiusOf(image);
  const reach = Math.ceil(3.5 * radius);
  const strength = new Float32Array(nx * ny);
  for (let p = 1; p + 1 < stroke.length; p += 2) {
    for (let dx = -reach; dx <= reach; dx++) {
      const x = placeOn(stroke[p] + dx, nx, periodic[0]);
      if (x < 0) continue;
      for (let dy = -reach; dy <= reach; dy++) {
        const y = placeOn(stroke[p + 1] + dy, ny, periodic[1]);
        if (y < 0) continue;
        const at = x * ny + y;
        strength[at] = Math.max(strength[at], Math.exp(-(dx * dx + dy * dy) / (2 * radius * radius)));
      }
    }
  }
  return strength;
}

/** Paint the strokes that change a field over its values [X, Y]; these are not changed. */
export function painted(
  values: Float32Array,
  field: string,
  strokes: readonly Stroke[],
  {name, shown: {image}, periodic = []}: SystemFacts,
): Float32Array {
  let result: Float32Array = values.slice();
  for (const stroke of strokes) {
    const brush = BRUSHES[name]?.[stroke[0]];
    if (brush?.field !== field) continue;
    if (!brush.change) {
      result = swapped(result, stroke, image, periodic);
      continue;
    }
    const strength = strengthOnce(stroke, image, periodic);
    for (let i = 0; i < result.length; i++) {
      if (strength[i] > 0) result[i] = brush.change(result[i], strength[i], ((i % image[1]) + 0.5) / image[1]);
    }
  }
  return result;
}

/** Swap the patches at the first and the last point of a stroke, so that the sum of values stays; walls are left alone. */
function swapped(
  values: Float32Array,
  [, x0, y0, ...others]: Stroke,
  image: Cell,
  periodic: readonly boolean[],
): Float32Array {
  const [x1 = x0, y1 = y0] = others.slice(-2);
  const [nx, ny] = image;
  const ends = [
    {strength: strengthOf([0, x0, y0], image, periodic), dx: x1 - x0, dy: y1 - y0},
    {strength: strengthOf([0, x1, y1], image, periodic), dx: x0 - x1, dy: y0 - y1},
  ];
  return values.map((value, i) => {
    const [x, y] = [Math.floor(i / ny), i % ny];
    let [change, total] = [0, 1];
    for (const {strength, dx, dy} of ends) {
      const [fromX, fromY] = [placeOn(x + dx, nx, periodic[0]), placeOn(y + dy, ny, periodic[1])];
      if (strength[i] === 0 || fromX < 0 || fromY < 0) continue;
      const part = strength[i] * (periodic[1] ? 1 : inside((y + 0.5) / ny));
      change += part * (values[fromX * ny + fromY] - value);
      total = Math.max(total, ends[0].strength[i] + ends[1].strength[i]); // patches that overlap share what they change
    }
    return value + change / total;
  });
}

/** Join the cells of a line, so that a fast stroke has no gaps; the first one is left out. */
export function lineTo([x0, y0]: Cell, [x1, y1]: Cell, spacing: number): Cell[] {
  const count = Math.floor(Math.hypot(x1 - x0, y1 - y0) / spacing);
  return Array.from({length: count}, (_, i) => {
    const part = (i + 1) / count;
    return [Math.round(x0 + part * (x1 - x0)), Math.round(y0 + part * (y1 - y0))] as const;
  });
}
