/**
 * Parameters seen as matrices with an eigenbasis for each axis.
 *
 * A preconditioner of Kronecker form acts on every axis of a parameter with its own small matrix, say $R$ on the rows
 * and $C$ on the columns: $R^\top G C$. A network has many parameters of few shapes, and many small products are slow, so
 * parameters of equal shape form a {@link Group} that is handled with one batched product an axis, and all matrices of
 * equal size form a stack [count, d, d] that is decomposed at once. The axes before the last two (the window of a
 * convolution kernel) are tiny: their Kronecker product (9 x 9 for a 3 x 3 window) acts on them together, exactly.
 */
import type {Entry, Layout} from "../nn/module";
import {tf} from "../tensor/backend";

/** Place of a group's matrices for one axis in the stack of their size. */
interface Slot {
  /** Length of the axis. */
  readonly size: number;
  /** Index of the stack, undefined if the axis has no matrix. */
  readonly stack?: number;
}

/** Parameters of one shape. */
interface Group {
  readonly entries: Entry[];
  /** Axes before the last two. */
  readonly window: Slot[];
  readonly rows: Slot;
  readonly columns: Slot;
}

/** One tensor a group, [count, window, rows, columns]. */
export type Grouped = tf.Tensor4D[];

const product = (slots: readonly Slot[]) => slots.reduce((total, {size}) => total * size, 1);

/** The groups of a model's parameters and the stacks of their matrices. */
export class Kronecker {
  readonly groups: Group[] = [];
  /** Parameters without matrices: vectors and scalars. */
  readonly plain: Entry[];
  /** Size and number of the matrices of each stack. */
  readonly stacks: {size: number; count: number}[] = [];
  private readonly counts: number[][] = []; // how each stack divides among its users, in order

  /**
   * @param largest axes longer than this have no matrix.
   */
  constructor(
    readonly layout: Layout,
    largest: number,
  ) {
    const shapes = new Map<string, Entry[]>();
    const matrices = layout.entries.filter(({shape, size}) => shape.length > 1 && size > 1);
    for (const entry of matrices) {
      const key = entry.shape.join();
      shapes.set(key, [...(shapes.get(key) ?? []), entry]);
    }
    for (const entries of shapes.values()) {
      const slots = entries[0].shape
        .filter((size) => size > 1)
        .map((size) => (size > largest ? {size} : {size, stack: this.reserve(size, entries.length)}));
      if (slots.length < 2) slots.unshift({size: 1});
      this.groups.push({entries, window: slots.slice(0, -2), rows: slots.at(-2)!, columns: slots.at(-1)!});
    }
    const grouped = new Set(matrices);
    this.plain = layout.entries.filter((entry) => !grouped.has(entry));
  }

  private reserve(size: number, count: number): number {
    let stack = this.stacks.findIndex((other) => other.size === size);
    if (stack < 0) {
      stack = this.stacks.push({size, count: 0}) - 1;
      this.counts.push([]);
    }
    this.stacks[stack].count += count;
    this.counts[stack].push(count);
    return stack;
  }

  /** Rearrange a flat vector into groups and the rest, [plain]. */
  gather(flat: tf.Tensor1D): {grouped: Grouped; rest: tf.Tensor1D[]} {
    const pieces = split(
      flat,
      this.layout.entries.map(({size}) => size),
    );
    const of = new Map(this.layout.entries.map((entry, i) => [entry, pieces[i]]));
    return {
      grouped: this.groups.map((group) => join(group.entries.map((entry) => of.get(entry)!)).reshape(shapeOf(group))),
      rest: this.plain.map((entry) => of.get(entry)!),
    };
  }

  /** The inverse of {@link gather}. */
  scatter(grouped: Grouped, rest: tf.Tensor1D[]): tf.Tensor1D {
    const of = new Map(this.plain.map((entry, i) => [entry, rest[i]]));
    this.groups.forEach(({entries}, g) => {
      const pieces = split(
        grouped[g].flatten(),
        entries.map(({size}) => size),
      );
      entries.forEach((entry, i) => of.set(entry, pieces[i]));
    });
    return join(this.layout.entries.map((entry) => of.get(entry)!));
  }

  /** Join groups and rest to one vector, in the order of the groups. */
  flatten(grouped: Grouped, rest: tf.Tensor1D[]): tf.Tensor1D {
    return join([...grouped.map((tensor) => tensor.flatten()), ...rest]);
  }

  /** The inverse of {@link flatten}. */
  unflatten(vector: tf.Tensor1D): {grouped: Grouped; rest: tf.Tensor1D[]} {
    const shapes = this.groups.map(shapeOf);
    const sizes = [...shapes.map((shape) => shape.reduce((a, b) => a * b)), ...this.plain.map(({size}) => size)];
    const pieces = split(vector, sizes);
    return {grouped: shapes.map((shape, g) => pieces[g].reshape(shape)), rest: pieces.slice(shapes.length)};
  }

  /** Prepare stacks of bases $Q$ for {@link Bases.project} and {@link Bases.restore}. */
  bases(stacks: readonly tf.Tensor3D[]): Bases {
    const next = this.reader(stacks);
    return new Bases(
      this.groups.map((group) => ({
        window: kroneckerProduct(group, group.window.map(next)),
        rows: next(group.rows),
        columns: next(group.columns),
      })),
    );
  }

  /** Compute $G G^\top$ along every axis, summed over the others; one stack for each size. */
  grams(grouped: Grouped): tf.Tensor3D[] {
    const parts: tf.Tensor3D[][] = this.stacks.map(() => []);
    this.groups.forEach((group, g) => {
      const {window, rows, columns} = group;
      windowGrams(group, grouped[g]).forEach((gram, axis) => put(window[axis], () => gram));
      put(rows, () => tf.sum(tf.matMul(grouped[g], grouped[g], false, true), 1));
      put(columns, () => {
        const tall = grouped[g].reshape<tf.Tensor3D>([group.entries.length, -1, columns.size]);
        return tf.matMul(tall, tall, true);
      });
    });
    function put({stack}: Slot, gram: () => tf.Tensor3D): void {
      if (stack !== undefined) parts[stack].push(gram());
    }
    return parts.map(join);
  }

  /** Hands out the matrices of the stacks in the order in which the slots were reserved. */
  private reader(stacks: readonly tf.Tensor3D[]): (slot: Slot) => tf.Tensor3D | undefined {
    const pieces = stacks.map((stack, i) => split(stack, this.counts[i]));
    return ({stack}) => (stack === undefined ? undefined : pieces[stack].shift());
  }
}

/** Orthogonal bases of all axes of all groups. */
export class Bases {
  constructor(private readonly groups: {window?: tf.Tensor3D; rows?: tf.Tensor3D; columns?: tf.Tensor3D}[]) {}

  /** Express tensors in the bases: $Q^\top$ acts on every axis. */
  project(grouped: Grouped): Grouped {
    return this.rotate(grouped, true);
  }

  /** Express tensors in the original axes: $Q$ acts on every axis. */
  restore(grouped: Grouped): Grouped {
    return this.rotate(grouped, false);
  }

  private rotate(grouped: Grouped, transpose: boolean): Grouped {
    return grouped.map((tensor, g) => {
      const [count, window, rows, columns] = tensor.shape;
      const bases = this.groups[g];
      let out: tf.Tensor = tensor;
      if (bases.window) out = tf.matMul(bases.window, out.reshape([count, window, rows * columns]), transpose);
      if (bases.rows) {
        out = tf.matMul(bases.rows.reshape([count, 1, rows, rows]), out.reshape(tensor.shape), transpose);
      }
      if (bases.columns) {
        out = tf.matMul(out.reshape([count, window * rows, columns]), bases.columns, false, !transpose);
      }
      return out.reshape<tf.Tensor4D>(tensor.shape);
    });
  }
}

function shapeOf({entries, window, rows, columns}: Group): [number, number, number, number] {
  return [entries.length, product(window), rows.size, columns.size];
}

/** Kronecker product of the matrices of a group's window, [count, window, window]; axes without one get the identity. */
function kroneckerProduct({entries, window}: Group, matrices: (tf.Tensor3D | undefined)[]): tf.Tensor3D | undefined {
  if (!matrices.some((matrix) => matrix)) return undefined;
  const count = entries.length;
  return matrices
    .map((matrix, axis): tf.Tensor3D => matrix ?? identities(window[axis].size, count))
    .reduce((a, b) => {
      const [m, n] = [a.shape[1], b.shape[1]];
      const both = tf.mul(a.reshape([count, m, 1, m, 1]), b.reshape([count, 1, n, 1, n]));
      return both.reshape<tf.Tensor3D>([count, m * n, m * n]);
    });
}

/** $G G^\top$ along each axis of the window: partial traces of the one along all of them. */
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

/** The matrix [size^2, d^2] of the map that sums a matrix over equal positions of the axes other than one of length d. */
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

/** Identity matrices [count, size, size]. */
export function identities(size: number, count: number): tf.Tensor3D {
  return tf.tile(tf.eye(size).expandDims<tf.Tensor3D>(0), [count, 1, 1]);
}

function split<T extends tf.Tensor>(tensor: T, sizes: number[]): T[] {
  return sizes.length === 1 ? [tensor] : tf.split(tensor, sizes);
}

function join<T extends tf.Tensor>(tensors: T[]): T {
  return tensors.length === 1 ? tensors[0] : (tf.concat(tensors as tf.Tensor[], 0) as T);
}
