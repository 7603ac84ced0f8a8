/**
 * Data augmentation by symmetries of the equations.
 *
 * A mirrored, transposed or translated flow is a flow again, if vectors are moved along with the cells: a component along
 * a mirrored axis changes sign, components follow their axes. Any chain of a flip, a permutation and a roll (in this
 * order) is one gather: the value at a cell of the result comes from one cell of the source,
 *
 * $$ y_c(i_1, \dots, i_D) = s_c \, x_{\pi(c)}(j_{\pi(1)}, \dots), \qquad
 *    j_{\pi(a)} = \text{flip}_{\pi(a)}(i_a - \text{shift}_a \bmod N_{\pi(a)}). $$
 */
import ndarray, {type NdArray} from "ndarray";
import {
  gridRule,
  having,
  trajectories,
  checkOptions,
  list,
  whole,
  sizeOf,
  type Rng,
  flat,
  BOUNDARY,
  boundaryRule,
  fieldRule,
  type BoundaryCodes,
} from "@lola-ts/core";

/** A flip, then a permutation, then a roll. */
export interface Augmentation {
  /** Axes of the source that are mirrored. */
  readonly flip: readonly boolean[];
  /** Axis $a$ of the result is axis `permutation[a]` of the source. */
  readonly permutation: readonly number[];
  /** Cells by which axis $a$ of the result is rolled forward, periodically. */
  readonly shift: readonly number[];
}

/** Tensor orders of the fields in channel order: they define which channels are vector components. */
export type FieldOrders = readonly {readonly order: number}[];

/** Make an augmentation of `axes` axes: the identity, except for the given parts. */
export function augmentation(axes: number, {flip, permutation, shift}: Partial<Augmentation> = {}): Augmentation {
  return {
    flip: flip ?? new Array<boolean>(axes).fill(false),
    permutation: permutation ?? Array.from({length: axes}, (_, axis) => axis),
    shift: shift ?? new Array<number>(axes).fill(0),
  };
}

/** Invert an augmentation: to apply it after the other, or before, changes nothing. */
export function inverseAugmentation({flip, permutation, shift}: Augmentation): Augmentation {
  const axes = permutation.map((_, axis) => permutation.indexOf(axis)); // where each axis of the source went
  return {
    flip: permutation.map((axis) => flip[axis]),
    permutation: axes,
    shift: axes.map((to, axis) => (flip[axis] ? shift[to] : -shift[to])),
  };
}

/** An augmentation compiled for a grid and its fields: the source of each cell and each channel. */
export class Gather {
  /** Cells along each axis of the result. */
  readonly grid: readonly number[];
  private readonly axes: Int32Array[];
  private readonly channels: Int32Array;
  private readonly signs: Float32Array;
  private readonly cells: number;

  /** @throws RangeError if the augmentation has another number of axes than the grid, or is no permutation of them. */
  constructor(grid: readonly number[], fields: FieldOrders, {flip, permutation, shift}: Augmentation) {
    const sorted = [...permutation].sort((a, b) => a - b);
    if (flip.length !== grid.length || shift.length !== grid.length || sorted.some((axis, i) => axis !== i)) {
      const found = `flip [${flip}], permutation [${permutation}], shift [${shift}]`;
      throw new RangeError(`augment: expected an augmentation of ${grid.length} axes, found ${found}.`);
    }
    checkOptions("augment", list(whole({}), {length: grid.length}), shift, "shift");
    const {sources, signs} = components(fields, flip, permutation);
    this.channels = Int32Array.from(sources);
    this.signs = Float32Array.from(signs);
    this.grid = permutation.map((axis) => grid[axis]);
    this.cells = sizeOf(grid);

    const strides = grid.map((_, axis) => sources.length * sizeOf(grid.slice(axis + 1)));
    this.axes = permutation.map((source, axis) => {
      const n = grid[source];
      const offsets = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        const rolled = (((i - shift[axis]) % n) + n) % n;
        offsets[i] = strides[source] * (flip[source] ? n - 1 - rolled : rolled);
      }
      return offsets;
    });
  }

  /** Values of one state. */
  get size(): number {
    return this.cells * this.channels.length;
  }

  /** Gather `states` states from `source` at `from` on into `target` at `to` on. */
  run(source: Float32Array, from: number, target: Float32Array, to: number, states: number): void {
    const {channels, signs, size} = this;
    for (let state = 0; state < states; state++, from += size, to += size) {
      // channel by channel, so that inner loops run over cells only
      for (let c = 0; c < channels.length; c++) this.fill(source, from + channels[c], target, to + c, signs[c], 0);
    }
  }

  /** Gather one channel along this axis and those after it; returns where the cells behind them go. */
  private fill(
    source: Float32Array,
    from: number,
    target: Float32Array,
    to: number,
    sign: number,
    axis: number,
  ): number {
    const offsets = this.axes[axis];
    if (axis < this.axes.length - 1) {
      for (let i = 0; i < offsets.length; i++) to = this.fill(source, from + offsets[i], target, to, sign, axis + 1);
      return to;
    }
    const step = this.channels.length;
    for (let i = 0; i < offsets.length; i++, to += step) target[to] = source[from + offsets[i]] * sign;
    return to;
  }
}

/** Source and sign of each channel: index $a$ of a component becomes $\pi(a)$, with a minus if that axis is mirrored. */
function components(fields: FieldOrders, flip: readonly boolean[], permutation: readonly number[]) {
  const sources: number[] = [];
  const signs: number[] = [];
  for (const {order} of fields) {
    const first = sources.length;
    const width = permutation.length ** order;
    for (let component = 0; component < width; component++) {
      let source = 0;
      let sign = 1;
      for (let index = order - 1; index >= 0; index--) {
        const axis = permutation[Math.floor(component / permutation.length ** index) % permutation.length];
        source = source * permutation.length + axis;
        if (flip[axis]) sign = -sign;
      }
      sources.push(first + source);
      signs.push(sign);
    }
  }
  return {sources, signs};
}

/**
 * Augment a window $[L, X, Y(, Z), C]$, all states alike; the input is not changed.
 *
 * @throws RangeError if the array does not have the axes of the augmentation and the channels of the fields.
 */
export function augment(x: NdArray<Float32Array>, fields: FieldOrders, change: Augmentation): NdArray<Float32Array> {
  checkOptions("augment", trajectories, x, "x");
  checkOptions("augment", list(fieldRule), fields, "fields");
  const [states, ...rest] = x.shape;
  const grid = rest.slice(0, -1);
  const gather = new Gather(grid, fields, change);
  if (x.size !== states * gather.size) {
    throw new RangeError(
      `augment: expected ${gather.size} values per state of grid [${grid}], found the shape [${x.shape}].`,
    );
  }
  const out = new Float32Array(x.size);
  gather.run(flat(x), 0, out, 0, states);
  return ndarray(out, [states, ...gather.grid, rest[rest.length - 1]]);
}

/** Move boundary codes along with the data: mirrored axes swap their ends, permuted axes their rows. */
export function augmentBoundary(codes: BoundaryCodes, {flip, permutation}: Augmentation): [number, number][] {
  return permutation.map((axis) => {
    const [low, high] = codes[axis];
    return flip[axis] ? [high, low] : [low, high];
  });
}

export interface RandomAugmentationOptions {
  /** Cells along each axis. */
  grid: readonly number[];
  /** Boundary codes; only axes that are periodic on both ends are rolled. */
  boundary: BoundaryCodes;
  /** Kind of grid, by its name in files; only `cartesian` grids have symmetries. Default: `cartesian`. */
  gridType?: string;
  /** Axes that are mirrored with probability 1/2: all, none, or those that are true. Default: true. */
  flip?: boolean | readonly boolean[];
  /** Draw a permutation of the axes, all equally likely. Default: true. */
  permute?: boolean;
  /**
   * Roll periodic axes: all, none, or each by any number of cells (true), none (false), or multiples of an n-th (n). Default: true.
   */
  roll?: boolean | readonly (boolean | number)[];
}

/**
 * Draw an augmentation as the official code does: flips, then a permutation, then rolls (Appendix B). The code mirrors
 * every axis; a system's `mirrors` are the axes for which the equations allow it.
 *
 * Where a permutation exchanges axes of different lengths, the official code draws a roll below the length that the axis
 * had before; here it is the length it has after, so that all rolls are equally likely.
 *
 * @throws RangeError if `flip` or `roll` lists another number of axes than the grid has, or an axis has no such parts.
 */
export function randomAugmentation(
  generator: Rng,
  {grid, boundary, gridType = "cartesian", flip = true, permute = true, roll = true}: RandomAugmentationOptions,
): Augmentation {
  checkOptions("randomAugmentation", having("a generator, e.g. Rng.from(0)", "uniform"), generator, "generator");
  checkOptions("randomAugmentation", gridRule, grid, "grid");
  checkOptions("randomAugmentation", boundaryRule(grid.length), boundary, "boundary");
  const mirrors = typeof flip === "boolean" ? grid.map(() => flip) : flip;
  const rolls = typeof roll === "boolean" ? grid.map(() => roll) : roll;
  for (const [name, list] of Object.entries({flips: mirrors, rolls})) {
    if (list.length !== grid.length) {
      throw new RangeError(`randomAugmentation: expected ${name} of ${grid.length} axes, found [${list}].`);
    }
  }
  if (gridType !== "cartesian") return augmentation(grid.length);
  const mirrored = mirrors.map((allowed) => allowed && generator.uniform() < 0.5);
  const order = grid.map((_, axis) => axis);
  const permutation = permute ? generator.shuffle(order) : order;
  const shift = permutation.map((axis) => {
    const periodic = boundary[axis].every((code) => code === BOUNDARY.PERIODIC);
    return periodic ? drawRoll(generator, grid[axis], rolls[axis]) : 0;
  });
  return {flip: mirrored, permutation, shift};
}

/** Draw a roll of an axis of n cells: by any number of them, by none, or by multiples of a part of the axis. */
function drawRoll(generator: Rng, cells: number, roll: boolean | number): number {
  if (roll === false) return 0;
  const parts = roll === true ? cells : roll;
  if (!(parts >= 1 && cells % parts === 0)) {
    throw new RangeError(
      `randomAugmentation: expected an axis of a multiple of ${parts} cells for its rolls, found ${cells}.`,
    );
  }
  return generator.integer(parts) * (cells / parts);
}
