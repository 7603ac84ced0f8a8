import {writeFileSync} from "node:fs";
import {runs} from "../src/run-list";
import {main} from "../src/run-program";
import {preset} from "@lola-ts/laboratory/stages";
import {temporaryFolder} from "../../../test/folder";
import {checkpointFile, storeRun} from "./stores";

const folder = temporaryFolder();
const {model, training, steps} = preset("euler", "tour").autoencoder;
const config = {
  model: {...model, pixChannels: 4, latChannels: 16},
  training: {...training, steps: steps[16]},
  seed: 0,
  validation: "vrmse",
  threads: 1,
};
const changed = {...config, seed: 3, training: {...config.training, optimiser: "adamw"}};

beforeAll(async () => {
  await checkpointFile(folder("a"), config, [3, 1, 2]);
  await checkpointFile(folder("b"), changed, [5, 4]);
  storeRun(folder("store"), "autoencoder", "euler-tour-c16", "aaaaaaaaaaaa", config, folder("a"), 2);
  storeRun(folder("store"), "autoencoder", "euler-tour-c16", "abababababab", changed, folder("b"), 1);
  await checkpointFile(folder("store", "autoencoder", "euler-tour-c16-cccccccccccc.partial"), config, [7]);
  writeFileSync(folder("store", "autoencoder", "notes.txt"), "mine");
});

test("runs have their configuration in words, state, best value, steps, seconds and age, the newest first", () => {
  const rows = runs({artifacts: {root: folder("store")}, folder: folder()}).rows();
  expect(rows.map(({run, state}) => [run, state])).toEqual([
    ["euler-tour-c16-cccccccccccc", "begun"],
    ["euler-tour-c16-abababababab", "finished"],
    ["euler-tour-c16-aaaaaaaaaaaa", "finished"],
  ]);
  expect(rows[2]).toMatchObject({configuration: "as the preset", "best validation": 1, steps: 3, seconds: 12});
  expect(rows[2]["age, days"]).toBeCloseTo(2, 2);
  expect(rows[1].configuration).toBe("training.optimiser = adamw; seed = 3");
  expect(rows[0]).toMatchObject({"best validation": 7, steps: 1, seconds: null});
});

test("two runs are compared by what differs and by their curves", async () => {
  process.env.LOLA_DATA = folder("store");
  let text = "";
  jest.spyOn(process.stdout, "write").mockImplementation((part) => Boolean((text += String(part))));
  await main({
    compare: ["aaaa", "euler-tour-c16-ab"],
    all: false,
    json: false,
    remove: false,
    unreachable: false,
    yes: false,
  });
  jest.restoreAllMocks();
  delete process.env.LOLA_DATA;
  expect(text).toMatch(/training\.optimiser.*soap.*adamw/);
  expect(text).toMatch(/seed.*0.*3/);
  expect(text).toMatch(/Validation errors[^]*Best: 1 and 4/);
});

test.each([
  ["a", 'runs: expected one run that begins with "a", found euler-tour-c16-abababababab, euler-tour-c16-aaaaaaaaaaaa.'],
  ["x", 'runs: expected one run that begins with "x", found none.'],
  ["", 'runs: expected one run that begins with "", found '],
])("%j does not name one run", (text, sentence) => {
  expect(() => runs({artifacts: {root: folder("store")}, folder: folder()}).find(text)).toThrow(sentence);
});

test("a thousand runs are listed, each with its best validation", () => {
  const summary = {
    steps: 3,
    validation: [
      [1, 3],
      [2, 1],
      [3, 2],
    ],
  };
  for (let i = 0; i < 1000; i++) {
    storeRun(
      folder("many"),
      "autoencoder",
      "euler-tour-c16",
      i.toString(16).padStart(12, "0"),
      {...changed, seed: i},
      folder("a"),
      0,
      summary,
    );
  }
  const rows = runs({artifacts: {root: folder("many")}, folder: folder()}).rows();
  expect(rows).toHaveLength(1000);
  expect(rows.every((row) => row["best validation"] === 1)).toBe(true);
});

test("a store without runs has none", () => {
  expect(runs({artifacts: {root: folder("nothing")}, folder: folder()}).rows()).toEqual([]);
});
