/** Golden runs: folders as the official training scripts write them, opened, and compared with the official outputs. */
import {existsSync} from "node:fs";
import {join} from "node:path";
import {standardize} from "../../lib/data/standardize";
import {exportRun, loadRun, saveRun, type AutoencoderRun, type Run} from "../../packages/official-runs/src/run";
import {openStateDict} from "../../packages/official-runs/src/state-dict";
import {tf} from "@lola-ts/engine";
import {temporaryFolder} from "../folder";
import {channelsLast, channelsSecond, networkInputs} from "./layout";
import {reference, referenceFolder, relativeError} from "./reference";

const LIMIT = 1e-5;
const topic = reference("lola-run");
const names = topic.config.runs as Record<string, string>;
const folderOf = (kind: string) => join(referenceFolder, "lola-run", kind, names[kind]);
const kinds = Object.keys(names);
const temporary = temporaryFolder();
const input = (name: string) => channelsLast(topic.tensor(name));
const expected = (name: string) => topic.tensor(name).data;

const runs = new Map<string, Run>();
const run = (kind: string): Run => {
  if (!runs.has(kind)) runs.set(kind, loadRun(folderOf(kind)));
  return runs.get(kind)!;
};
const autoencoder = () => run("ae") as AutoencoderRun;

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

test("the run's standardisation makes the autoencoder's inputs from physical fields", () => {
  const {shape, data} = topic.tensor("ae/in/raw");
  const made = standardize(Float32Array.from(data), autoencoder().data!.standardization);
  const last = tf.tensor(made, shape);
  expect(relativeError(channelsSecond(last), expected("ae/in/x"))).toBeLessThan(LIMIT);
});

test("the run's autoencoder encodes and decodes as the official one", () => {
  const {model} = autoencoder();
  expect(relativeError(channelsSecond(model.encode(input("ae/in/x"))), expected("ae/out/z"))).toBeLessThan(LIMIT);
  expect(relativeError(channelsSecond(model.decode(input("ae/out/z"))), expected("ae/out/y"))).toBeLessThan(LIMIT);
});

test("the run's denoiser has the official mean and variance", () => {
  const {model} = loadRun(folderOf("dm"), {kind: "denoiser"});
  const inputs = networkInputs(topic, "dm/in/");
  const t = tf.tensor1d(expected("dm/in/t"));
  const {mean, variance} = model.posterior(model.layout.bind(model.weights), input("dm/in/x"), t, inputs);
  expect(relativeError(channelsSecond(mean), expected("dm/out/mean"))).toBeLessThan(LIMIT);
  expect(relativeError(variance.dataSync(), expected("dm/out/var"))).toBeLessThan(LIMIT);
});

test("the run's solver completes windows as the official one", () => {
  const {model} = loadRun(folderOf("sm"), {kind: "solver"});
  const inputs = networkInputs(topic, "sm/in/");
  const y = model.forward(model.layout.bind(model.weights), input("sm/in/x"), inputs);
  expect(relativeError(channelsSecond(y), expected("sm/out/y"))).toBeLessThan(LIMIT);
});

test.each(kinds.filter((kind) => existsSync(join(folderOf(kind), "autoencoder"))))(
  "the run %s brings its autoencoder and its windows",
  (kind) => {
    const opened = run(kind);
    const nested = opened.kind === "autoencoder" ? undefined : opened.autoencoder!;
    expect(nested!.model.config).toEqual(autoencoder().model.config);
    expect(nested!.model.weights.dataSync()).toEqual(autoencoder().model.weights.dataSync());
    expect(opened.trajectory).toMatchObject(topic.config.trajectory);
    expect(opened.data).toEqual(autoencoder().data);
  },
);

test.each(kinds)("the run %s is saved, exported and opened again to the bit", async (kind) => {
  const opened = run(kind);
  await saveRun(temporary(kind), opened);
  await exportRun(temporary(`${kind}-official`), opened);
  const names = [...opened.model.layout.officialShapes.keys()].sort();
  const [original, exported] = [folderOf(kind), temporary(`${kind}-official`)].map((folder) =>
    openStateDict(join(folder, "state.pth")),
  );
  expect([...original.shapes.keys()].sort()).toEqual(names);
  expect([...exported.shapes.keys()].sort()).toEqual(names);
  for (const name of names) {
    expect(exported.shapes.get(name)).toEqual(original.shapes.get(name));
    expect(exported.read(name)).toEqual(original.read(name));
  }
  for (const folder of [temporary(kind), temporary(`${kind}-official`)]) {
    const again = loadRun(folder);
    expect(again.model.config).toEqual(opened.model.config);
    expect(again.model.weights.dataSync()).toEqual(opened.model.weights.dataSync());
    expect({data: again.data, trajectory: again.trajectory}).toEqual({
      data: opened.data,
      trajectory: opened.trajectory,
    });
  }
});
