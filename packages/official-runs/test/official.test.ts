import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {parse} from "yaml";
import {openStateDict} from "../src/state-dict";
import {CONFIG_FILE, readOfficialConfig, writeOfficialRun} from "../src/run";
import type {ModelConfig} from "../src/model";
import {temporaryFolder} from "../../../test/folder";
import {autoencoderRun, denoiserRun, solverRun} from "./models";

const path = temporaryFolder();
const RUNS = join(__dirname, "../../../test/reference/lola-run");
const official = [
  ["autoencoder", "ae/tiny_euler_all_dcae_f4c4_tiny"],
  ["denoiser", "dm/tiny_euler_all_f4c4_vit_tiny"],
  ["solver", "sm/tiny_euler_all_f4c4_vit_tiny"],
] as const;

test.each(official)("the configuration of an official %s is written with the same meaning", async (kind, name) => {
  const file = join(RUNS, name, CONFIG_FILE);
  const {model, metadata} = readOfficialConfig(file);
  expect(model.kind).toBe(kind);
  expect(metadata.config).toEqual(parse(readFileSync(file, "utf8")));
  await writeOfficialRun(path(kind), model, metadata.config!, {shapes: new Map(), read: () => new Float32Array()});
  const again = readOfficialConfig(path(kind, CONFIG_FILE));
  expect(again.model).toEqual(model);
  expect(again.metadata.data).toEqual(metadata.data);
  expect(again.metadata.trajectory).toEqual(metadata.trajectory);
  const [key] = Object.keys(again.metadata.config!);
  const section = (config: typeof metadata.config) => config![key] as Record<string, unknown>;
  for (const option of ["name", "loss"])
    expect(section(again.metadata.config)[option]).toEqual(section(metadata.config)[option]);
});

test.each([
  ["autoencoder", autoencoderRun],
  ["denoiser", denoiserRun],
  ["solver", solverRun],
])("our %s becomes an official run with all its weights", async (kind, make) => {
  const {model} = make();
  const weights = model.layout.officialArrays(model.weights.dataSync<"float32">());
  const folder = path("ours", kind);
  await writeOfficialRun(folder, {kind, config: model.config} as ModelConfig, {server: {port: 1}}, weights);
  expect(readOfficialConfig(join(folder, CONFIG_FILE)).metadata.config).toHaveProperty("server", {port: 1});
  const state = openStateDict(join(folder, "state.pth"));
  expect([...state.shapes]).toEqual([...weights.shapes]);
  for (const name of weights.shapes.keys()) expect(state.read(name).data).toEqual(weights.read(name));
  state.close();
});

test("a model without an official counterpart is refused before anything is written", async () => {
  const {config} = autoencoderRun().model;
  const odd = {kind: "autoencoder", config: {...config, normVariance: "population"}} as ModelConfig;
  const empty = {shapes: new Map<string, number[]>(), read: () => new Float32Array()};
  await expect(writeOfficialRun(path("odd"), odd, {}, empty)).rejects.toThrow("expected normVariance unbiased");
  expect(existsSync(path("odd"))).toBe(false);
});

test.each([
  ["just a text", "expected a configuration with sections, found"],
  ["a: [1, 2", "expected YAML, found Flow sequence"],
  ["optim: {}\nserver: {}\n", "expected a section ae, denoiser, surrogate, found optim, server"],
  ["x".repeat(2 ** 16 + 1), "expected a YAML file of at most 65536 bytes, found 65537"],
  ["ae: {norm: group, pix_channels: 1, lat_channels: 1}", 'ae.norm: expected "layer", found "group"'],
  ...["x", -1, 0, 1.5, NaN, [], 2 ** 31, true].map((found): [string, string] => [
    `trajectory: ${String(Number.isNaN(found) ? ".nan" : JSON.stringify(found))}\nsurrogate: {channels: 1}`,
    "trajectory: expected a section of options, found",
  ]),
  ["ae_run: [1]\nsurrogate: {channels: 1}", "expected ae_run to be a text, found [ 1 ]"],
  ["name: 7\nsurrogate: {channels: 1}", "expected name to be a text, found 7"],
])("no configuration: %.30s", (text, message) => {
  writeFileSync(path(CONFIG_FILE), text);
  expect(() => readOfficialConfig(path(CONFIG_FILE))).toThrow(`${path(CONFIG_FILE)}: ${message}`);
});
