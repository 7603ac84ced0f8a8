import {tf} from "../src/backend";
import {compile} from "../src/compile/compile";
import {gmres} from "../src/gmres";
import {relativeError} from "../../../test/reference/reference";
import {product, systems} from "./krylov";

const residual = (matrix: tf.Tensor, x: tf.Tensor, b: tf.Tensor) =>
  b.sub(product(matrix)(x)).norm("euclidean", 1).dataSync<"float32">();

test.each([true, false])("solves as many equations as it has iterations, symmetric: %s", (symmetric) => {
  const {matrix, solution, right} = systems(3, 6, symmetric);
  const found = gmres(product(matrix), right, {iterations: 6});
  expect(relativeError(found.dataSync(), solution.dataSync())).toBeLessThan(1e-4);
});

test("minimises the residual: it falls with each iteration, in each row", () => {
  const {matrix, right} = systems(3, 6, false);
  const lengths = [1, 2, 3, 4, 5].map((iterations) =>
    residual(matrix, gmres(product(matrix), right, {iterations}), right),
  );
  for (let i = 1; i < lengths.length; i++) lengths[i].forEach((r, row) => expect(r).toBeLessThan(lengths[i - 1][row]));
});

test("one iteration is b <b, M b> / <M b, M b>", () => {
  const {matrix, right} = systems(3, 6, false);
  const image = product(matrix)(right);
  const scale = right.mul(image).sum(1, true).div(image.square().sum(1, true));
  expect(relativeError(gmres(product(matrix), right).dataSync(), right.mul(scale).dataSync())).toBeLessThan(1e-5);
});

test("nothing changes once the Krylov space is exhausted", () => {
  const b = tf.tensor2d([
    [1, 2, 3],
    [0, 0, 0], // solved before it starts
    [1, 0, 0],
  ]);
  const diagonal = tf.tensor2d([[2, 2, 2], [1, 2, 3], [1, 2, 4]]); // prettier-ignore
  const found = gmres((v) => v.mul(diagonal), b, {iterations: 5});
  expect(relativeError(found.dataSync(), [0.5, 1, 1.5, 0, 0, 0, 1, 0, 0])).toBeLessThan(1e-5);
});

test("recorded equals eager, for vectors of any rank, without leaks", () => {
  const {matrix, right} = systems(2, 6, false);
  const b = right.reshape([2, 3, 2]);
  const times = (v: tf.Tensor) => product(matrix)(v.reshape([2, 6])).reshape([2, 3, 2]);
  const solve = (y: tf.Tensor) => gmres(times, y, {iterations: 3});
  const recorded = compile((y) => [solve(y)], "gmres");
  recorded(b)[0].dispose();
  const before = tf.memory().numTensors;
  const found = recorded(b)[0];
  const eager = solve(b);
  expect(found.shape).toEqual([2, 3, 2]);
  expect(relativeError(found.dataSync(), eager.dataSync())).toBeLessThan(1e-5);
  tf.dispose([found, eager]);
  expect(tf.memory().numTensors).toBe(before);
  recorded.dispose();
});

test("refuses numbers of iterations below 1", () => {
  expect(() => gmres((v) => v, tf.zeros([1, 1]), {iterations: 0})).toThrow("an integer of at least 1, found 0");
});
