import {writeSafetensors} from "@lola-ts/core";
import {MODEL_FILE, openLabRun, writeLabRun} from "../src/lab-run";
import {temporaryFolder} from "../../../test/folder";
import {autoencoderRun, denoiserRun, solverRun} from "./models";

const path = temporaryFolder();

test.each([
  ["autoencoder", autoencoderRun],
  ["denoiser", denoiserRun],
  ["solver", solverRun],
])("a %s's configuration, metadata and weights come back exactly", async (kind, make) => {
  const {model, data, trajectory} = {trajectory: undefined, ...make()};
  const weights = model.layout.officialArrays(model.weights.dataSync<"float32">());
  await writeLabRun(path(kind), {kind, model: model.config, data, trajectory}, weights);
  const opened = openLabRun(path(kind, MODEL_FILE));
  expect(opened.model.kind).toBe(kind);
  expect(opened.model.config).toEqual(JSON.parse(JSON.stringify(model.config)));
  expect(opened.metadata).toEqual(JSON.parse(JSON.stringify({data, trajectory})));
  expect([...opened.file.weights.shapes]).toEqual([...weights.shapes]);
  for (const name of weights.shapes.keys()) expect(opened.file.weights.read(name)).toEqual(weights.read(name));
  opened.file.close();
});

describe("refuses", () => {
  const model = {pixChannels: 1, latChannels: 1, hidChannels: [1], hidBlocks: [1]};
  const write = async (config: unknown, format = "lola-run-1") => {
    const file = path("strange.safetensors");
    const texts = {format, config: JSON.stringify(config)};
    const tensors = new Map([["w", {shape: [1], data: Float32Array.of(1)}]]);
    await writeSafetensors(file, tensors, new Map(Object.entries(texts)));
    return file;
  };
  const network = {channels: 1, embFeatures: 2, labelFeatures: 0, hidChannels: 4, hidBlocks: 1, attentionHeads: 1};
  const data = {
    name: "e",
    physics: ["e"],
    axes: ["x", "y"],
    periodic: false,
    augment: {flip: true, permute: false, roll: false},
    logScalars: true,
    channels: ["a", "b"],
    standardization: {transform: ["identity", "log"], mean: [0, 0], std: [1, 1]},
  };

  test.each([
    [
      "sizes beyond all bounds",
      {model: {...model, hidChannels: [2 ** 40]}},
      "expected config.model.hidChannels to be a list, each a whole number from 1 to 1048576",
    ],
    ["no sizes", {model: {pixChannels: 1}}, "expected config.model.latChannels to be a whole number from 1"],
    [
      "a schedule of another name",
      {model: {network, schedule: {name: "linear"}}},
      'config.model.schedule.name to be "log-logit"',
    ],
    ["no model", {}, "expected config.model to be options such as {channels: ...}, found none"],
    ["no configuration", [], "expected the configuration as JSON in the metadata, found none"],
    [
      "a standardisation of other fields",
      {model, data: {...data, channels: ["a"]}},
      "expected config.data.standardization.transform to be a list of 1 entries",
    ],
    [
      "a text as a flag",
      {model: {...model, periodic: "false"}},
      'config.model.periodic to be true or false, found "false"',
    ],
    ["a number as a flag", {model: {...model, periodic: 0}}, "config.model.periodic to be true or false, found 0"],
    ["a text as another flag", {model: {...model, identityInit: "x"}}, "config.model.identityInit to be true or false"],
    ["too much dropout", {model: {...model, dropout: 2}}, "config.model.dropout to be a number from 0 to 1 (excluded)"],
    [
      "negative dropout",
      {model: {...model, dropout: -1}},
      "config.model.dropout to be a number from 0 to 1 (excluded)",
    ],
    [
      "dropout as a text",
      {model: {...model, dropout: "0.5"}},
      'config.model.dropout to be a number from 0 to 1 (excluded), found "0.5"',
    ],
    [
      "noise beyond all bounds",
      {model: {...model, latentNoise: 1e300}},
      "config.model.latentNoise to be a finite number from 0 to 1000",
    ],
    [
      "an unknown option",
      {model: {...model, dropuot: 0}},
      'unknown option "config.model.dropuot"; did you mean "config.model.dropout"?',
    ],
    [
      "a folder that leads out",
      {model, data: {...data, physics: ["../../etc"]}},
      "config.data.physics to be a list of different folders' names",
    ],
    [
      "an axis twice",
      {model, data: {...data, axes: ["x", "x"]}},
      "config.data.axes to be a list of 2 or 3 different names",
    ],
    [
      "a deviation of 0",
      {model, data: {...data, standardization: {...data.standardization, std: [1, 0]}}},
      "each a positive number",
    ],
    [
      "another kind than that of the model",
      {kind: "solver", model},
      'expected config.kind to be "autoencoder", found "solver".',
    ],
    [
      "a vector against the axes",
      {model, data: {...data, axes: ["channel", "b"], channels: ["a_b", "a_channel"]}},
      "config.data.channels: expected vectors in the order of the axes channel, b, found a_channel after a_b.",
    ],
    [
      "windows of half a state",
      {model, trajectory: {length: 1.5, stride: 1, context: {lambda: 1, rho: 0, atLeast: 1}}},
      "config.trajectory.length",
    ],
  ])("%s", async (_, config, message) => {
    const file = await write(config);
    expect(() => openLabRun(file)).toThrow(message);
    expect(() => openLabRun(file)).toThrow(file.slice(0, 20));
  });

  test("files of other formats and an average that is not there", async () => {
    const other = await write({model}, "other");
    const formats = "expected a run or checkpoint of this laboratory (format lola-run-1 or lola-checkpoint-1)";
    expect(() => openLabRun(other)).toThrow(`${formats}, found format other`);
    const run = await write({model});
    expect(() => openLabRun(run, {average: true})).toThrow("expected a moving average of the weights, found none");
    openLabRun(run).file.close();
  });
});
