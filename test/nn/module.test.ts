import {sizeOf} from "@lola-ts/core";
import {Layout, Model, nest, BoundParameters, type ParameterSpec, type Specs} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";

const counting = (_: unknown, shape: readonly number[]) => Float32Array.from({length: sizeOf(shape)}, (_, i) => i);
const plain = (...shape: number[]): ParameterSpec => ({shape, init: counting});
const kernel = (...shape: number[]): ParameterSpec => ({shape, init: counting, kind: "conv"});
const specs: Specs = {
  "a.weight": kernel(2, 3, 4, 5),
  "a.bias": plain(5),
  "b.weight": plain(3, 2),
  "b.eps": {shape: [], init: () => Float32Array.of(1e-5), trainable: false},
};

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

test("bind gives each parameter its name and shape, and buffers their constants", () => {
  const layout = new Layout(specs);
  expect(layout.size).toBe(120 + 5 + 6);
  const p = layout.bind(tf.range(0, 131));
  expect(p.get("a.weight").shape).toEqual([2, 3, 4, 5]);
  expect([...p.in("a").get("bias").dataSync()]).toEqual([120, 121, 122, 123, 124]);
  expect(p.in("b").get("weight").arraySync()).toEqual([[125, 126], [127, 128], [129, 130]]); // prettier-ignore
  expect(p.get("b.eps").dataSync()[0]).toBeCloseTo(1e-5, 9);
  expect(p.in("b").has("weight")).toBe(true);
  expect(p.in("b").has("bias")).toBe(false);
  expect(() => p.in("b").get("bias")).toThrow('no parameter is called "b.bias"');
  expect(() => layout.bind(tf.zeros([5]))).toThrow("expected a vector of 131 parameters, found 5");
});

test("gradients flow back to the flat vector, in its order", () => {
  const layout = new Layout({a: plain(2), b: plain(3), c: plain(1)});
  const gradient = tf.grad((flat) => {
    const p = layout.bind(flat as tf.Tensor1D);
    return p.get("a").square().sum().add(p.get("b").sum().mul(10));
  })(tf.tensor1d([1, 2, 3, 4, 5, 6]));
  expect([...gradient.dataSync()]).toEqual([2, 4, 10, 10, 10, 0]);
});

test.each([
  ["2D", [2, 3, 4, 5]],
  ["3D", [2, 3, 2, 4, 5]],
])("a %s kernel [...spatial, in, out] is official as [out, in, ...spatial], and back", (_, shape) => {
  const layout = new Layout({w: kernel(...shape)});
  const flat = layout.initialise(0);
  const axes = [...shape.keys()];
  const [inputs, outputs] = axes.splice(-2);
  const expected = tf.tensor(flat, shape).transpose([outputs, inputs, ...axes]);
  const official = layout.toOfficial(flat);
  expect(official.get("w")).toEqual({shape: expected.shape, data: expected.dataSync()});
  expect(layout.fromOfficial(official)).toEqual(flat);
});

test("names that are missing, unknown or misshapen are named", () => {
  const layout = new Layout(specs);
  const official = layout.toOfficial(layout.initialise(0));
  const withEps = (value: number) => new Map([...official, ["b.eps", {shape: [], data: Float32Array.of(value)}]]);
  expect(layout.fromOfficial(withEps(1e-5))).toEqual(layout.initialise(0));
  expect(() => layout.fromOfficial(withEps(1))).toThrow('expected the constant "b.eps" to hold 0.00000999');
  const without = new Map([...official].filter(([name]) => name !== "a.bias"));
  expect(() => layout.fromOfficial(without)).toThrow('expected "a.bias" with shape [5], found none');
  const extra = new Map([...official, ["c", {shape: [1], data: Float32Array.of(1)}]]);
  expect(() => layout.fromOfficial(extra)).toThrow('"c" is not a parameter of this model');
  const misshapen = new Map([...official, ["a.weight", {shape: [2, 3, 4, 5], data: new Float32Array(120)}]]);
  expect(() => layout.fromOfficial(misshapen)).toThrow(
    'expected "a.weight" with shape [5, 4, 2, 3], found [2, 3, 4, 5]',
  );
});

test("parameters are read one by one, after all names and shapes were checked", () => {
  const layout = new Layout(specs);
  const flat = layout.initialise(0);
  const official = layout.officialArrays(flat);
  expect([...official.shapes]).toEqual([
    ["a.weight", [5, 4, 2, 3]],
    ["a.bias", [5]],
    ["b.weight", [3, 2]],
    ["b.eps", []],
  ]);
  expect([...official.read("b.eps")]).toEqual([Math.fround(1e-5)]);
  expect(() => official.read("c")).toThrow('no parameter is called "c"');
  expect(layout.collect(official, {buffers: "required"})).toEqual(flat);

  const read = jest.fn(official.read);
  const without = (name: string) => new Map([...official.shapes].filter(([other]) => other !== name));
  const collect = (name: string) => () =>
    layout.collect({shapes: without(name), read}, {where: "state.pth", buffers: "required"});
  expect(collect("a.bias")).toThrow('state.pth: expected "a.bias" with shape [5], found none.');
  expect(collect("b.eps")).toThrow('state.pth: expected "b.eps" with shape [], found none.');
  expect(read).not.toHaveBeenCalled();
});

test("an initial value depends on seed and name, not on what else there is", () => {
  const init: ParameterSpec["init"] = (generator, [n]) => Float32Array.from({length: n}, () => generator.normal());
  const first = new Layout({w: {shape: [3], init}}).initialise(1);
  const second = new Layout({v: {shape: [2], init}, w: {shape: [3], init}}).initialise(1);
  expect(second.slice(2)).toEqual(first);
  expect(new Layout({w: {shape: [3], init}}).initialise(2)).not.toEqual(first);
});

test("nest prefixes names", () => {
  expect(Object.keys(nest("encoder", {weight: plain(1), "0.bias": plain(1)}))).toEqual([
    "encoder.weight",
    "encoder.0.bias",
  ]);
});

describe("Model", () => {
  class Tiny extends Model {
    readonly specs = {w: plain(3)};
  }

  test("owns its weights, which outlive tidy, and frees those it replaces", () => {
    const model = new Tiny();
    expect(() => model.weights).toThrow("expected weights, found none: call initialise(seed) or load a checkpoint");
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      model.initialise(0);
    });
    expect([...model.weights.dataSync()]).toEqual([0, 1, 2]);
    model.weights = tf.tensor1d([4, 5, 6]);
    expect(tf.memory().numTensors).toBe(before + 1);
    const same = model.weights;
    model.weights = same;
    expect([...model.weights.dataSync()]).toEqual([4, 5, 6]);
    expect(() => (model.weights = tf.tensor1d([1]))).toThrow("expected a vector of 3 parameters, found 1");
    model.dispose();
    expect(() => model.weights).toThrow("found none");
  });
});

test("parameters of an unknown prefix are empty", () => {
  expect(new BoundParameters(new Map()).in("x").has("y")).toBe(false);
});
