import {tf} from "../src/backend";
import {compile} from "../src/compile/compile";
import {cg} from "../src/cg";
import {relativeError} from "../../../test/reference/reference";
import {product, systems} from "./krylov";

test("solves as many equations as it has iterations", () => {
  const {matrix, solution, right} = systems(3, 6, true);
  const found = cg(product(matrix), right, {iterations: 6});
  expect(relativeError(found.dataSync(), solution.dataSync())).toBeLessThan(1e-4);
});

test("one iteration is b <b, b> / <b, M b>", () => {
  const {matrix, right} = systems(3, 6, true);
  const scale = right
    .square()
    .sum(1, true)
    .div(right.mul(product(matrix)(right)).sum(1, true));
  expect(relativeError(cg(product(matrix), right).dataSync(), right.mul(scale).dataSync())).toBeLessThan(1e-5);
});

test("recorded equals eager, and a solved row stays as it is", () => {
  const {matrix, right} = systems(2, 6, true);
  const b = right.mul(tf.tensor2d([[1], [0]]));
  const recorded = compile((y) => [cg(product(matrix), y, {iterations: 9})], "cg");
  const found = recorded(b)[0].dataSync();
  expect(relativeError(found, cg(product(matrix), b, {iterations: 9}).dataSync())).toBeLessThan(1e-5);
  expect([...found.slice(6)]).toEqual(new Array(6).fill(0));
  recorded.dispose();
});

test("refuses numbers of iterations below 1", () => {
  expect(() => cg((v) => v, tf.zeros([1, 1]), {iterations: 1.5})).toThrow("an integer of at least 1, found 1.5");
});
