import {Layout} from "../../../lib/nn/module";
import {Rng} from "@lola-ts/core";
import {tf, compile, Random} from "@lola-ts/engine";
import {adamW} from "../../../lib/train/optimisers/adamw";
import type {Optimiser} from "../../../lib/train/optimisers/optimiser";
import {psgd, type PsgdOptions} from "../../../lib/train/optimisers/psgd";
import {specsOf} from "./specs";

interface Run {
  /** Official shapes of the parameters. */
  shapes: Record<string, readonly number[]>;
  optimiser: Optimiser;
  steps: number;
  /** Gradient at the weights, of a step. */
  gradient: (weights: tf.Tensor1D, step: number) => tf.Tensor1D;
  rate?: (step: number) => number;
  initial?: Float32Array;
  seed?: number;
  recorded?: boolean;
}

/** Run an optimiser: its weights and state at the end, [weights, average, ...factors]. */
function descend({shapes, optimiser, steps, gradient, rate, initial, seed = 0, recorded = true}: Run): tf.Tensor[] {
  const layout = new Layout(specsOf(shapes));
  const operations = ["plain", "refresh"].map((variant) => {
    const update = (...inputs: tf.Tensor[]) => {
      const [weights, grad, learningRate, step, key, ...state] = inputs;
      const updated = optimiser.update({
        weights: weights as tf.Tensor1D,
        gradient: grad as tf.Tensor1D,
        state,
        layout,
        variant,
        learningRate: learningRate as tf.Scalar,
        step: step as tf.Scalar,
        random: new Random(key as tf.Tensor1D),
      });
      return [updated.weights, ...updated.state];
    };
    return [variant, recorded ? compile(update, variant) : update] as const;
  });
  const variants = new Map<string, (...inputs: tf.Tensor[]) => tf.Tensor[]>(operations);

  let state: tf.Tensor[] = [tf.tensor1d(initial ?? new Float32Array(layout.size)), ...optimiser.initial(layout)];
  for (let k = 0; k < steps; k++) {
    const next = tf.tidy(() => {
      const [weights, ...rest] = state;
      const inputs = [gradient(weights as tf.Tensor1D, k), tf.scalar(rate?.(k) ?? 0.01), tf.scalar(k)];
      return variants.get(optimiser.variant(k))!(weights, ...inputs, Random.of(seed, k).key, ...rest);
    });
    tf.dispose(state.filter((tensor) => !next.includes(tensor)));
    state = next;
  }
  return state;
}

/** Numbers from N(0, 1) that depend on a step. */
function noise(size: number, step: number): Float32Array {
  const generator = Rng.from("psgd", step);
  return Float32Array.from({length: size}, () => generator.normal());
}

/** A symmetric matrix with eigenvalues from 1 to `condition` and its eigenvectors. */
function curvature(size: number, condition: number): {matrix: tf.Tensor2D; basis: tf.Tensor2D} {
  const [basis] = tf.linalg.qr(tf.tensor2d(noise(size * size, 1e6 + size), [size, size])) as [tf.Tensor2D, tf.Tensor2D];
  const values = Array.from({length: size}, (_, i) => condition ** (i / (size - 1)));
  return {matrix: tf.matMul(basis.mul(tf.tensor1d(values)), basis, false, true), basis};
}

function kronecker(a: tf.Tensor, b: tf.Tensor): tf.Tensor2D {
  const m = a.shape.at(-1)!;
  const n = b.shape.at(-1)!;
  return tf.mul(a.reshape([m, 1, m, 1]), b.reshape([1, n, 1, n])).reshape([m * n, m * n]);
}

/** No average, and an update of the preconditioner in every step. */
const immediate: PsgdOptions = {beta: 1e-6, frequency: 1, frequencyDecay: 1};

/** The preconditioner of a matrix [4, 5] whose gradients are a linear function of white noise. */
function learn(gradient: (x: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D {
  const state = descend({
    shapes: {w: [4, 5]},
    optimiser: psgd({...immediate, preconditionRate: 0.02}),
    steps: 2000,
    gradient: (_, k) => gradient(tf.tensor2d(noise(20, k), [4, 5])).flatten(),
  });
  const [rows, columns] = state.slice(4, 6);
  return kronecker(rows, columns);
}

/** Root mean square of a matrix's distance from the identity. */
function fromIdentity(matrix: tf.Tensor2D): number {
  const difference = matrix.sub(tf.eye(matrix.shape[0]));
  return Math.sqrt(tf.sum(difference.square()).dataSync()[0] / matrix.shape[0]);
}

describe("where gradients are H times noise", () => {
  const left = curvature(4, 10);
  const right = curvature(5, 30);
  const gradient = (x: tf.Tensor2D): tf.Tensor2D => tf.matMul(tf.matMul(left.matrix, x), right.matrix);
  const hessian = kronecker(left.matrix, right.matrix);
  const learned = learn(gradient);

  test("the preconditioner becomes the inverse of H", () => {
    tf.tidy(() => {
      expect(fromIdentity(tf.matMul(hessian, learned))).toBeLessThan(0.3);
    });
  });

  test("it follows a change of scale", () => {
    tf.tidy(() => {
      const scaled = learn((x) => gradient(x).mul<tf.Tensor2D>(100)).mul<tf.Tensor2D>(100);
      expect(fromIdentity(tf.matMul(hessian, scaled))).toBeLessThan(0.3);
    });
  });

  test("it follows a rotation of the coordinates", () => {
    tf.tidy(() => {
      const rotation = curvature(4, 1).basis; // unrelated to the axes
      const rotated = learn((x) => tf.matMul(rotation, gradient(x)));
      const whole = kronecker(rotation, tf.eye(5));
      const back = tf.matMul(tf.matMul(whole, rotated, true), whole);
      expect(fromIdentity(tf.matMul(hessian, back))).toBeLessThan(0.3);
    });
  });
});

test("descends a quadratic of condition number 1e4 much faster than AdamW", () => {
  tf.tidy(() => {
    const left = curvature(4, 10).matrix;
    const right = curvature(5, 10).matrix;
    const a = tf.matMul(left, left);
    const b = tf.matMul(right, right);
    const steps = 300;
    const lowest = (optimiser: Optimiser) => {
      const losses = [0.3, 0.1, 0.03, 0.01].map((rate) => {
        const gradient = (w: tf.Tensor1D) => tf.matMul(tf.matMul(a, w.reshape([4, 5])), b).flatten();
        const problem = {shapes: {w: [4, 5]}, initial: noise(20, 0), gradient};
        const [w] = descend({...problem, optimiser, steps, rate: (k) => rate * (1 - k / steps)});
        return tf.sum(w.mul(gradient(w as tf.Tensor1D))).dataSync()[0];
      });
      return Math.min(...losses);
    };
    expect(lowest(psgd())).toBeLessThan(0.05 * lowest(adamW()));
  });
});

const shapes = {kernel: [4, 3, 3, 3], matrix: [5, 4], row: [1, 6], vector: [7], scalar: []};
const size = 108 + 20 + 6 + 7 + 1;

/** A run with every kind of parameter. */
const mixed = (change: Partial<Run> = {}) =>
  tf.tidy(() => {
    const gradient = (w: tf.Tensor1D, k: number) => w.add<tf.Tensor1D>(tf.tensor1d(noise(size, k)));
    const run = {shapes, optimiser: psgd({frequency: 2, frequencyDecay: 0.5}), steps: 6, gradient, ...change};
    return descend(run).map((tensor) => [...tensor.dataSync()]);
  });

test("the same seed gives the same numbers, another seed others", () => {
  expect(mixed()).toEqual(mixed());
  expect(mixed({seed: 1})[0]).not.toEqual(mixed()[0]);
});

test("recorded equals eager", () => {
  const recorded = mixed();
  const eager = mixed({recorded: false});
  recorded.forEach((tensor, i) => tensor.forEach((value, j) => expect(value).toBeCloseTo(eager[i][j], 4)));
});

test("each axis has a triangular factor; vectors, scalars and long axes have a diagonal", () => {
  tf.tidy(() => {
    const layout = new Layout(specsOf(shapes));
    const state = psgd({preconditionSize: 4}).initial(layout);
    const stacks = [[3, 3, 3], [2, 4, 4]]; // prettier-ignore
    const diagonals = [[1, 5], [1, 6], [1, 7], [1, 1]]; // prettier-ignore
    expect(state.map((tensor) => tensor.shape)).toEqual([[size], ...stacks, ...stacks, ...diagonals]);

    const optimiser = psgd({preconditionSize: 4, ...immediate});
    const after = descend({shapes, optimiser, steps: 5, gradient: (_, k) => tf.tensor1d(noise(size, k))});
    for (const factor of after.slice(2, 4) as tf.Tensor3D[]) {
      const [first] = factor.arraySync();
      first.forEach((row, i) => row.forEach((value, j) => expect(value === 0).toBe(i > j)));
    }
    after.slice(2, 4).forEach((factor, i) => {
      const product = tf.matMul(factor, factor, true).dataSync();
      expect([...after[4 + i].dataSync()]).toEqual([...product]);
    });
  });
});

test("the first step has no preconditioner, and limits what it subtracts from each weight", () => {
  tf.tidy(() => {
    const [weights] = descend({
      shapes: {w: [4]},
      optimiser: psgd(),
      steps: 1,
      gradient: () => tf.tensor1d([0.1, -1.5, 0, 1000]),
      rate: () => 1,
    });
    const expected = [
      1.5 * (0.9 * Math.tanh(0.1 / 1.5) + 0.1 * Math.log(1 + 0.1 / 1.5)),
      -1.5 * (0.9 * Math.tanh(1) + 0.1 * Math.log(2)),
      0,
      2,
    ];
    weights.dataSync().forEach((value, i) => expect(value).toBeCloseTo(-expected[i], 5));
  });
});

test("weights decay", () => {
  tf.tidy(() => {
    const optimiser = psgd({weightDecay: 0.5});
    const problem = {shapes: {w: [2]}, optimiser, steps: 1, rate: () => 0.1, initial: Float32Array.of(1, -2)};
    const [weights] = descend({...problem, gradient: () => tf.zeros([2])});
    expect([...weights.dataSync()]).toEqual([0.95, -1.9].map(Math.fround));
  });
});

test("a parameter without gradient keeps its preconditioner", () => {
  tf.tidy(() => {
    const half = (_: unknown, k: number) => tf.concat1d([tf.tensor1d(noise(20, k)), tf.zeros([24])]);
    const problem = {shapes: {used: [4, 5], dead: [5, 4], vector: [4]}, optimiser: psgd(immediate), steps: 1000};
    const state = descend({...problem, gradient: half});
    expect(state.every((tensor) => tensor.dataSync().every(Number.isFinite))).toBe(true);
    for (const stack of state.slice(4, 6) as tf.Tensor3D[]) {
      expect(fromIdentity(stack.slice(1, 1).reshape([stack.shape[1], stack.shape[1]]))).toBe(0);
      expect(fromIdentity(stack.slice(0, 1).reshape([stack.shape[1], stack.shape[1]]))).toBeGreaterThan(0);
    }
  });
});

test("parameters of equal shape have preconditioners of their own", () => {
  tf.tidy(() => {
    const gradient = (_: unknown, k: number) =>
      tf.concat1d([tf.tensor1d(noise(20, k)), tf.tensor1d(noise(20, -k)).mul<tf.Tensor1D>(50)]);
    const state = descend({shapes: {a: [4, 5], b: [4, 5]}, optimiser: psgd(immediate), steps: 300, gradient});
    const trace = (stack: tf.Tensor, i: number) => {
      const [, d] = stack.shape;
      return tf.sum(stack.slice(i, 1).reshape([d, d]).mul(tf.eye(d))).dataSync()[0];
    };
    const [a, b] = [0, 1].map((i) => trace(state[4], i) * trace(state[5], i));
    expect(a / b).toBeGreaterThan(30);
    expect(a / b).toBeLessThan(80);
  });
});

test("the preconditioner is updated ever more rarely, down to once in `frequency` steps", () => {
  const {variant} = psgd();
  const updates = (from: number, to: number) =>
    Array.from({length: to - from}, (_, i) => variant(from + i)).filter((name) => name === "refresh").length;
  expect(variant(0)).toBe("refresh");
  const expected = Array.from({length: 1000}, (_, i) => 0.999 ** (i + 1)).reduce((a, b) => a + b);
  expect(updates(0, 1000)).toBe(Math.ceil(expected));
  expect(updates(5000, 5000 + 64 * 20)).toBe(20);
  const always = psgd({frequencyDecay: 1}).variant;
  expect([0, 1, 2, 999].map(always)).toEqual(Array(4).fill("refresh"));
});

test("refuses a schedule that is none", () => {
  expect(() => psgd({frequency: 0})).toThrow("expected frequency >= 1 and frequencyDecay in (0, 1], found 0 and 0.999");
  expect(() => psgd({frequencyDecay: 1.5})).toThrow("found 64 and 1.5");
});
