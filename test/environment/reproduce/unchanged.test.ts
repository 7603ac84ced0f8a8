import {mkdirSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../../folder";

interface Ledger {
  stale(notebooks: string[]): string[];
  ran(runs: {notebook: string; began: number; ended: number}[]): void;
  readonly ended: Date;
}
let Ledger: new (options: object) => Ledger;
beforeAll(async () => {
  const program = path.resolve(__dirname, "../../../environment/reproduce/unchanged.mjs");
  ({Ledger} = (await import(program)) as {Ledger: typeof Ledger});
});

const folder = temporaryFolder();
let projects = 0;

/**
 * A project of three notebooks, each of which makes an artefact and a figure of its name, after one run of all. Each needs
 * all earlier ones, unless `needs` says which.
 */
function project(needs: Record<string, string[]> = {1: [], 2: ["1"], 3: ["1", "2"]}) {
  const root = folder(`project-${projects++}`);
  const at = (name: string) => path.join(root, name);
  const names = ["1", "2", "3"];
  const notebooks = names.map((name) => at(`${name}.ipynb`));
  let clock = 1e12; // a time of our own: each notebook takes a second, each file is written in the middle of it
  const write = (name: string, text = name, time = clock) => {
    mkdirSync(path.dirname(at(name)), {recursive: true});
    writeFileSync(at(name), text);
    utimesSync(at(name), new Date(time), new Date(time));
  };
  const open = (settings: unknown = []) =>
    new Ledger({
      root,
      settings,
      file: at("out/last-run.json"),
      data: at("data"),
      figures: at("figures"),
      order: names.map((name) => ({file: at(`${name}.ipynb`), needs: needs[name].map((one) => at(`${one}.ipynb`))})),
      resultOf: (notebook: string) => notebook,
    });
  /** Run notebooks; `making` are the files that a notebook writes. */
  const run = (chosen: string[], making = (name: string) => [`data/stage/${name}.h5`, `figures/${name}.png`]) => {
    const ledger = open();
    ledger.ran(
      chosen.map((name) => {
        const began = (clock += 1000);
        for (const file of making(name)) write(file, file, began + 500);
        return {notebook: at(`${name}.ipynb`), began, ended: began + 900};
      }),
    );
  };
  /** Run notebooks 2 and 3 at the same time; each writes its files while the other runs. */
  const runBeside = () => {
    const began = (clock += 1000);
    for (const name of ["2", "3"]) write(`data/stage/${name}.h5`, `${name} beside`, began + 500);
    open().ran(["2", "3"].map((name) => ({notebook: at(`${name}.ipynb`), began, ended: began + 900})));
  };
  const stale = (settings?: unknown) =>
    open(settings)
      .stale(notebooks)
      .map((name) => path.basename(name, ".ipynb"));

  for (const name of ["lib/dist/index.js", "package-lock.json", "data/paper/table.csv", "data/README.md"]) write(name);
  for (const name of names) write(`${name}.ipynb`);
  const before = stale();
  run(names);
  return {at, write, run, runBeside, stale, before, open};
}

test("the first time everything runs, then nothing, and when it ended is known", () => {
  const {before, stale, open} = project();
  expect(before).toEqual(["1", "2", "3"]);
  expect(stale()).toEqual([]);
  expect(Date.now() - Number(open().ended)).toBeLessThan(60_000);
});

type Project = ReturnType<typeof project>;
const cases: [string, string[], (project: Project) => void][] = [
  ["another cell", ["2"], ({write}) => write("2.ipynb", "another cell")],
  ["a figure is gone", ["2"], ({at}) => rmSync(at("figures/2.png"))],
  ["a figure was restored", ["2"], ({write}) => write("figures/2.png")],
  ["an artefact is gone", ["2", "3"], ({at}) => rmSync(at("data/stage/2.h5"))],
  ["an artefact was changed", ["1", "2", "3"], ({write}) => write("data/stage/1.h5", "other")],
  ["the paper's numbers were changed", ["1", "2", "3"], ({write}) => write("data/paper/table.csv", "other")],
  ["the library was compiled to something else", ["1", "2", "3"], ({write}) => write("lib/dist/index.js", "other")],
  ["another package version", ["1", "2", "3"], ({write}) => write("package-lock.json", "other")],
  ["an unreadable record", ["1", "2", "3"], ({write}) => write("out/last-run.json", "{")],
  ["a file that no notebook made", [], ({write}) => write("data/stage/other.h5")],
  ["a text beside the artefacts", [], ({write}) => write("data/README.md", "other")],
];

test.each(cases)("what a notebook depends on: %s", (_, expected, change) => {
  const one = project();
  change(one);
  expect(one.stale()).toEqual(expected);
});

test("settings count", () => expect(project().stale([["LOLA_DATA", "elsewhere"]])).toEqual(["1", "2", "3"]));

test("a notebook that runs again makes later ones run only if it makes an artefact anew", () => {
  const {write, run, stale} = project();
  write("2.ipynb", "another cell");
  run(["2"], (name) => [`figures/${name}.png`]);
  expect(stale()).toEqual([]);
  run(["2"], () => ["data/stage/2b.h5"]);
  expect(stale()).toEqual(["3"]);
  run(["3"]);
  expect(stale()).toEqual([]);
});

test("notebooks that ran with another library do not count", () => {
  const {write, run, stale} = project();
  write("lib/dist/index.js", "other");
  run(["1"], () => []);
  expect(stale()).toEqual(["2", "3"]);
});

test("what was made while two notebooks ran is held against both, and what a notebook does not need against none", () => {
  const {at, run, runBeside, stale} = project({1: [], 2: ["1"], 3: ["1"]});
  runBeside();
  expect(stale()).toEqual([]);
  rmSync(at("data/stage/2.h5"));
  expect(stale()).toEqual(["2", "3"]);
  run(["2"]);
  expect(stale()).toEqual([]);
  rmSync(at("data/stage/2.h5"));
  expect(stale()).toEqual(["2"]);
  run(["2"]);
  rmSync(at("data/stage/1.h5"));
  expect(stale()).toEqual(["1", "2", "3"]);
});
