import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {loadCheckpoint, saveCheckpoint, type Checkpoint} from "../../lib/train/checkpoint";
import {openSafetensors, writeSafetensors} from "../../lib/formats/safetensors";

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
  expect(() => loadCheckpoint(path)).toThrow("expected the configuration and the step as JSON in the metadata");
  expect(() => loadCheckpoint(join(folder, "none"))).toThrow("there is no such file");
  await saveCheckpoint(path, checkpoint);
  writeFileSync(path, readFileSync(path).subarray(0, -5));
  expect(() => loadCheckpoint(path)).toThrow("the file is truncated");
});
