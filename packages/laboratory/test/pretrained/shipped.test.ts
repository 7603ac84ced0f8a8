import {mkdir, mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {gzipSync} from "node:zlib";
import {hashOf, INDEX, Shipped, SHIPPED_FORMAT} from "../../src/pretrained/shipped";
import {Artifacts, type Recipe} from "@lola-ts/cache";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "shipped-"));
});
afterEach(() => rm(folder, {recursive: true}));

const recipe: Recipe = {stage: "evaluation", name: "scores", version: 1, config: {a: 1}, extension: ".json"};
const fails = () => {
  throw new Error("it was made");
};

/** Ship the scores 1, 2, 3, and open the folder. */
async function ship(change: object = {}): Promise<Shipped | undefined> {
  const bytes = gzipSync("[1, 2, 3]");
  await writeFile(path.join(folder, "scores.json.gz"), bytes);
  const files = [{file: "", stored: "scores.json.gz", sha256: hashOf(bytes), ...change}];
  const artifacts = [{stage: "evaluation", name: "scores", key: new Artifacts(folder).key(recipe), files}];
  const described = {format: SHIPPED_FORMAT, system: "euler", preset: "mini", config: {}, versions: {}};
  const index = {...described, models: [], artifacts};
  await writeFile(path.join(folder, INDEX), JSON.stringify(index));
  return Shipped.open(folder);
}

const storeOf = (shipped?: Shipped) => new Artifacts(path.join(folder, "store"), () => undefined, shipped);

test("a store unpacks what is shipped in place of making it, once", async () => {
  const shipped = await ship();
  const store = storeOf(shipped);
  expect(store.ships(recipe)).toBe(true);
  expect(await store.obtainJson(recipe, fails)).toEqual([1, 2, 3]);
  await rm(path.join(folder, "scores.json.gz"));
  expect(await storeOf(shipped).obtainJson(recipe, fails)).toEqual([1, 2, 3]);
  expect(await storeOf(undefined).has(recipe)).toBe(true); // a store without shipped artefacts finds the unpacked one
});

test("what is not shipped is made", async () => {
  const store = storeOf(await ship());
  const other = {...recipe, config: {a: 2}};
  expect(store.ships(other)).toBe(false);
  expect(await store.obtainJson(other, () => 5)).toBe(5);
});

test("a folder without an index ships nothing", () => {
  expect(Shipped.open(folder)).toBeUndefined();
});

describe("refuses in a sentence", () => {
  test("a file that is damaged or missing, and leaves nothing behind", async () => {
    const shipped = await ship();
    const file = path.join(folder, "scores.json.gz");
    await writeFile(file, (await readFile(file)).subarray(1));
    await expect(storeOf(shipped).has(recipe)).rejects.toThrow(
      /scores\.json\.gz: expected the shipped file .* another content;/,
    );
    await rm(file);
    await expect(storeOf(shipped).has(recipe)).rejects.toThrow("found none; fetch the project again");
    expect(await storeOf(undefined).has(recipe)).toBe(false);
  });

  test.each([
    ["no JSON", "{"],
    ["another format", JSON.stringify({format: "lola-pretrained-9", system: "euler", preset: "mini", artifacts: []})],
    [
      "a list that is none",
      JSON.stringify({format: SHIPPED_FORMAT, system: "euler", preset: "mini", models: [], artifacts: {}}),
    ],
  ])("an index that is %s", async (_, text) => {
    await writeFile(path.join(folder, INDEX), text);
    expect(() => Shipped.open(folder)).toThrow(
      /index\.json: expected a list of shipped models \(format lola-pretrained-3\)/,
    );
  });

  test.each([
    {stored: "../scores.json.gz"},
    {stored: "/etc/passwd"},
    {file: "../x"},
    {file: "a/b"},
    {stored: ".hidden"},
  ])("a file outside of its folder: %p", async (change) => {
    await mkdir(path.join(folder, "store"), {recursive: true});
    await expect(ship(change)).rejects.toThrow("expected a list of shipped models");
  });
});
