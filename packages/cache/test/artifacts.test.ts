import {existsSync} from "node:fs";
import {appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {setImmediate, setTimeout as sleep} from "node:timers/promises";
import {artifactKey, Artifacts, type Recipe} from "../src/artifacts";
import {isHeld, Lock, machineName, thisProcess} from "@lola-ts/core";
import {readManifest, sealedJson, type Manifest} from "../src/payload";

let root: string;
let sentences: string[];
/** A store as a new process would have it: it has verified nothing yet. */
const open = () => new Artifacts(root, (sentence) => sentences.push(sentence));

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "artifacts-"));
  sentences = [];
});
afterEach(() => rm(root, {recursive: true}));

const recipe: Recipe = {
  stage: "autoencoder",
  name: "euler-16",
  version: 1,
  config: {channels: 16},
  extension: ".bin",
};
const payload = (text: string) => (temporary: string) => writeFile(temporary, text);

describe("keys", () => {
  test("depend on values, not on their order or on what is undefined", () => {
    const key = artifactKey({a: 1, b: [1, {c: "x"}]});
    expect(artifactKey({b: [1, {c: "x"}], a: 1, d: undefined})).toBe(key);
    expect(artifactKey(structuredClone({a: 1, b: [1, {c: "x"}]}))).toBe(key);
    expect(artifactKey({a: 1, b: [{c: "x"}, 1]})).not.toBe(key);
    expect(artifactKey({a: "1", b: [1, {c: "x"}]})).not.toBe(key);
    expect(artifactKey({a: 1, b: [1, {c: "x"}]}, ["input"])).not.toBe(key);
  });

  test.each([NaN, Infinity, () => 1, new Float32Array(2), new Map()])("refuse %p, which JSON cannot hold", (value) => {
    expect(() => artifactKey({a: [value]})).toThrow(/plain data, found .* at config\.a\[0\]/);
  });

  test("a changed input, configuration or version changes the path, and stages do not share keys", () => {
    const store = open();
    const changes: Partial<Recipe>[] = [{}, {inputs: ["x"]}, {config: {channels: 4}}, {version: 2}];
    const paths = changes.map((change) => store.path({...recipe, ...change}));
    expect(new Set(paths).size).toBe(4);
    expect(store.key({...recipe, stage: "latents"})).not.toBe(store.key(recipe));
  });
});

test("makes an artefact once", async () => {
  const make = jest.fn(payload("content"));
  const first = await open().obtain(recipe, make);
  const second = await open().obtain(recipe, make);
  expect(make).toHaveBeenCalledTimes(1);
  expect([first.fresh, second.fresh]).toEqual([true, false]);
  expect(second).toMatchObject({path: first.path, key: first.key});
  expect(await readFile(first.path, "utf8")).toBe("content");
  expect(sentences).toEqual([]);
});

test("keeps folders, and notices a change in any of their files", async () => {
  const folder: Recipe = {stage: "dataset", name: "euler", version: 1, config: {}};
  const make = async (temporary: string) => {
    await mkdir(path.join(temporary, "data/train"), {recursive: true});
    await writeFile(path.join(temporary, "data/train/a.hdf5"), "aaaa");
    await writeFile(path.join(temporary, "stats.yaml"), "mean: 0");
  };
  const {path: made} = await open().obtain(folder, make);
  expect(await open().has(folder)).toBe(true);
  await writeFile(path.join(made, "data/train/a.hdf5"), "aaab");
  expect(await open().has(folder)).toBe(false);
  expect(sentences).toEqual([expect.stringMatching(/is damaged \(the checksum differs in data\/train\/a\.hdf5\)/)]);
});

type Parsed = {readonly sha256: string; readonly files: readonly object[]};

async function change(file: string, edit: (manifest: Parsed) => object): Promise<void> {
  const manifest = JSON.parse(await readFile(`${file}.manifest.json`, "utf8")) as Parsed;
  await writeFile(`${file}.manifest.json`, JSON.stringify(edit(manifest)));
}

const sealed = (content: object) => JSON.parse(sealedJson(content)) as object;

describe("what is damaged or foreign is reported in a sentence and made again", () => {
  const cases: Record<string, [(file: string) => Promise<unknown>, RegExp]> = {
    "a changed byte": [(file) => writeFile(file, "c0ntent"), /checksum differs/],
    "a truncated file": [(file) => writeFile(file, "con"), /expected 7 bytes, found 3/],
    "a longer file": [(file) => appendFile(file, "!"), /expected 7 bytes, found 8/],
    "a missing payload": [(file) => rm(file), /is gone/],
    "a missing manifest": [(file) => rm(`${file}.manifest.json`), /no manifest/],
    "a cut manifest": [(file) => writeFile(`${file}.manifest.json`, '{"key": "12'), /cannot be read/],
    "a manifest that was changed": [
      (file) => change(file, ({files, ...rest}) => ({...rest, files: [...files, files[0]]})),
      /cannot be read/,
    ],
    "a manifest without its checksum": [(file) => change(file, ({sha256: _, ...rest}) => rest), /cannot be read/],
    "another key, in a sealed manifest": [
      (file) => change(file, ({sha256: _, ...rest}) => sealed({...rest, key: "0".repeat(64)})),
      /another configuration/,
    ],
    "no files, in a sealed manifest": [
      (file) => change(file, ({sha256: _, ...rest}) => sealed({...rest, files: []})),
      /cannot be read/,
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [spoil, sentence]) => {
    const {path: file} = await open().obtain(recipe, payload("content"));
    await spoil(file);
    const again = await open().obtain(recipe, payload("content"));
    expect(again.fresh).toBe(true);
    expect(sentences).toEqual([expect.stringMatching(sentence)]);
    expect(await readFile(file, "utf8")).toBe("content");
    expect(await open().has(recipe)).toBe(true);
  });

  test("a changed byte is noticed even by a process that read the artefact before", async () => {
    const store = open();
    const {path: file} = await store.obtain(recipe, payload("content"));
    await writeFile(file, "c0ntent");
    await utimes(file, 1, 1);
    expect(await store.has(recipe)).toBe(false);
  });
});

test("nothing half-made stays, and what was there before survives", async () => {
  const store = open();
  const fail = async (temporary: string) => {
    await writeFile(temporary, "half");
    throw new Error("power cut");
  };
  await expect(store.obtain(recipe, fail)).rejects.toThrow("power cut");
  expect(await readdir(path.dirname(store.path(recipe)))).toEqual([]);

  await store.write(recipe, payload("content"));
  await expect(store.write(recipe, fail)).rejects.toThrow("power cut");
  expect(await store.has(recipe)).toBe(true);
});

test("leftovers of dead processes go, those of running ones stay", async () => {
  const store = open();
  const folder = path.dirname(store.path(recipe));
  await mkdir(folder, {recursive: true});
  const dead = "x.bin.999999999-abcdef.tmp";
  const checkpoint = ".x.bin.partial.999999999-0.tmp";
  const living = `x.bin.${process.pid}-abcdef.tmp`;
  for (const name of [dead, checkpoint, living]) await writeFile(path.join(folder, name), "");
  await store.write(recipe, payload("content"));
  const left = [dead, checkpoint, living].map((name) => existsSync(path.join(folder, name)));
  expect(left).toEqual([false, false, true]);
});

describe("a lock", () => {
  const lock = () => `${open().path(recipe)}.lock`;

  test("is there only while the artefact is made", async () => {
    let held = false;
    await open().obtain(recipe, async (temporary) => {
      held = isHeld(lock());
      await payload("content")(temporary);
    });
    expect(held).toBe(true);
    const failing = open().write(recipe, () => Promise.reject(new Error("power cut")));
    await expect(failing).rejects.toThrow("power cut");
    expect((await readdir(path.dirname(lock()))).filter((name) => name.includes("lock"))).toEqual([]);
  });

  test("makes two that want the same artefact at a time make it once", async () => {
    const make = jest.fn(async (temporary: string) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await writeFile(temporary, "content");
    });
    const both = await Promise.all([open().obtain(recipe, make), open().obtain(recipe, make)]);
    expect(make).toHaveBeenCalledTimes(1);
    expect(both.map(({fresh}) => fresh).sort()).toEqual([false, true]);
  });

  test("is not needed for an artefact that is there: nothing is written then", async () => {
    const {path: file} = await open().obtain(recipe, payload("content"));
    await utimes(path.dirname(file), 1, 1);
    expect((await open().obtain(recipe, () => fail("made again"))).fresh).toBe(false);
    expect(await open().hasWaited(recipe)).toBe(true);
    expect((await stat(path.dirname(file))).mtimeMs).toBe(1000);
  });

  test("of another recipe may be taken while one is held: what is made may need it", async () => {
    const other: Recipe = {...recipe, name: "euler-4", config: {channels: 4}};
    await open().obtain(recipe, async (temporary) => {
      const {path: input} = await open().obtain(other, payload("input"));
      await writeFile(temporary, await readFile(input));
    });
    expect(await open().has(recipe)).toBe(true);
  });

  test("left by a dead process goes, and so does what it had begun; what a living one makes elsewhere stays", async () => {
    const folder = path.dirname(lock());
    await mkdir(folder, {recursive: true});
    const owner = (host: string) => JSON.stringify({token: "x", pid: 999_999_999, host});
    await writeFile(path.join(folder, "dead.lock"), JSON.stringify({...thisProcess(), token: "x", pid: 999_999_999}));
    await writeFile(path.join(folder, "x.bin.lock"), owner("elsewhere"));
    await writeFile(path.join(folder, "x.bin.999999999-abcdef.tmp"), "");
    await writeFile(path.join(folder, "y.bin.999999999-abcdef.tmp"), "");
    await open().write(recipe, payload("content"));
    const left = (await readdir(folder)).filter((name) => !name.startsWith("euler"));
    expect(left.sort()).toEqual(["x.bin.999999999-abcdef.tmp", "x.bin.lock"]);
  });

  test("in a folder that cannot be written is one sentence", async () => {
    await writeFile(path.join(root, "autoencoder"), "");
    await expect(open().obtain(recipe, payload("content"))).rejects.toThrow(
      /euler-16.*: a file is in the way of its folder\.$/,
    );
  });
});

test("a full disk is one sentence, before the work or from within it", async () => {
  const make = jest.fn(payload("content"));
  const store = open();
  await expect(store.obtain({...recipe, bytes: 1e18}, make)).rejects.toThrow(
    /^No disk space: .* needs about \d+ MB and \d+ MB/,
  );
  expect(make).not.toHaveBeenCalled();
  const full = () => Promise.reject(Object.assign(new Error("ENOSPC: write"), {code: "ENOSPC"}));
  await expect(store.obtain(recipe, full)).rejects.toThrow(
    /euler-16.*: no space left on the disk; nothing half-made was left\.$/,
  );
});

test("what is kept for resuming goes when the work is done", async () => {
  const store = open();
  await mkdir(path.dirname(store.partial(recipe)), {recursive: true});
  await writeFile(store.partial(recipe), "half-way");
  await store.obtain(recipe, payload("content"));
  expect(existsSync(store.partial(recipe))).toBe(false);
});

test("what a process left that was killed at the very end goes with the next look, unless another makes it again", async () => {
  const store = open();
  await store.obtain(recipe, payload("content"));
  const lock = `${store.path(recipe)}.lock`;
  const left = () => [store.partial(recipe), lock].map((file) => existsSync(file));
  await writeFile(store.partial(recipe), "all steps");
  const held = Lock.take(lock)!;
  expect(await open().has(recipe)).toBe(true);
  expect(left()).toEqual([true, true]);
  held.release();
  await writeFile(lock, JSON.stringify({...thisProcess(), token: "x", pid: 999_999_999}));
  expect(await open().has(recipe)).toBe(true);
  expect(left()).toEqual([false, false]);
});

test("values and arrays come back as they were", async () => {
  const value = {vrmse: [0.1, 0.2], name: "diffusion"};
  const scores: Recipe = {stage: "evaluation", name: "scores", version: 1, config: 1};
  expect(await open().obtainJson(scores, () => value)).toEqual(value);
  expect(await open().obtainJson(scores, () => fail("computed twice"))).toEqual(value);
  expect(await open().obtainJson(scores, () => "anew", {again: true})).toBe("anew");
  expect(await open().obtainJson(scores, () => value)).toBe("anew");

  const array = Float32Array.from([1.5, -2, 1e-30, NaN]).subarray(1);
  const rollout: Recipe = {stage: "rollout", name: "states", version: 1, config: 1};
  expect(await open().obtainFloats(rollout, () => array)).toEqual(array);
  expect(await open().obtainFloats(rollout, () => fail("computed twice"))).toEqual(array);
});

test("a manifest says where an artefact was made, and by how many threads; its key does not", async () => {
  const {TF_NUM_INTRAOP_THREADS} = process.env;
  const manifests: Partial<Manifest>[] = [];
  for (const threads of ["1", "3"]) {
    process.env.TF_NUM_INTRAOP_THREADS = threads;
    await open().write(recipe, payload("content"));
    manifests.push(readManifest(await readFile(`${open().path(recipe)}.manifest.json`, "utf8"))!);
  }
  if (TF_NUM_INTRAOP_THREADS === undefined) delete process.env.TF_NUM_INTRAOP_THREADS;
  else process.env.TF_NUM_INTRAOP_THREADS = TF_NUM_INTRAOP_THREADS;
  expect(manifests.map(({threads, machine, key}) => [threads, machine, key])).toEqual(
    [1, 3].map((threads) => [threads, machineName(), open().key(recipe)]),
  );
});

describe("a value that is computed again", () => {
  const times: Recipe = {stage: "evaluation", name: "times", version: 1, config: {}};
  const compute = (value: number) => open().obtainJson(times, () => value, {again: true});

  test("waits for the process that makes it", async () => {
    const store = open();
    await compute(0);
    const lock = Lock.take(`${store.path({extension: ".json", ...times})}.lock`)!;
    const made = compute(1);
    const first = await Promise.race([made, sleep(1500).then(() => "still waiting")]);
    lock.release();
    expect([first, await made]).toEqual(["still waiting", 1]);
  });

  test("is the caller's, whoever computes it beside", async () => {
    for (let i = 0; i < 10; i++)
      expect(await Promise.all([compute(2 * i), compute(2 * i + 1)])).toEqual([2 * i, 2 * i + 1]);
  });

  test("is never missing for a reader", async () => {
    await compute(0);
    let isWriting = true;
    const read = async () => {
      let reads = 0;
      for (; isWriting; reads++) {
        await open().obtainJson(times, () => Promise.reject(new Error("the value is missing")));
        await setImmediate();
      }
      return reads;
    };
    const write = async () => {
      for (let i = 0; i < 100; i++) await compute(i);
      isWriting = false;
    };
    const [reads] = await Promise.all([read(), write()]);
    expect(reads).toBeGreaterThan(0);
    expect(sentences).toEqual([]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}

test("a store of what is finished finds what another one has made, and makes nothing", async () => {
  const store = open();
  const finished = store.finished();
  expect([await finished.has(recipe), await finished.hasWaited(recipe), finished.ships(recipe)]).toEqual([
    ...[false, false, false],
  ]);
  await expect(finished.obtain(recipe, payload("weights"))).rejects.toThrow(/euler-16-\w+\.bin is not there/);
  const made = await store.obtain(recipe, payload("weights"));
  expect(await finished.obtain(recipe, payload("other"))).toEqual({...made, fresh: false});
});
