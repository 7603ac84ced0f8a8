import {tf} from "@lola-ts/engine";
import {act, identities, kroneckerProduct} from "../../../lib/train/optimisers/factors";
import {relativeError} from "../../reference/reference";

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

/** The first parameter's factors as one matrix on its entries. */
function whole(axes: tf.Tensor2D[]): tf.Tensor2D {
  return axes.reduce((a, b): tf.Tensor2D => {
    const m = a.shape[0];
    const n = b.shape[0];
    return tf.mul(a.reshape([m, 1, m, 1]), b.reshape([1, n, 1, n])).reshape<tf.Tensor2D>([m * n, m * n]);
  });
}

test("matrices and diagonals act on their axes as one Kronecker product does", () => {
  tf.tidy(() => {
    const x = normal([2, 3, 4, 5], 1) as tf.Tensor4D;
    const window = normal([2, 3, 3], 2) as tf.Tensor3D;
    const rows = normal([2, 4], 3) as tf.Tensor2D;
    const columns = normal([2, 5, 5], 4) as tf.Tensor3D;
    const first = <T extends tf.Tensor>(tensor: tf.Tensor) => tensor.slice(0, 1).reshape(tensor.shape.slice(1)) as T;
    const matrix = whole([first(window), tf.diag(first(rows)) as tf.Tensor2D, first(columns)]);
    const column = first(x).reshape<tf.Tensor2D>([-1, 1]);

    const factors = {window, rows, columns};
    const check = (ours: tf.Tensor, oracle: tf.Tensor) =>
      expect(relativeError(first(ours).dataSync(), oracle.dataSync())).toBeLessThan(1e-5);
    check(act(factors, x), tf.matMul(matrix, column));
    check(act(factors, x, true), tf.matMul(matrix, column, true));
  });
});

test("axes without a factor stay as they are", () => {
  tf.tidy(() => {
    const x = normal([2, 3, 4, 5], 1) as tf.Tensor4D;
    expect(act({}, x).dataSync()).toEqual(x.dataSync());
  });
});

test("a Kronecker product takes matrices, diagonals and lengths", () => {
  tf.tidy(() => {
    const matrix = tf.tensor3d([1, 2, 3, 4], [1, 2, 2]);
    const product = kroneckerProduct(1, [matrix, tf.tensor2d([10, 20], [1, 2])])!;
    expect(product.arraySync()).toEqual([
      [
        [10, 0, 20, 0],
        [0, 20, 0, 40],
        [30, 0, 40, 0],
        [0, 60, 0, 80],
      ],
    ]);
    expect(kroneckerProduct(1, [2, matrix])!.arraySync()[0][2]).toEqual([0, 0, 1, 2]);
    expect(kroneckerProduct(1, [2, 3])).toBeUndefined();
    expect(identities(2, 2).dataSync()).toEqual(Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1));
  });
});
