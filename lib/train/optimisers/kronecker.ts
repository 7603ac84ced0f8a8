/**
 * Parameters as matrices with a small factor for each axis.
 *
 * A preconditioner of Kronecker form acts on every axis of a parameter with its own small matrix, say $R$ on the rows
 * and $C$ on the columns: $R^\top G C$. A network has many parameters of few shapes, and many small products are slow, so
 * parameters of equal shape form a {@link Group} that is handled with one batched product an axis, and all matrices of
 * equal size form a stack [count, d, d] that is decomposed at once. The axes before the last two (the window of a
 * convolution kernel) are tiny: their Kronecker product (9 x 9 for a 3 x 3 window) acts on them together, exactly.
 * Where a matrix would be too large, or the parameter is a vector, a diagonal [count, d] may stand for it.
 */
import {sizeOf} from "@lola-ts/core";
import type {ParameterEntry, Layout} from "../../nn/module";
import {tf} from "@lola-ts/engine";
import {act, kroneckerProduct, type Factor, type Grouped} from "./factors";

/** Place of a group's factors of one axis in the stacks. */
interface AxisFactor {
  /** Length of the axis. */
  readonly size: number;
  /** Index of the stack, undefined if the axis has no matrix. */
  readonly stack?: number;
  /** Index of the stack of diagonals, undefined if the axis has none. */
  readonly diagonal?: number;
}

/** Factors of equal size: [count, size, size], or [count, size] if they are diagonal. */
interface Stack {
  readonly size: number;
  count: number;
  /** Number of factors of each group that uses the stack, in order. */
  readonly users: number[];
}

/** Parameters of one shape. */
interface Group {
  readonly entries: ParameterEntry[];
  /** Axes before the last two. */
  readonly window: AxisFactor[];
  readonly rows: AxisFactor;
  readonly columns: AxisFactor;
}

const product = (axes: readonly AxisFactor[]) => sizeOf(axes.map(({size}) => size));

/** Application of factors $Q$, or of $Q^\top$, to every axis of grouped tensors. */
type Action = (grouped: Grouped, transpose?: boolean) => Grouped;

/** The groups of a model's parameters and the stacks of their matrices. */
export class Kronecker {
  readonly groups: Group[] = [];
  /** Parameters without factors: vectors and scalars, unless they have diagonals. */
  readonly plain: ParameterEntry[];
  readonly stacks: Stack[] = [];
  readonly diagonals: Stack[] = [];

  /**
   * @param maxSize axes longer than this have no matrix.
   * @param options.diagonals give these axes and the axes of vectors diagonals. Default: false.
   */
  constructor(
    readonly layout: Layout,
    maxSize: number,
    {diagonals = false}: {diagonals?: boolean} = {},
  ) {
    const shapes = new Map<string, ParameterEntry[]>();
    const factored = layout.entries.filter(({shape, size}) => diagonals || (shape.length > 1 && size > 1));
    for (const entry of factored) {
      const key = entry.shape.join();
      shapes.set(key, [...(shapes.get(key) ?? []), entry]);
    }
    for (const entries of shapes.values()) {
      const {shape, size} = entries[0];
      const axes = size > 1 ? shape.filter((length) => length > 1) : [1];
      const limit = shape.length > 1 && size > 1 ? maxSize : 0;
      const slots = axes.map((length) => this.slot(length, entries.length, limit, diagonals));
      if (slots.length < 2) slots.unshift({size: 1});
      this.groups.push({entries, window: slots.slice(0, -2), rows: slots.at(-2)!, columns: slots.at(-1)!});
    }
    const grouped = new Set(factored);
    this.plain = layout.entries.filter((entry) => !grouped.has(entry));
  }

  /** Reserve the factors of an axis of `count` parameters. */
  private slot(size: number, count: number, maxSize: number, diagonals: boolean): AxisFactor {
    if (size <= maxSize) return {size, stack: reserve(this.stacks, size, count)};
    return diagonals ? {size, diagonal: reserve(this.diagonals, size, count)} : {size};
  }

  /** Rearrange a flat vector into groups and the rest, [plain]. */
  gather(flat: tf.Tensor1D): {grouped: Grouped; rest: tf.Tensor1D[]} {
    const parts = split(
      flat,
      this.layout.entries.map(({size}) => size),
    );
    const of = new Map(this.layout.entries.map((entry, i) => [entry, parts[i]]));
    return {
      grouped: this.groups.map((group) => join(group.entries.map((entry) => of.get(entry)!)).reshape(shapeOf(group))),
      rest: this.plain.map((entry) => of.get(entry)!),
    };
  }

  /** Invert {@link gather}. */
  scatter(grouped: Grouped, rest: tf.Tensor1D[]): tf.Tensor1D {
    const of = new Map(this.plain.map((entry, i) => [entry, rest[i]]));
    this.groups.forEach(({entries}, g) => {
      const parts = split(
        grouped[g].flatten(),
        entries.map(({size}) => size),
      );
      entries.forEach((entry, i) => of.set(entry, parts[i]));
    });
    return join(this.layout.entries.map((entry) => of.get(entry)!));
  }

  /** Join groups and rest to one vector, in the order of the groups. */
  flatten(grouped: Grouped, rest: tf.Tensor1D[]): tf.Tensor1D {
    return join([...grouped.map((tensor) => tensor.flatten()), ...rest]);
  }

  /** Invert {@link flatten}. */
  unflatten(vector: tf.Tensor1D): {grouped: Grouped; rest: tf.Tensor1D[]} {
    const shapes = this.groups.map(shapeOf);
    const sizes = [...shapes.map(sizeOf), ...this.plain.map(({size}) => size)];
    const parts = split(vector, sizes);
    return {grouped: shapes.map((shape, g) => parts[g].reshape(shape)), rest: parts.slice(shapes.length)};
  }

  /** Prepare stacks of matrices $Q$, and of diagonals if there are any, to act on tensors. */
  factors(stacks: readonly tf.Tensor3D[], diagonals: readonly tf.Tensor2D[] = []): Action {
    const next = this.reader(stacks, diagonals);
    const factors = this.groups.map(({entries, window, rows, columns}) => ({
      window: kroneckerProduct(
        entries.length,
        window.map((slot) => next(slot) ?? slot.size),
      ),
      rows: next(rows),
      columns: next(columns),
    }));
    return (grouped, transpose) => grouped.map((tensor, g) => act(factors[g], tensor, transpose));
  }

  /** Compute $G G^\top$ along every axis, summed over the others; one stack per size. */
  grams(grouped: Grouped): tf.Tensor3D[] {
    const parts: tf.Tensor3D[][] = this.stacks.map(() => []);
    this.groups.forEach((group, g) => {
      const {window, rows, columns} = group;
      windowGrams(group, grouped[g]).forEach((gram, axis) => put(window[axis], () => gram));
      put(rows, () => rowGrams(grouped[g]));
      put(columns, () => {
        const tall = grouped[g].reshape<tf.Tensor3D>([group.entries.length, -1, columns.size]);
        return tf.matMul(tall, tall, true);
      });
    });
    function put({stack}: AxisFactor, gram: () => tf.Tensor3D): void {
      if (stack !== undefined) parts[stack].push(gram());
    }
    return parts.map(join);
  }

  /** Compute the diagonals of $G G^\top$ along the axes that have a diagonal; one stack per size. */
  squares(grouped: Grouped): tf.Tensor2D[] {
    const parts: tf.Tensor2D[][] = this.diagonals.map(() => []);
    this.groups.forEach(({entries, window, rows, columns}, g) => {
      const slots = [...window, rows, columns];
      slots.forEach(({size, diagonal}, axis) => {
        if (diagonal === undefined) return;
        const before = product(slots.slice(0, axis));
        const after = product(slots.slice(axis + 1));
        parts[diagonal].push(tf.sum(grouped[g].square().reshape([entries.length, before, size, after]), [1, 3]));
      });
    });
    return parts.map(join);
  }

  /** Make a function that returns the factors of the stacks in the order in which they were reserved. */
  private reader(
    stacks: readonly tf.Tensor3D[],
    diagonals: readonly tf.Tensor2D[],
  ): (slot: AxisFactor) => Factor | undefined {
    const matrices = stacks.map((stack, i) => split(stack, this.stacks[i].users));
    const lines = diagonals.map((stack, i) => split(stack, this.diagonals[i].users));
    return ({stack, diagonal}) => {
      if (stack !== undefined) return matrices[stack].shift();
      return diagonal === undefined ? undefined : lines[diagonal].shift();
    };
  }
}

/** Make the plan of a layout, once for each; options of {@link Kronecker}. */
export function kroneckerPlans(maxSize: number, options?: {diagonals?: boolean}): (layout: Layout) => Kronecker {
  const plans = new WeakMap<Layout, Kronecker>();
  return (layout) => {
    const plan = plans.get(layout) ?? new Kronecker(layout, maxSize, options);
    plans.set(layout, plan);
    return plan;
  };
}

/** Reserve places for `count` factors of a size. @returns the index of their stack. */
function reserve(stacks: Stack[], size: number, count: number): number {
  let stack = stacks.findIndex((other) => other.size === size);
  if (stack < 0) stack = stacks.push({size, count: 0, users: []}) - 1;
  stacks[stack].count += count;
  stacks[stack].users.push(count);
  return stack;
}

function shapeOf({entries, window, rows, columns}: Group): [number, number, number, number] {
  return [entries.length, product(window), rows.size, columns.size];
}

/** Compute $G G^\top$ along the rows, summed over the window. */
function rowGrams(tensor: tf.Tensor4D): tf.Tensor3D {
  const grams = tf.matMul(tensor, tensor, false, true);
  const [count, window, size] = grams.shape;
  return window === 1 ? grams.reshape<tf.Tensor3D>([count, size, size]) : tf.sum(grams, 1);
}

/** Compute $G G^\top$ along each axis of the window: partial traces of the one along all of them. */
function windowGrams({window}: Group, tensor: tf.Tensor4D): tf.Tensor3D[] {
  if (!window.some(({stack}) => stack !== undefined)) return [];
  const [count, size] = tensor.shape;
  const wide = tensor.reshape<tf.Tensor3D>([count, size, -1]);
  const gram = tf.matMul(wide, wide, false, true).reshape([count, size * size]);
  return window.map((slot, axis) => {
    const inner = product(window.slice(axis + 1));
    return tf.matMul(gram, partialTrace(size, slot.size, inner)).reshape<tf.Tensor3D>([count, slot.size, slot.size]);
  });
}

/** Make the matrix [size^2, d^2] of the map that sums a matrix over equal positions of the axes other than one of length d. */
function partialTrace(size: number, d: number, inner: number): tf.Tensor2D {
  const content = new Float32Array(size * size * d * d);
  const position = (k: number) => Math.floor(k / inner) % d;
  const others = (k: number) => k - position(k) * inner;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (others(i) === others(j)) content[(i * size + j) * d * d + position(i) * d + position(j)] = 1;
    }
  }
  return tf.tensor2d(content, [size * size, d * d]);
}

function split<T extends tf.Tensor>(tensor: T, sizes: number[]): T[] {
  return sizes.length === 1 ? [tensor] : tf.split(tensor, sizes);
}

function join<T extends tf.Tensor>(tensors: T[]): T {
  return tensors.length === 1 ? tensors[0] : (tf.concat(tensors, 0) as T);
}
