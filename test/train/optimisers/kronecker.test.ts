import {sizeOf, type Rng} from "@lola-ts/core";
import {Layout} from "../../../lib/nn/module";
import {tf} from "@lola-ts/engine";
import {Kronecker} from "../../../lib/train/optimisers/kronecker";
import {relativeError} from "../../reference/reference";

const normal = (generator: Rng, shape: readonly number[]) =>
  Float32Array.from({length: sizeOf(shape)}, () => generator.normal());
const shapes = {k1: [2, 3, 4, 5], w: [4, 3], b: [5], k2: [2, 3, 4, 5], s: [], thin: [1, 4]};
const layout = new Layout(Object.fromEntries(Object.entries(shapes).map(([k, shape]) => [k, {shape, init: normal}])));
const flat = () => tf.tensor1d(layout.initialise(1));

/** Sum of products over all axes but one, by its definition. */
function gramOf(x: tf.Tensor, axis: number): Float32Array {
  const order = [axis, ...x.shape.keys()].filter((a, i) => i === 0 || a !== axis);
  const matrix = x.transpose(order).reshape<tf.Tensor2D>([x.shape[axis], -1]);
  return tf.matMul(matrix, matrix, false, true).dataSync() as Float32Array;
}

test("gather and scatter, flatten and unflatten are inverses", () => {
  tf.tidy(() => {
    const kronecker = new Kronecker(layout, 100);
    const {grouped, rest} = kronecker.gather(flat());
    expect(grouped.map(({shape}) => shape)).toEqual([
      [2, 6, 4, 5],
      [1, 1, 4, 3],
      [1, 1, 1, 4],
    ]);
    expect(rest.map(({size}) => size)).toEqual([5, 1]);
    expect(kronecker.scatter(grouped, rest).dataSync()).toEqual(flat().dataSync());
    const again = kronecker.unflatten(kronecker.flatten(grouped, rest));
    expect(kronecker.scatter(again.grouped, again.rest).dataSync()).toEqual(flat().dataSync());
  });
});

test("grams are the sums of products along each axis", () => {
  tf.tidy(() => {
    const kronecker = new Kronecker(layout, 100);
    const grams = kronecker.grams(kronecker.gather(flat()).grouped);
    const p = layout.bind(flat());
    // stacks by size, in each the groups in order and in each group its parameters
    const expected: Record<number, [string, number][]> = {
      2: [["k1", 0], ["k2", 0]],
      3: [["k1", 1], ["k2", 1], ["w", 1]],
      4: [["k1", 2], ["k2", 2], ["w", 0], ["thin", 1]],
      5: [["k1", 3], ["k2", 3]],
    }; // prettier-ignore
    expect(grams).toHaveLength(4);
    kronecker.stacks.forEach(({size}, i) => {
      const oracle = expected[size].flatMap(([name, axis]) => [...gramOf(p.get(name), axis)]);
      expect(relativeError(grams[i].dataSync(), oracle)).toBeLessThan(1e-5);
    });
  });
});

test("the transposed factors act on each axis, and orthogonal ones undo it", () => {
  tf.tidy(() => {
    const kronecker = new Kronecker(layout, 100);
    const {grouped} = kronecker.gather(flat());
    const stacks = kronecker.stacks.map(({size, count}, i) =>
      tf.stack(
        Array.from(
          {length: count},
          (_, j) => tf.linalg.qr(tf.randomNormal([size, size], 0, 1, "float32", 9 * i + j + 1))[0],
        ),
      ),
    ) as tf.Tensor3D[];
    const rotation = kronecker.factors(stacks);
    const projected = rotation(grouped, true);

    const of = (size: number, index: number) => {
      const stack = stacks[kronecker.stacks.findIndex((other) => other.size === size)];
      return stack.slice([index, 0, 0], [1, -1, -1]).reshape<tf.Tensor2D>([size, size]);
    };
    const oracle = [of(2, 1), of(3, 1), of(4, 1), of(5, 1)].reduce((x: tf.Tensor, q, axis) => {
      const order = [axis, ...[0, 1, 2, 3].filter((a) => a !== axis)];
      const moved = x.transpose(order);
      const rotated = tf.matMul(q, moved.reshape<tf.Tensor2D>([q.shape[0], -1]), true).reshape(moved.shape);
      return rotated.transpose(order.map((_, i) => order.indexOf(i)));
    }, layout.bind(flat()).get("k2"));
    expect(relativeError(projected[0].slice(1, 1).dataSync(), oracle.dataSync())).toBeLessThan(1e-5);

    const restored = rotation(projected);
    grouped.forEach((tensor, g) => expect(relativeError(restored[g].dataSync(), tensor.dataSync())).toBeLessThan(1e-5));
  });
});

test("axes beyond the limit have no matrix and stay as they are", () => {
  tf.tidy(() => {
    const kronecker = new Kronecker(layout, 2);
    expect(kronecker.stacks).toEqual([{size: 2, count: 2, users: [2]}]);
    expect(kronecker.diagonals).toEqual([]);
    const {grouped} = kronecker.gather(flat());
    const swap = tf.tensor3d([0, 1, 1, 0, 0, 1, 1, 0], [2, 2, 2]);
    const [kernels, matrix] = kronecker.factors([swap])(grouped, true);
    expect(matrix.dataSync()).toEqual(grouped[1].dataSync());
    const swapped = tf.reverse(grouped[0].reshape([2, 2, 3, 4, 5]), 1);
    expect(kernels.dataSync()).toEqual(swapped.dataSync());
  });
});

test("with diagonals no parameter and no axis is left out", () => {
  tf.tidy(() => {
    const kronecker = new Kronecker(layout, 4, {diagonals: true});
    expect(kronecker.plain).toEqual([]);
    const {grouped, rest} = kronecker.gather(flat());
    expect(grouped.map(({shape}) => shape)).toEqual([
      [2, 6, 4, 5],
      [1, 1, 4, 3],
      [1, 1, 1, 5],
      [1, 1, 1, 1],
      [1, 1, 1, 4],
    ]);
    expect(kronecker.scatter(grouped, rest).dataSync()).toEqual(flat().dataSync());
    expect(kronecker.diagonals).toEqual([
      {size: 5, count: 3, users: [2, 1]}, // the kernels' outputs and the vector
      {size: 1, count: 1, users: [1]},
    ]);

    const diagonal = (tensor: tf.Tensor, axis: number) => {
      const size = tensor.shape[axis];
      const gram = gramOf(tensor, axis);
      return Array.from({length: size}, (_, i) => gram[i * size + i]);
    };
    const p = layout.bind(flat());
    const squares = kronecker.squares(grouped);
    const oracle = [...diagonal(p.get("k1"), 3), ...diagonal(p.get("k2"), 3), ...p.get("b").square().dataSync()];
    expect(relativeError(squares[0].dataSync(), oracle)).toBeLessThan(1e-5);
    expect(relativeError(squares[1].dataSync(), p.get("s").square().dataSync())).toBeLessThan(1e-6);
  });
});
