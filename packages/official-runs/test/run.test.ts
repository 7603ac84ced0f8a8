import type {NamedArrays} from "@lola-ts/core";
import {cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync} from "node:fs";
import {parse, stringify} from "yaml";
import {Autoencoder} from "lola/models";
import {exportRun, loadRun, saveRun, type AutoencoderRun, type Run} from "../src/run";
import {writeStateDict} from "../src/state-dict";
import {tf, Random} from "@lola-ts/engine";
import {adamW, loadCheckpoint, saveCheckpoint, train, type TrainOptions, learningRate} from "lola/train";
import {temporaryFolder} from "../../../test/folder";
import {autoencoderRun, denoiserRun, solverRun} from "./models";

const path = temporaryFolder();
const weights = ({model}: Run) => model.weights.dataSync();
let before = 0;
beforeEach(() => {
  tf.engine().startScope();
  before = tf.memory().numTensors;
});
afterEach(() => tf.engine().endScope());

const metadata = ({kind, model, data, trajectory}: Run) => ({kind, config: model.config as object, data, trajectory});

test.each([
  ["autoencoder", autoencoderRun],
  ["denoiser", denoiserRun],
  ["solver", solverRun],
])("a run of kind %s is saved and opened to the bit, and again", async (_, make) => {
  const run = make();
  await saveRun(path("saved"), run);
  const opened = loadRun(path("saved"));
  expect(metadata(opened)).toEqual(metadata(run));
  expect(weights(opened)).toEqual(weights(run));
  if (run.kind !== "autoencoder" && opened.kind !== "autoencoder") {
    expect(weights(opened.autoencoder!)).toEqual(weights(run.autoencoder!));
  }
  await saveRun(path("again"), opened);
  const files = ["saved", "again"].map((folder) => readFileSync(path(folder, "model.safetensors")));
  expect(files[0].equals(files[1])).toBe(true);
});

test.each([
  ["autoencoder", autoencoderRun],
  ["denoiser", denoiserRun],
  ["solver", solverRun],
])("a run of kind %s is exported and opened to the bit", async (kind, make) => {
  const run = make();
  await exportRun(path(kind), run);
  const opened = loadRun(path(kind));
  expect(weights(opened)).toEqual(weights(run));
  expect({data: opened.data, trajectory: opened.trajectory}).toEqual({data: run.data, trajectory: run.trajectory});
  const [config, expected] = [opened, run].map(({model}) => JSON.parse(JSON.stringify(model.config)) as object);
  expect(config).toMatchObject(expected);
  await exportRun(path(`${kind}-again`), opened);
  for (const file of ["config.yaml", "state.pth"]) {
    expect(readFileSync(path(`${kind}-again`, file)).equals(readFileSync(path(kind, file)))).toBe(true);
  }
});

test("a model that cannot be exported leaves nothing behind", async () => {
  const model = new Autoencoder({pixChannels: 1, latChannels: 1, hidChannels: [2], hidBlocks: [1], ffnFactor: 1.5});
  await expect(exportRun(path("odd"), {kind: "autoencoder", model: model.initialise(0)})).rejects.toThrow(
    "expected an integer ffnFactor",
  );
  expect(existsSync(path("odd"))).toBe(false);
});

/** An exported autoencoder to be damaged. */
async function official(name: string): Promise<AutoencoderRun> {
  const run = autoencoderRun();
  await exportRun(path(name), run);
  return run;
}
const setOption = (name: string, change: (config: Record<string, Record<string, unknown>>) => void) => {
  const config = parse(readFileSync(path(name, "config.yaml"), "utf8")) as Record<string, Record<string, unknown>>;
  change(config);
  writeFileSync(path(name, "config.yaml"), stringify(config));
};

/** Nothing was made before the error: no tensor is left. */
function expectRefusal(folder: string, ...messages: string[]): void {
  const tensors = tf.memory().numTensors;
  for (const message of messages) expect(() => loadRun(folder)).toThrow(message);
  expect(tf.memory().numTensors).toBe(tensors);
}

test("weights that do not fit the configuration are named, before they are read", async () => {
  const {model} = await official("unfit");
  const whole = model.layout.officialArrays(model.weights.dataSync<"float32">());
  const first = "encoder.descent.0.0.weight";
  const file = path("unfit", "state.pth");
  const write = (change: (shapes: Map<string, readonly number[]>) => void, read?: NamedArrays["read"]) => {
    const shapes = new Map<string, readonly number[]>(whole.shapes);
    change(shapes);
    return writeStateDict(file, {shapes, read: read ?? ((name) => whole.read(name))});
  };

  await write((shapes) => shapes.delete(first));
  expectRefusal(path("unfit"), `${file}: expected "${first}" with shape [4, 5, 3, 3], found none.`);
  await write((shapes) => shapes.delete("encoder.descent.0.1.norm.eps"));
  expectRefusal(path("unfit"), `${file}: expected "encoder.descent.0.1.norm.eps" with shape [], found none.`);
  await write(
    (shapes) => shapes.set("encoder.extra", [1]),
    (name) => (name === "encoder.extra" ? Float32Array.of(1) : whole.read(name)),
  );
  expectRefusal(path("unfit"), `${file}: "encoder.extra" is not a parameter of this model.`);
  await write((shapes) => shapes.set(first, [5, 4, 3, 3]));
  expectRefusal(path("unfit"), `expected "${first}" with shape [4, 5, 3, 3], found [5, 4, 3, 3].`);
  await write(
    () => undefined,
    (name) => (name.endsWith("eps") ? Float32Array.of(1e-3) : whole.read(name)),
  );
  expectRefusal(path("unfit"), 'expected the constant "encoder.descent.0.1.norm.eps" to hold 0.0000');
});

test("a weight that is NaN is named, of official runs and of ours", async () => {
  const run = autoencoderRun();
  const values = run.model.weights.dataSync<"float32">().fill(NaN, 0, 1);
  const broken = {...run, model: new Autoencoder(run.model.config)};
  broken.model.weights = tf.tensor1d(values);
  await exportRun(path("nan-theirs"), broken);
  await saveRun(path("nan-ours"), broken);
  const sentence = /: expected finite numbers in "encoder\.[\w.]+", found NaN at 0\.$/;
  const tensors = tf.memory().numTensors;
  expect(() => loadRun(path("nan-theirs"))).toThrow(sentence);
  expect(() => loadRun(path("nan-ours"))).toThrow(sentence);
  expect(tf.memory().numTensors).toBe(tensors);
});

test("what is no run is not saved", async () => {
  const {model} = autoencoderRun();
  for (const save of [saveRun, exportRun]) {
    await expect(save(path("never"), {} as never)).rejects.toThrow('expected run.kind to be "autoencoder" or');
    await expect(save(path("never"), {kind: "solver", model} as never)).rejects.toThrow(
      "expected run.model to be a trained model, Solver, found",
    );
    await expect(save(path("never"), {kind: "autoencoder", model, data: {name: 3}} as never)).rejects.toThrow(
      "expected run.data.name to be a text, found 3.",
    );
  }
  expect(existsSync(path("never"))).toBe(false);
});

test("a configuration that does not fit its weights is refused", async () => {
  await official("other");
  setOption("other", ({ae}) => (ae.hid_channels = [4, 8]));
  expectRefusal(path("other"), `${path("other", "state.pth")}: expected "encoder.descent.1.0.1.weight" with shape [8`);
  setOption("other", ({ae}) => Object.assign(ae, {hid_channels: [4, 6], hid_blocks: [1, 1000000]}));
  expectRefusal(path("other"), "config.yaml: expected blocks for the", "found 1000001 blocks");
  setOption("other", ({ae}) => Object.assign(ae, {hid_blocks: [1, 1], pix_channels: 4}));
  expectRefusal(path("other"), "config.yaml: expected ae.pix_channels, the number of dataset.fields, to be 5, found 4");
  setOption("other", ({ae}) => Object.assign(ae, {pix_channels: 5, norm: "group"}));
  expectRefusal(path("other"), `${path("other", "config.yaml")}: ae.norm: expected "layer", found "group".`);
});

test("files that are missing, truncated or no configuration are refused", async () => {
  await official("files");
  expectRefusal(path("nowhere"), `${path("nowhere")}: there is no such run.`);
  expect(() => loadRun(path("files"), {kind: "solver"})).toThrow(
    `${path("files")}: expected the run of a model of kind solver, found autoencoder.`,
  );
  mkdirSync(path("empty"));
  expectRefusal(path("empty"), "expected config.yaml (official runs) or model.safetensors (ours), found neither");
  expect(() => loadRun(path("files"), {target: "best"})).toThrow(`${path("files", "best.pth")}: there is no such file`);
  truncateSync(path("files", "state.pth"), 5000);
  expectRefusal(path("files"), "the file is truncated, damaged or no archive");
  writeFileSync(path("files", "config.yaml"), "just a text");
  expectRefusal(path("files"), 'expected a configuration with sections, found "just a text"');
  writeFileSync(path("files", "config.yaml"), "a: [1, 2");
  expectRefusal(path("files"), "expected YAML, found Flow sequence");
  writeFileSync(path("files", "config.yaml"), "optim: {}\nserver: {}\n");
  expectRefusal(path("files"), "expected a section ae, denoiser, surrogate, found optim, server");
  writeFileSync(path("files", "config.yaml"), "x".repeat(2 ** 16 + 1));
  expectRefusal(path("files"), "expected a YAML file of at most 65536 bytes");
  const laughs = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefgh"].map((key, i) =>
    i === 0
      ? key
      : `${key}: &${key} [${Array(9)
          .fill(`*${String.fromCharCode(key.charCodeAt(0) - 1)}`)
          .join()}]`,
  );
  writeFileSync(path("files", "config.yaml"), laughs.join("\n"));
  expectRefusal(path("files"), path("files", "config.yaml"));
});

test("an emulator's autoencoder may be a link, must be there, and must fit", async () => {
  const run = denoiserRun();
  await exportRun(path("linked"), {...run, autoencoder: undefined});
  expect(loadRun(path("linked"))).not.toHaveProperty("autoencoder"); // pixels
  await exportRun(path("its-autoencoder"), run.autoencoder!);
  symlinkSync(path("its-autoencoder"), path("linked", "autoencoder"));
  expect(loadRun(path("linked"))).toHaveProperty("autoencoder.kind", "autoencoder");

  cpSync(path("linked"), path("broken"), {recursive: true, filter: (name) => !name.endsWith("autoencoder")});
  symlinkSync("/no/such/run", path("broken", "autoencoder"));
  expectRefusal(
    path("broken"),
    `${path("broken", "autoencoder")}: expected the autoencoder's run, found a link without its target`,
  );
  expect(loadRun(path("broken"), {autoencoder: path("its-autoencoder")})).toHaveProperty("autoencoder");

  const other = Autoencoder.create({...run.autoencoder!.model.config, latChannels: 2}, 0);
  await exportRun(path("other-autoencoder"), {kind: "autoencoder", model: other});
  const load = (autoencoder: string) => () => loadRun(path("broken"), {autoencoder});
  const tensors = tf.memory().numTensors;
  expect(load(path("other-autoencoder"))).toThrow("an autoencoder with the emulator's 3 channels, found 2 latent");
  expect(load(path("linked"))).toThrow("an autoencoder with the emulator's 3 channels, found a denoiser");
  expect(tf.memory().numTensors).toBe(tensors);
});

/** A few steps of reconstruction by the normal training. */
const training = (model: Autoencoder, steps: number): TrainOptions => ({
  steps,
  seed: 0,
  optimiser: adamW(),
  learningRate: learningRate({rate: 3e-3, steps: 8}),
  config: {model: model.config},
  ema: 0.5,
  loss: (p, batch, random) => model.loss(p, batch, {random}),
  nextBatch: (step) => [Random.of(5, step % 2).normal([2, 8, 8, 5])],
});

test("an opened run trains further like our own models", async () => {
  const {model} = await official("continued");
  const opened = loadRun(path("continued"), {kind: "autoencoder"});
  const ours = await train(model, training(model, 8));
  const theirs = await train(opened.model, training(opened.model, 8));
  expect(theirs.history.loss).toEqual(ours.history.loss);
  expect(theirs.history.loss[7]).toBeLessThan(theirs.history.loss[0]);
  expect(weights(opened)).toEqual(model.weights.dataSync());
});

test("our checkpoints open as runs, with the last weights or their average", async () => {
  const {model} = autoencoderRun();
  const checkpoint = await train(model, training(model, 3));
  await saveCheckpoint(path("checkpoint", "model.safetensors"), checkpoint);
  const last = loadRun(path("checkpoint"));
  expect(weights(last)).toEqual(model.weights.dataSync());
  expect(last.config).toEqual(JSON.parse(JSON.stringify({model: model.config})));
  const average = loadRun(path("checkpoint", "model.safetensors"), {average: true});
  expect(weights(average)).toEqual(model.layout.fromOfficial(checkpoint.average!));
  expect(loadCheckpoint(path("checkpoint", "model.safetensors")).step).toBe(3);
  await saveRun(path("plain"), last);
  expect(() => loadRun(path("plain"), {average: true})).toThrow("expected a moving average of the weights, found none");
});

test("opening leaves one tensor per model, the weights", async () => {
  await official("tidy");
  before = tf.memory().numTensors;
  const {model} = loadRun(path("tidy"));
  expect(tf.memory().numTensors).toBe(before + 1);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
