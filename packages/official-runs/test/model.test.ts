import {writeSafetensors, openSafetensors} from "@lola-ts/core";
import type {ModelConfig, WeightFile} from "../src/model";
import {prepareModel} from "../src/model";
import {tf} from "@lola-ts/engine";
import {temporaryFolder} from "../../../test/folder";
import {autoencoderRun, denoiserRun, solverRun} from "./models";

const path = temporaryFolder();

/** A weight file in memory; `change` may alter a tensor before it is read. */
function weightFile(run: ReturnType<typeof autoencoderRun | typeof denoiserRun | typeof solverRun>): WeightFile {
  const weights = run.model.layout.officialArrays(run.model.weights.dataSync<"float32">());
  const types = new Map([...weights.shapes.keys()].map((name) => [name, "F32"]));
  return {path: "weights", weights, types, buffers: "required"};
}
const configOf = ({kind, model}: {kind: string; model: {config: unknown}}) =>
  ({kind, config: model.config}) as ModelConfig;

test.each([
  ["autoencoder", autoencoderRun],
  ["denoiser", denoiserRun],
  ["solver", solverRun],
])("a prepared %s has the weights of its file, and none before they are read", (_, make) => {
  const run = make();
  const before = tf.memory().numTensors;
  const read = prepareModel(configOf(run), "config", weightFile(run));
  expect(tf.memory().numTensors).toBe(before);
  const {kind, model} = read();
  expect(kind).toBe(run.kind);
  expect(model.weights.dataSync()).toEqual(run.model.weights.dataSync());
  model.dispose();
});

describe("before anything is read it refuses", () => {
  const run = autoencoderRun();
  const file = weightFile(run);
  const unread: WeightFile = {
    ...file,
    weights: {
      ...file.weights,
      read: () => {
        throw new Error("read");
      },
    },
  };
  const config = run.model.config;
  const prepare = (change: object, other: Partial<WeightFile> = {}) =>
    prepareModel({kind: "autoencoder", config: {...config, ...change}}, "config", {...unread, ...other});

  test("a configuration of other shapes, naming the file and the parameter", () => {
    expect(() => prepare({hidChannels: [4, 8]})).toThrow(
      /^weights: expected "encoder\.descent\.1\.0\.1\.weight" with shape/,
    );
  });

  test("a configuration that no model can have, naming the configuration", () => {
    expect(() => prepare({hidChannels: []})).toThrow(
      /^config: .*expected hidChannels to be a list, each a whole number/,
    );
  });

  test("more blocks than there are tensors", () => {
    expect(() => prepare({hidBlocks: [1, 1e9]})).toThrow("config: expected blocks for the");
  });

  test("integers", () => {
    expect(() => prepare({}, {types: new Map([["w", "I64"]])})).toThrow(
      'weights: expected "w" of type F32, found I64.',
    );
  });

  test("names that a terminal obeys, without printing them as they are", () => {
    const strange = "\u001b[2J";
    const shapes = new Map([...file.weights.shapes, [strange, [1]] as const]);
    expect(() => prepare({}, {weights: {...unread.weights, shapes}})).toThrow(
      'weights: "\\u001b[2J" is not a parameter',
    );
    expect(() => prepare({}, {types: new Map([[strange, "I32"]])})).toThrow('weights: expected "\\u001b[2J" of type');
  });

  test("files without buffers where these are required", () => {
    const shapes = new Map([...file.weights.shapes].filter(([name]) => !name.endsWith("eps")));
    expect(() => prepare({}, {weights: {...unread.weights, shapes}})).toThrow('norm.eps" with shape [], found none');
    expect(() => prepare({}, {weights: {...unread.weights, shapes}, buffers: "optional"})).not.toThrow();
  });
});

test("weights of a safetensors file are read into a model", async () => {
  const run = solverRun();
  const {weights} = weightFile(run);
  const tensors = new Map([...weights.shapes].map(([name, shape]) => [name, {shape, data: weights.read(name)}]));
  await writeSafetensors(path("model"), tensors);
  const file = openSafetensors(path("model"));
  const read = (name: string) => file.read(name).data as Float32Array;
  const stored: WeightFile = {
    path: path("model"),
    types: file.types,
    buffers: "optional",
    weights: {shapes: file.shapes, read},
  };
  const {model} = prepareModel(configOf(run), "config", stored)();
  expect(model.weights.dataSync()).toEqual(run.model.weights.dataSync());
  file.close();
  model.dispose();
});
