import {existsSync} from "node:fs";
import {Artifacts} from "@lola-ts/cache";
import {Lock} from "@lola-ts/core";
import {reachablePaths, removable, removeRuns} from "../src/removal";
import {storedRuns, STAGES} from "@lola-ts/laboratory/stages";
import {smokeLabs} from "../../laboratory/test/smoke";
import {checkpointFile, storeRun} from "./stores";

const {open, folder} = smokeLabs();
const DAY = 86_400_000;
const ids = (runs: readonly {id: string}[]) => runs.map(({id}) => id[0]).sort();

beforeAll(async () => {
  await checkpointFile(folder("a"), {}, [1]);
  storeRun(folder("store"), "autoencoder", "euler-tour-c16", "aaaaaaaaaaaa", {}, folder("a"), 40);
  storeRun(folder("store"), "emulator", "euler-tour-diffusion-c16", "bbbbbbbbbbbb", {}, folder("a"), 3);
  storeRun(folder("store"), "emulator", "euler-tour-solver-c4", "cccccccccccc", {}, folder("a"));
});

test("artefacts are chosen by age, by name, or by both", () => {
  expect(ids(removable(folder("store"), {olderThan: 2 * DAY}))).toEqual(["a", "b"]);
  expect(ids(removable(folder("store"), {name: "c16"}))).toEqual(["a", "b"]);
  expect(ids(removable(folder("store"), {name: "tour-*c4"}))).toEqual(["c"]);
  expect(ids(removable(folder("store"), {name: "diffusion", olderThan: 30 * DAY}))).toEqual([]);
});

test("what is being made stays, and what goes goes whole", async () => {
  const [run] = removable(folder("store"), {name: "diffusion"});
  const lock = Lock.take(`${run.path}.lock`)!;
  expect(removable(folder("store"), {name: "diffusion"})).toEqual([]);
  expect(await removeRuns([run])).toBe(0);
  expect(existsSync(run.path)).toBe(true);
  lock.release();
  expect(await removeRuns([run])).toBe(run.bytes);
  expect(existsSync(run.path) || existsSync(`${run.path}.manifest.json`)).toBe(false);
  expect(ids(storedRuns(folder("store"), STAGES))).toEqual(["a", "c"]);
});

test("what a preset reads is reachable, a variant of it is not", async () => {
  const lab = open((config) => config, new Artifacts(folder("presets"), () => undefined));
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const {key} = await lab.autoencoder(4);
  const variant = await lab.autoencoder(4, {seed: 8});
  const reachable = await reachablePaths(folder("presets"));
  jest.restoreAllMocks();
  const gone = removable(folder("presets"), {reachable});
  expect(gone.map(({id}) => id)).toEqual([variant.key.slice(0, 12)]);
  expect([...reachable].some((path) => path.includes(key.slice(0, 12)))).toBe(true);
});
