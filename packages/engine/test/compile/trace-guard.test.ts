import {rawOp, attr, tf} from "../../src/backend";
import {compile} from "../../src/compile/compile";
import {withExecutionMode} from "../../../../test/execution-modes";

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const readLater = "compile: odd: the step reads the values of a tensor later (data, array) and cannot be recorded";
const readNow =
  "compile: odd: the step reads the values of a tensor (dataSync, arraySync, print) and cannot be recorded";
const javascript = "compile: odd: the step draws random numbers in JavaScript";

const variable = tf.variable(tf.tensor1d([1, 2]));
const shape = () => tf.tensor1d([2], "int32");
const randomAttrs = [attr.type("dtype", "float32"), attr.type("T", "int32")];

/** What a step must not do, and the beginning of the sentence that says so. */
const refused: Record<string, [(x: tf.Tensor) => unknown, string]> = {
  "dataSync of a result": [(x) => [x.mul(x.add(1).dataSync()[0])], readNow],
  "dataSync of an input": [(x) => [x.mul(x.dataSync()[0])], readNow],
  arraySync: [(x) => [x.mul((x.arraySync() as number[])[0])], readNow],
  printing: [(x) => (x.print(), [x]), readNow],
  "gathering by computed indices": [(x) => [tf.gather(x, x.cast("int32"))], readNow],
  "reading and going on": [
    (x) => {
      try {
        x.dataSync();
      } catch {
        // as if nothing had happened
      }
      return [x];
    },
    readNow,
  ],
  "reading later": [(x) => (void x.data(), [x]), readLater],
  "an array later": [(x) => (void x.array().then(() => x.dispose()), [x]), readLater],
  "waiting for values": [async (x) => [x.mul((await x.add(1).data())[0])], readLater],
  "an asynchronous step": [async (x) => Promise.resolve([x]), "compile: odd: the step returns a promise"],
  "a step that fails later": [() => Promise.reject(new Error("later")), "compile: odd: the step returns a promise"],
  "tf.randomNormal": [(x) => [x.add(tf.randomNormal([2]))], javascript],
  "tf.randomUniform": [(x) => [x.add(tf.randomUniform([2]))], javascript],
  "tf.truncatedNormal": [(x) => [x.add(tf.truncatedNormal([2]))], javascript],
  "tf.dropout": [(x) => [tf.dropout(x, 0.5)], javascript],
  "Math.random": [(x) => [x.mul(Math.random())], javascript],
  "tf.multinomial": [
    (x) => [tf.multinomial(x as tf.Tensor1D, 3, 1)],
    'the operation "Multinomial" draws from a generator',
  ],
  "a raw random operation": [
    () => [rawOp("RandomStandardNormal", [shape()], randomAttrs)],
    'the operation "RandomStandardNormal" draws from a generator inside the engine: expected a Random',
  ],
  "assigning to a variable": [(x) => (variable.assign(x as tf.Tensor1D), [x]), "the step assigns to a tf.Variable"],
  "an optimiser of tfjs": [
    () => [tf.train.sgd(0.1).minimize(() => variable.square().sum(), true) as tf.Scalar],
    "the step assigns to a tf.Variable: expected state that is an input and comes back as an output",
  ],
  strings: [() => [tf.tensor1d(["a", "b"])], "the step uses a tensor of strings"],
};

describe("recording refuses, and afterwards all is as before:", () => {
  withExecutionMode("function");

  test.each(Object.keys(refused))("%s", (name) => {
    const [step, sentence] = refused[name];
    const x = tf.tensor1d([1, 0]).add(0);
    const before = tf.memory().numTensors;
    expect(() => compile(step as (x: tf.Tensor) => tf.Tensor[], "odd")(x)).toThrow(sentence);
    expect(tf.memory().numTensors).toBe(before);

    expect([...x.dataSync()]).toEqual([1, 0]);
    expect(Math.random()).not.toBe(Math.random());
    const fine = compile((x) => [x.neg().add(3)]);
    expect([...fine(x)[0].dataSync()]).toEqual([2, 3]);
    fine.dispose();
  });

  test("values can be read later again", async () => {
    const x = tf.tensor1d([1, 0]).add(0);
    expect(() => compile((x) => (void x.data(), [x]))(x)).toThrow("reads the values");
    expect([...(await x.data())]).toEqual([1, 0]);
  });
});

test("seeded numbers and variables that are only read are recorded", () => {
  const step = (x: tf.Tensor) => [x.add(tf.randomNormal([2], 0, 1, "float32", 7)).mul(variable)];
  const compiled = compile(step);
  const x = tf.tensor1d([1, 2]);
  expect([...compiled(x)[0].dataSync()]).toEqual([...step(x)[0].dataSync()]);
  compiled.dispose();
});
