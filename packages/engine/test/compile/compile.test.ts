import {nativeBackend, rawOp, tf} from "../../src/backend";
import {compile, executionModeNames} from "../../src/compile/compile";
import {Random} from "../../src/random";
import {recompute} from "../../src/autodiff/recompute";
import {withExecutionMode} from "../../../../test/execution-modes";

const values = (tensors: tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);

/** Call, read and free. */
const call = (step: (...inputs: tf.Tensor[]) => tf.Tensor[], ...inputs: tf.Tensor[]) => {
  const outputs = step(...inputs);
  const read = values(outputs);
  tf.dispose(outputs);
  return read;
};

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

/** A small network's loss and gradient, with noise. */
const step = (...[x, w, key]: tf.Tensor[]): tf.Tensor[] => {
  const noise = new Random(key as tf.Tensor1D).fold(1).normal(x.shape);
  const loss = (w: tf.Tensor) => tf.mean<tf.Scalar>(tf.tanh(tf.matMul(x.add(noise), w as tf.Tensor2D)).square());
  const {value, grad} = tf.valueAndGrad(loss)(w);
  return [value, grad, noise];
};

describe.each(executionModeNames)("in the mode %s", (mode) => {
  withExecutionMode(mode);

  test("compiled equals eager: values, gradients and randomness, at each call", () => {
    const compiled = compile(step);
    for (let i = 0; i < 4; i++) {
      const inputs = [tf.randomNormal([5, 3]), tf.randomNormal([3, 2]), Random.of(7, i).key];
      const ours = call(compiled, ...inputs);
      const eager = values(step(...inputs));
      ours.forEach((output, k) => output.forEach((value, j) => expect(value).toBeCloseTo(eager[k][j], 6)));
      expect(ours[2]).toEqual(eager[2]);
    }
    compiled.dispose();
  });

  test("inputs that share their values at first may differ later", () => {
    const difference = compile((a, b) => [tf.sub(a, b)]);
    const a = tf.tensor1d([1, 2]);
    expect(call(difference, a, a.clone())).toEqual([[0, 0]]);
    expect(call(difference, a, tf.tensor1d([5, 5]))).toEqual([[-4, -3]]);
    difference.dispose();
  });

  test("a step may return an input, a constant, a captured tensor, or one tensor twice", () => {
    const captured = tf.tensor1d([7]);
    const x = tf.tensor1d([1]);
    const y = tf.tensor1d([2]);
    const mixed = compile((x) => {
      const double = x.mul(2);
      return [x, tf.scalar(3), captured, double, double];
    });
    expect(call(mixed, x)).toEqual([[1], [3], [7], [2], [2]]);
    expect(call(mixed, y)).toEqual([[2], [3], [7], [4], [4]]);
    expect(values([x, y, captured])).toEqual([[1], [2], [7]]);
    mixed.dispose();
  });

  test("a compiled step inside another becomes part of it", () => {
    const inner = compile((x) => [x.mul(3)]);
    const outer = compile((x) => [inner(x)[0].add(1)]);
    expect(call(outer, tf.scalar(2))).toEqual([[7]]);
    expect(call(outer, tf.scalar(5))).toEqual([[16]]);
    outer.dispose();
  });

  test("leaves no tensors behind, after 100 calls and after errors", () => {
    const compiled = compile(step);
    const failing = compile((x) => {
      x.add(1);
      throw new Error("broken");
    });
    const inputs = [tf.randomNormal([5, 3]), tf.randomNormal([3, 2]), Random.of(1).key];
    const before = tf.memory().numTensors;
    for (let i = 0; i < 100; i++) call(compiled, ...inputs);
    expect(tf.memory().numTensors).toBe(before);
    for (let i = 0; i < 3; i++) expect(() => failing(inputs[0])).toThrow("broken");
    expect(tf.memory().numTensors).toBe(before);
    compiled.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("results belong to the enclosing tidy", () => {
    const double = compile((x) => [x.mul(2)]);
    const x = tf.scalar(4);
    call(double, x);
    const before = tf.memory().numTensors;
    expect(tf.tidy(() => double(x)[0].dataSync()[0])).toBe(8);
    expect(tf.memory().numTensors).toBe(before);
    double.dispose();
  });

  test("gradients of a recomputed block equal eager ones, though its operations are delayed", () => {
    const gradient = (evaluate: typeof recompute) => (x: tf.Tensor) => {
      const block = (y: tf.Tensor) => y.sin().mul(y);
      return [
        tf.grad((x: tf.Tensor) =>
          evaluate(block, [x.mul(2)])
            .square()
            .sum(),
        )(x),
      ];
    };
    const compiled = compile(gradient(recompute));
    const x = tf.tensor1d([-1, 0.5, 2]);
    const ours = call(compiled, x);
    const plain = call(
      gradient((f, inputs) => f(...inputs)),
      x,
    );
    ours[0].forEach((value, i) => expect(value).toBeCloseTo(plain[0][i], 5));
    compiled.dispose();
  });

  test("takes inputs, captured tensors and constants of every type, and empty ones", () => {
    const captured = tf.tensor1d([3, 4], "int32").add(0);
    const compiled = compile((float, int, bool, complex, empty) => [
      tf.where(bool, float, int.add(captured).cast("float32")),
      int.mul(tf.tensor1d([2, 3], "int32")),
      tf.logicalAnd(bool, tf.tensor1d([true, true], "bool")),
      tf.mul(complex, tf.complex([0, 1], [1, 0])),
      empty.add(1),
    ]);
    const result = call(
      compiled,
      ...[tf.tensor1d([0.5, 1.5]), tf.tensor1d([1, 2], "int32"), tf.tensor1d([true, false], "bool")],
      ...[tf.complex([1, 2], [3, 4]), tf.zeros([0, 2])],
    );
    expect(result).toEqual([[0.5, 6], [2, 6], [1, 0], [-3, 1, 2, 4], []]);
    compiled.dispose();
  });

  test("adds the type of an operation that tfjs runs without it", () => {
    const compiled = compile((x) => [x.expandDims(0), x.cast("int32").expandDims(1)]);
    const outputs = compiled(tf.tensor1d([1, 2]));
    expect(outputs.map(({shape, dtype}) => [shape, dtype])).toEqual([
      [[1, 2], "float32"],
      [[2, 1], "int32"],
    ]);
    expect(values(outputs)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    compiled.dispose();
  });

  test("compiles a step without inputs", () => {
    const compiled = compile(() => [tf.scalar(2).add(3)]);
    expect([call(compiled), call(compiled)]).toEqual([[[5]], [[5]]]);
    compiled.dispose();
  });

  test("refuses a step that returns no tensors or a promise, and leaves nothing behind", () => {
    const wrong: [unknown, string][] = [
      [() => [], "compile: odd: expected a step that returns a list of one or more tensors, found an empty list."],
      [(x: tf.Tensor) => x.neg(), "list of one or more tensors, found a tensor by itself."],
      [() => [1], "list of one or more tensors, found a list with something else in it."],
      [() => undefined, "list of one or more tensors, found undefined."],
      [
        (x: tf.Tensor) => Promise.resolve([x]),
        "compile: odd: the step returns a promise: expected a function that is not",
      ],
    ];
    const x = tf.tensor1d([1]);
    const before = tf.memory().numTensors;
    for (const [step, sentence] of wrong) {
      expect(() => compile(step as (x: tf.Tensor) => tf.Tensor[], "odd")(x)).toThrow(sentence);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("recorded", () => {
  withExecutionMode("function");

  test("other shapes and types are recorded anew", () => {
    let recordings = 0;
    const twice = compile((x) => {
      recordings++;
      return [tf.add(x, x)];
    });
    expect(call(twice, tf.tensor1d([1, 2]))).toEqual([[2, 4]]);
    expect(call(twice, tf.tensor1d([5, 6]))).toEqual([[10, 12]]);
    expect(recordings).toBe(1);
    expect(call(twice, tf.tensor2d([[1, 2]]))).toEqual([[2, 4]]);
    expect(call(twice, tf.tensor1d([1, 2], "int32"))).toEqual([[2, 4]]);
    expect(recordings).toBe(3);
    twice.dispose();
    expect(call(twice, tf.tensor1d([1, 2]))).toEqual([[2, 4]]);
    expect(recordings).toBe(4);
    twice.dispose();
  });

  test("a captured tensor keeps its value and outlives its disposal", () => {
    const captured = tf.tensor1d([1, 2]).add(1); // made by the engine
    const plus = compile((x) => [x.add(captured)]);
    expect(call(plus, tf.tensor1d([0, 0]))).toEqual([[2, 3]]);
    captured.dispose();
    expect(call(plus, tf.tensor1d([1, 1]))).toEqual([[3, 4]]);
    plus.dispose();
  });

  test("reading values inside is refused, and afterwards all is as before", () => {
    const x = tf.tensor1d([1, 2]);
    const reading = compile((x) => (x.add(1).dataSync()[0] > 0 ? [x] : [x.neg()]));
    expect(() => reading(x)).toThrow(
      "reads the values of a tensor (dataSync, arraySync, print) and cannot be recorded",
    );
    expect([...x.add(1).dataSync()]).toEqual([2, 3]);
    const fine = compile((x) => [x.neg()]);
    expect(call(fine, x)).toEqual([[-1, -2]]);
    fine.dispose();
  });

  test("the number of recorded functions is bounded; the least recently used is dropped first", () => {
    const recorded: number[] = [];
    const square = compile((x) => {
      recorded.push(x.size);
      return [x.square()];
    });
    const run = (size: number) => expect(call(square, tf.fill([size], 2))).toEqual([Array(size).fill(4)]);
    for (let size = 1; size <= 12; size++) {
      run(size);
      run(1); // stays in use
    }
    expect(recorded).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    [1, 12, 11, 10, 9, 8, 7, 6].forEach(run); // still there
    expect(recorded).toHaveLength(12);
    run(5); // forgotten
    expect(recorded.slice(12)).toEqual([5]);
    square.dispose();
  });

  test("handles of the engine and recorded graphs are freed: bounded by the variants, and none after disposal", () => {
    const {binding} = nativeBackend() as unknown as {binding: {getNumOfTensors(): number}};
    const count = () => binding.getNumOfTensors();
    const captured = tf.tensor1d([1]).add(0);
    const plus = compile((x) => [x.add(captured)]);
    const sizes = Array.from({length: 20}, (_, i) => tf.fill([i + 1], 2).add(0));
    const before = count();
    sizes.forEach((x) => call(plus, x));
    expect(count() - before).toBe(8); // the captured one, once for each variant
    plus.dispose();
    expect(count()).toBe(before);
  });

  test("an error of TensorFlow names the step and leaks nothing", () => {
    const x = tf.tensor1d([1, 2]).add(0);
    const before = tf.memory().numTensors;
    const untyped = compile((x) => [rawOp("Relu6", [x])], "odd");
    expect(() => untyped(x)).toThrow(
      'compile: odd: the operation "Relu6" lacks its attribute "T", which TensorFlow infers only when it runs by itself: ' +
        'expected attr.type("T", ...) among its attributes.',
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
