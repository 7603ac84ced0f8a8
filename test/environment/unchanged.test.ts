import {mkdirSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

interface Unchanged {
  fingerprint(inputs: {root: string; notebooks: string[]; folders: string[]; settings: unknown}): string;
  lastRun(file: string, fingerprint: string): Date | undefined;
  recordRun(file: string, fingerprint: string): void;
}
const program = path.resolve(__dirname, "../../environment/unchanged.mjs");
let unchanged: Unchanged;
beforeAll(async () => void (unchanged = (await import(program)) as Unchanged));

const folder = temporaryFolder();
let projects = 0;

/** A small project with a notebook, a library, an artefact and a figure. */
function project() {
  const root = folder(`project-${projects++}`);
  const at = (name: string) => path.join(root, name);
  for (const name of ["lib/dist/index.js", "package-lock.json", "a.ipynb", "data/set/x.h5", "figures/f.png"]) {
    mkdirSync(path.dirname(at(name)), {recursive: true});
    writeFileSync(at(name), name);
  }
  const state = (settings: unknown = []) =>
    unchanged.fingerprint({root, notebooks: [at("a.ipynb")], folders: [at("data"), at("figures")], settings});
  return {at, state};
}

test("a run is remembered until something changes", () => {
  const {at, state} = project();
  const file = at("out/last-run.json");
  expect(unchanged.lastRun(file, state())).toBeUndefined();
  unchanged.recordRun(file, state());
  expect(unchanged.lastRun(file, state())).toBeInstanceOf(Date);

  writeFileSync(at("a.ipynb"), "another cell");
  expect(unchanged.lastRun(file, state())).toBeUndefined();
});

test.each([
  ["an artefact is gone", (at: (name: string) => string) => rmSync(at("data/set/x.h5"))],
  ["a figure was drawn again", (at) => utimesSync(at("figures/f.png"), new Date(), new Date(1e12))],
  ["the library was compiled to something else", (at) => writeFileSync(at("lib/dist/index.js"), "changed")],
  ["another package version", (at) => writeFileSync(at("package-lock.json"), "changed")],
  ["a new artefact", (at) => writeFileSync(at("data/new.h5"), "")],
] as [string, (at: (name: string) => string) => void][])("what it depends on: %s", (_, change) => {
  const {at, state} = project();
  const before = state();
  expect(state()).toBe(before);
  change(at);
  expect(state()).not.toBe(before);
});

test("settings count, and an unreadable record means a run", () => {
  const {at, state} = project();
  expect(state([["LOLA_DATA", "elsewhere"]])).not.toBe(state());
  writeFileSync(at("broken.json"), "{");
  expect(unchanged.lastRun(at("broken.json"), state())).toBeUndefined();
});
