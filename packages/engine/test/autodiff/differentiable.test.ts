import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {tf} from "../../src/backend";
import {differentiable} from "../../src/autodiff/differentiable";
import {jvp, vjp} from "../../src/autodiff/jacobian";

/** A product whose backward function differs from the true gradient by a factor of 10, its tangents by 100. */
const marked = differentiable({
  forward: (a, b) => [a.mul(b), a, b],
  backward: (dy, a, b) => [dy.mul(b).mul(10), dy.mul(a).mul(10)],
  tangents: [(t, _a, b) => t.mul(b).mul(100), (t, a) => t.mul(a).mul(100)],
});

const plain = differentiable({forward: (x) => [x.square(), x], backward: (dy, x) => [dy.mul(x).mul(2)]});

const number = (x: tf.Tensor) => x.dataSync()[0];

test("gradients pass through the given backward function, and on through what stands before it", () => {
  const a = tf.scalar(3);
  const b = tf.scalar(4);
  expect(marked(a, b).dataSync()[0]).toBe(12);
  const [da, db] = tf.grads((a, b) => marked(a.square(), b) as tf.Scalar)([a, b]);
  expect(da.dataSync()[0]).toBe(10 * 4 * 2 * 3);
  expect(db.dataSync()[0]).toBe(10 * 9);
});

test("Jacobian-vector products pass through the given tangents", () => {
  const a = tf.scalar(3);
  const b = tf.scalar(4);
  expect(number(jvp((x) => marked(x.square(), b))(a, tf.scalar(2)))).toBe(100 * 4 * 2 * 3 * 2);
  expect(number(jvp((x) => marked(a, x))(b, tf.scalar(2)))).toBe(100 * 3 * 2);
  expect(number(jvp((x) => marked(x, x))(a, tf.scalar(2)))).toBe(2 * 100 * 3 * 2);
  expect(number(vjp((x) => marked(x, b))(a, tf.scalar(2)))).toBe(10 * 4 * 2); // not by the tangents
});

test("products of products alternate between tangents and gradients", () => {
  const a = tf.scalar(3);
  const b = tf.scalar(4);
  const one = tf.scalar(1);
  const product = (t: tf.Tensor) => jvp((x) => marked(x, b))(a, t);
  expect(number(vjp(product)(one, one))).toBe(10 * 4);
  expect(number(jvp(product)(one, one))).toBe(100 * 4);
});

test("an operation without tangents has gradients, and no Jacobian-vector products", () => {
  const x = tf.scalar(3);
  expect(number(tf.grad((y) => plain(y))(x))).toBe(6);
  expect(number(vjp(plain)(x, x))).toBe(18);
  expect(() => jvp(plain)(x, x)).toThrow("expected an operation with tangents");
});

test("a second derivative with respect to the inputs is refused", () => {
  const x = tf.scalar(3);
  expect(() => tf.grad((y) => tf.grad((z) => marked(z, z))(y))(x)).toThrow("found a second one");
});

test("leaves nothing behind", () => {
  const a = tf.scalar(3);
  const b = tf.scalar(4);
  const before = tf.memory().numTensors;
  tf.dispose(tf.grads((a, b) => marked(a, b) as tf.Scalar)([a, b]));
  jvp((x) => marked(x, b))(a, b).dispose();
  expect(() => jvp(plain)(a, b)).toThrow();
  expect(tf.memory().numTensors).toBe(before);
});

test("all operations with their own gradients are those that jacobian.test.ts compares with differences", () => {
  const root = join(__dirname, "../../../..");
  const files = ["lib", "packages"]
    .flatMap((folder) =>
      (readdirSync(join(root, folder), {recursive: true}) as string[]).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(dist|node_modules|test)\//.test(file))
    .filter((file) => /\b(customGrad|differentiable)\(/.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replace("packages/engine/src/", ""));
  const linear = ["autodiff/differentiable.ts", "autodiff/tape.ts"]; // how the others reach the tape
  const compared = ["ops/attention-ops.ts", "ops/convolution.ts", "ops/ops.ts", "autodiff/recompute.ts"];
  expect(files.sort()).toEqual([...linear, ...compared].sort());
});
