import {tf} from "../../src/backend";
import {compile} from "../../src/compile/compile";
import {Graph} from "../../src/compile/graph";
import {convolution} from "../../src/ops/convolution";
import {dropout, silu} from "../../src/ops/ops";
import {Random} from "../../src/random";
import {recompute, type Block} from "../../src/autodiff/recompute";
import {relativeError} from "../../../../test/reference/reference";
import {normal} from "../gradients";

/** A small block with everything that blocks have: parameters, dropout, operations with their own gradients. */
const block: Block = (x, w, key) => {
  const hidden = silu(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D));
  return x.add(dropout(hidden, 0.3, new Random(key as tf.Tensor1D)).tanh());
};
const plain: typeof recompute = (f, inputs) => f(...inputs);

/** Loss and gradients for input and weights of two blocks and a function around them. */
const step =
  (evaluate: typeof recompute) =>
  (...[x, w, key]: tf.Tensor[]): tf.Tensor[] => {
    const random = new Random(key as tf.Tensor1D);
    const loss = (x: tf.Tensor, w: tf.Tensor) => {
      const first = evaluate(block, [x.mul(2), w, random.fold(0).key]);
      const second = evaluate(block, [first.sin(), w, random.fold(1).key]);
      return second.mul(x).square().mean<tf.Scalar>();
    };
    const {value, grads} = tf.valueAndGrads(loss as (...args: tf.Tensor[]) => tf.Scalar)([x, w]);
    return [value, ...grads];
  };

const example = () => [normal([7, 5], 1), normal([5, 5], 2), Random.of(3).key];
const read = (tensors: tf.Tensor[]) => tensors.map((tensor) => tensor.dataSync());

function expectEqual(a: tf.Tensor[], b: tf.Tensor[]): void {
  const theirs = read(b);
  read(a).forEach((ours, i) => expect(relativeError(ours, theirs[i])).toBeLessThan(1e-6));
}

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

test("value and gradients are those of the plain block, with the same dropout masks", () => {
  const inputs = example();
  expectEqual(step(recompute)(...inputs), step(plain)(...inputs));
});

test("compiled equals eager, at each call", () => {
  const compiled = compile(step(recompute));
  for (let i = 0; i < 3; i++) {
    const inputs = [normal([7, 5], i), normal([5, 5], 10 + i), Random.of(i).key];
    expectEqual(compiled(...inputs), step(plain)(...inputs));
  }
  compiled.dispose();
});

test("a recorded block waits for its gradient, so that TensorFlow cannot merge it with the first computation, and gives all gradients at once", () => {
  const operation = jest.spyOn(Graph.prototype, "operation");
  const compiled = compile(step(recompute));
  compiled(...example());
  const barriers = operation.mock.calls.filter(([name]) => name === "IdentityN");
  // each block's inputs, its gradient and the signal; then its inputs' gradients and one of them, the signal
  expect(barriers.map(([, inputs]) => inputs.length)).toEqual([5, 4, 5, 4]);
  operation.mockRestore();
  compiled.dispose();
});

test("a block is evaluated once without a gradient, and twice with one", () => {
  let runs = 0;
  const counted: Block = (x) => {
    runs++;
    return x.square().sin();
  };
  const x = normal([4], 1);
  recompute(counted, [x]);
  expect(runs).toBe(1);
  tf.grad((x) => recompute(counted, [x]).sum())(x);
  expect(runs).toBe(3);
});

test("blocks inside blocks have the gradients of plain ones", () => {
  const nested = (evaluate: typeof recompute) => {
    const inner: Block = (x) => x.sin().square();
    const outer: Block = (x) =>
      evaluate(inner, [x.mul(3)])
        .add(x)
        .tanh();
    return tf.grad((x: tf.Tensor) => evaluate(outer, [x]).sum())(normal([6], 4));
  };
  expectEqual([nested(recompute)], [nested(plain)]);
});

test("an input that the block does not use has no gradient", () => {
  const x = normal([3], 1);
  const unused = normal([2], 2);
  const [, gradient] = tf.grads((x, unused) => recompute((y) => y.square(), [x, unused]).sum())([x, unused]);
  expect([...gradient.dataSync()]).toEqual([0, 0]);
});

test("leaves no tensors behind, over 100 steps, compiled and not, and after errors", () => {
  const inputs = example();
  const compiled = compile(step(recompute));
  tf.dispose(compiled(...inputs));
  const before = tf.memory().numTensors;
  for (let i = 0; i < 100; i++) tf.dispose(compiled(...inputs));
  for (let i = 0; i < 100; i++) tf.tidy(() => void step(recompute)(...inputs));
  expect(tf.memory().numTensors).toBe(before);

  const failing: Block = (x) => {
    x.square();
    throw new Error("broken");
  };
  expect(() => recompute(failing, inputs)).toThrow("broken");
  expect(tf.memory().numTensors).toBe(before);
  compiled.dispose();
});

test("after an error in the backward pass gradients work as before", () => {
  const inputs = example();
  let runs = 0;
  const failing: Block = (x) => {
    if (runs++ === 0) return x.sin(); // the second run is that of the backward pass
    throw new Error("broken");
  };
  expect(() => tf.tidy(() => tf.grad((x) => recompute(failing, [x]).sum())(inputs[0]))).toThrow("broken");
  expectEqual(step(recompute)(...inputs), step(plain)(...inputs));
});

/** Two-layer blocks, wide inside: what plain blocks keep is much more than what goes from one to the next. */
function deepStep(evaluate: typeof recompute, depth: number) {
  return (x: tf.Tensor, w: tf.Tensor) => {
    const wide: Block = (y, w) => {
      const inside = tf.matMul(y as tf.Tensor2D, w as tf.Tensor2D);
      return tf.matMul(inside.sin().tanh().sigmoid() as tf.Tensor2D, w as tf.Tensor2D, false, true).add(y);
    };
    const loss = (w: tf.Tensor) => {
      let y = x;
      for (let i = 0; i < depth; i++) y = evaluate(wide, [y, w]);
      return y.square().mean<tf.Scalar>();
    };
    return [tf.grad(loss)(w)];
  };
}

test("saves much less until the backward pass, operation by operation", () => {
  const alive = (evaluate: typeof recompute) => {
    let bytes = 0;
    const probe = tf.customGrad((y) => ({
      value: (y as tf.Tensor).clone(),
      gradFunc: (dy: tf.Tensor) => {
        bytes = Math.max(bytes, tf.memory().numBytes);
        return dy;
      },
    }));
    const probed: typeof recompute = (f, inputs) => probe(evaluate(f, inputs));
    const x = normal([64, 8], 1);
    const w = normal([8, 256], 2);
    const before = tf.memory().numBytes;
    tf.tidy(() => void deepStep(probed, 6)(x, w));
    return bytes - before;
  };
  expect(alive(recompute)).toBeLessThan(alive(plain) / 3);
});

/** Gradients for input and kernel of two convolutions with an activation between them. */
function activatedStep(x: tf.Tensor, w: tf.Tensor): tf.Tensor[] {
  const convolve = (values: tf.Tensor, w: tf.Tensor) => convolution(values, w, tf.zeros([3]), {periodic: true});
  const loss = (x: tf.Tensor, w: tf.Tensor) =>
    convolve(silu(convolve(x, w)), w)
      .square()
      .mean<tf.Scalar>();
  return tf.grads(loss as (...args: tf.Tensor[]) => tf.Scalar)([x, w]);
}

test("a recorded convolution computes its activated input again, once its gradient is there, with the same bits", () => {
  const operation = jest.spyOn(Graph.prototype, "operation");
  const inputs = [normal([2, 6, 5, 3], 1), normal([3, 3, 3, 3], 2)];
  const compiled = compile(activatedStep);
  expect(read(compiled(...inputs))).toEqual(read(activatedStep(inputs[0], inputs[1])));
  const activations = operation.mock.calls.filter(([name]) => /^(LolaSilu|SoftplusGrad)$/.test(name));
  expect(activations.map(([, [input]]) => input.startsWith("IdentityN"))).toEqual([false, true]); // the second one waits
  operation.mockRestore();
  compiled.dispose();
});

test("a recorded convolution of a constant that was activated has the gradient of its kernel", () => {
  const x = normal([1, 4, 4, 3], 3);
  const step = (w: tf.Tensor) => {
    const loss = (w: tf.Tensor) =>
      convolution(
        tf.tidy(() => silu(x.mul(2))),
        w,
        tf.zeros([3]),
      )
        .square()
        .sum();
    return [tf.grad(loss)(w)];
  };
  const compiled = compile(step);
  const w = normal([3, 3, 3, 3], 4);
  expect(read(compiled(w))).toEqual(read(step(w)));
  compiled.dispose();
});
