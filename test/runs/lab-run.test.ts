import {writeSafetensors} from "../../lib/formats/safetensors";
import {MODEL_FILE, openLabRun, writeLabRun} from "../../lib/runs/lab-run";
import {temporaryFolder} from "../folder";
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
  const data = {channels: ["a", "b"], standardization: {transform: ["identity", "log"], mean: [0, 0], std: [1, 1]}};

  test.each([
    [
      "sizes beyond all bounds",
      {model: {...model, hidChannels: [2 ** 40]}},
      "config.model.hidChannels: expected a list",
    ],
    ["no sizes", {model: {pixChannels: 1}}, "config.model.latChannels: expected an integer from 1"],
    ["a schedule of another name", {model: {network: model, schedule: {name: "linear"}}}, "found linear"],
    ["no model", {}, "config.model: expected a section of options, found none"],
    ["no configuration", [], "expected the configuration as JSON in the metadata, found none"],
    [
      "a standardisation of other fields",
      {model, data: {...data, channels: ["a"]}},
      "config.data.standardization.mean: expected a list of 1 finite numbers",
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
