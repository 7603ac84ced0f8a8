import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {loadCheckpoint, saveCheckpoint, type Checkpoint} from "../../lib/train/checkpoint";
import {openSafetensors, writeSafetensors, type StoredTensor} from "@lola-ts/core";

const folder = mkdtempSync(join(tmpdir(), "lola-checkpoint-"));
const path = join(folder, "model.safetensors");
afterAll(() => rmSync(folder, {recursive: true}));

const array = (...values: number[]) => ({shape: [values.length], data: Float32Array.from(values)});
const checkpoint: Checkpoint = {
  config: {model: {width: 64, blocks: [1, 1]}, name: "ae"},
  step: 3,
  weights: new Map([["encoder.0.weight", array(1, 2)]]),
  average: new Map([["encoder.0.weight", array(3, 4)]]),
  optimiser: {name: "adamw", updates: 2, state: Array.from({length: 12}, (_, i) => array(i))},
  history: {loss: Float32Array.of(1, NaN, 0.5), norm: Float32Array.of(2, NaN, 1), validation: [[2, 0.25]]},
};

test("a saved checkpoint is loaded as it was", async () => {
  await saveCheckpoint(path, checkpoint);
  expect(loadCheckpoint(path)).toEqual(checkpoint);
  const {average: _, ...plain} = checkpoint;
  await saveCheckpoint(path, plain);
  expect(loadCheckpoint(path)).toEqual(plain);
});

test("weights are rounded to half precision, except where one is too large for it", async () => {
  const weights = new Map([
    ["small", array(0.1, 65504)],
    ["large", array(0.1, -65505)],
  ]);
  await saveCheckpoint(path, {...checkpoint, weights, average: undefined}, {half: true});
  const loaded = loadCheckpoint(path);
  expect([...loaded.weights.get("small")!.data]).toEqual([0.0999755859375, 65504]);
  expect(loaded.weights.get("large")).toEqual(weights.get("large"));
});

test("weights have their official names in the file", async () => {
  await saveCheckpoint(path, checkpoint);
  const file = openSafetensors(path);
  expect([...file.read("encoder.0.weight").data]).toEqual([1, 2]);
  file.close();
});

test("a checkpoint of another configuration names the key that differs", async () => {
  await saveCheckpoint(path, checkpoint);
  const expected = {name: "ae", model: {width: 64, blocks: [1, 1]}};
  expect(() => loadCheckpoint(path, {config: expected})).not.toThrow(); // the order of keys does not matter
  const load = (model: object) => () => loadCheckpoint(path, {config: {...expected, model}});
  expect(load({width: 32, blocks: [1, 1]})).toThrow(
    `${path}: the checkpoint is of another configuration: expected model.width to be 32, found 64.`,
  );
  expect(load({width: 64, blocks: [1, 2]})).toThrow("expected model.blocks.1 to be 2, found 1");
  expect(load({width: 64, blocks: [1, 1], heads: 4})).toThrow("expected model.heads to be 4, found absent");
  expect(load({width: 64})).toThrow("expected model.blocks to be absent, found [1,1]");
});

test("foreign and damaged files are refused in one sentence", async () => {
  await writeSafetensors(path, new Map([["w", array(1)]]));
  expect(() => loadCheckpoint(path)).toThrow(`${path}: expected a checkpoint of this laboratory`);
  await writeSafetensors(path, new Map(), new Map([["format", "lola-checkpoint-1"]]));
  expect(() => loadCheckpoint(path)).toThrow(
    "expected the configuration, the step and the optimiser's name as JSON in the metadata",
  );
  expect(() => loadCheckpoint(join(folder, "none"))).toThrow("there is no such file");
  await saveCheckpoint(path, checkpoint);
  writeFileSync(path, readFileSync(path).subarray(0, -5));
  expect(() => loadCheckpoint(path)).toThrow("the file is truncated");
});

test("a checkpoint whose record is of other steps is not written", async () => {
  const written = saveCheckpoint(join(folder, "never"), {...checkpoint, step: 4});
  await expect(written).rejects.toThrow("expected step to be 3, the number of recorded losses, found 4.");
  expect(existsSync(join(folder, "never"))).toBe(false);
});

describe("a checkpoint is refused", () => {
  type Tensors = Map<string, StoredTensor>;
  const whole = (...values: number[]): StoredTensor => ({shape: [values.length], data: Int32Array.from(values)});
  /** Write the checkpoint with other tensors or another text. */
  async function change(edit: (tensors: Tensors, texts: Map<string, string>) => void): Promise<void> {
    await saveCheckpoint(path, checkpoint);
    const file = openSafetensors(path);
    const tensors: Tensors = new Map([...file.shapes.keys()].map((name) => [name, file.read(name)]));
    const texts = new Map(file.metadata);
    file.close();
    edit(tensors, texts);
    await writeSafetensors(path, tensors, texts);
  }

  test.each<[string, Parameters<typeof change>[0], string]>([
    [
      "weights as whole numbers",
      (all) => all.set("encoder.0.weight", whole(1, 2)),
      'expected "encoder.0.weight" of type F32, found I32',
    ],
    [
      "averages as whole numbers",
      (all) => all.set("train/average/encoder.0.weight", whole(1, 2)),
      "of type F32, found I32",
    ],
    [
      "an optimiser's state as whole numbers",
      (all) => all.set("train/optimiser/3", whole(1)),
      'expected "train/optimiser/3" of type F32, found I32',
    ],
    ["losses as whole numbers", (all) => all.set("train/loss", whole(1, 2, 3)), 'expected "train/loss" of type F32'],
    ["steps as real numbers", (all) => all.set("train/validation-steps", array(1)), "of type I32, found F32"],
    [
      "a gap in the optimiser's state",
      (all) => all.delete("train/optimiser/3"),
      "state as tensors 0 to 10, found others",
    ],
    [
      "an unknown tensor of the training",
      (all) => all.set("train/other", array(1)),
      'further tensor of the training, found "train/other"',
    ],
    [
      "an average of another shape",
      (all) => all.set("train/average/encoder.0.weight", array(1)),
      'expected an average of "encoder.0.weight" [2], found [1]',
    ],
    ["an average without its weight", (all) => all.delete("encoder.0.weight"), "none, found [2]"],
    [
      "fewer norms than losses",
      (all) => all.set("train/norm", array(1)),
      'expected a list of 3 numbers "train/norm", found [1]',
    ],
    [
      "a validation without its step",
      (all) => all.set("train/validation-steps", whole()),
      "expected a list of 1 numbers",
    ],
    [
      "a weight that is NaN",
      (all) => all.set("encoder.0.weight", array(1, NaN)),
      'finite numbers in "encoder.0.weight", found NaN at 1',
    ],
    [
      "an average that is infinite",
      (all) => all.set("train/average/encoder.0.weight", array(-Infinity, 1)),
      'expected finite numbers in "encoder.0.weight", found -Infinity at 0',
    ],
    [
      "more steps than losses",
      (_, texts) => texts.set("training", '{"step":1000000000,"optimiser":"adamw","updates":2}'),
      "expected step to be 3, the number of recorded losses, found 1000000000",
    ],
    [
      "fewer steps than losses",
      (_, texts) => texts.set("training", '{"step":2,"optimiser":"adamw","updates":2}'),
      "expected step to be 3, the number of recorded losses, found 2",
    ],
    ["no losses", (all) => all.delete("train/loss"), 'expected a list of numbers "train/loss", found none'],
    [
      "an unnamed optimiser",
      (_, texts) => texts.set("training", '{"step":3,"optimiser":"","updates":2}'),
      "the optimiser's name",
    ],
    [
      "an optimiser's name that is left out",
      (_, texts) => texts.set("training", '{"step":3,"updates":2}'),
      "the optimiser's name",
    ],
    [
      "a step twice",
      (_, texts) => texts.set("training", '{"step":3,"step":4,"optimiser":"adamw","updates":2}'),
      "the optimiser's name",
    ],
    ["a negative step", (_, texts) => texts.set("training", '{"step":-3,"optimiser":"adamw","updates":2}'), "the step"],
  ])("%s", async (_, edit, message) => {
    await change(edit);
    expect(() => loadCheckpoint(path)).toThrow(message);
    expect(() => loadCheckpoint(path)).toThrow(path);
  });
});
