/** The research object: it keeps the rules of RO-Crate 1.3, says where each figure and table comes from, and spares others' files. */
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {crateOf, main, writeCrate, type Entity} from "../../site/build/crate";
import {digestOf} from "../../packages/paper/src/claims/committed-claims";
import {temporaryFolder} from "../folder";
import {faultsOf} from "./crate-rules";

const root = path.resolve(__dirname, "../..");
const METADATA = "ro-crate-metadata.json";
const folder = temporaryFolder();

/** A project with two figures, a table of the paper and trained models. */
const FILES: Readonly<Record<string, string>> = {
  "figures/index.md": `# Figures

Captions: [Euler](euler/tables.md).

## Every system

| shows | file | made by |
| --- | --- | --- |
| all | [png](all.png) | [00-05](../notebooks/00-first.ipynb#cell-00-05) |

## One

| shows | Euler | Kolmogorov | made by |
| --- | --- | --- | --- |
| Table 6: errors | [csv](euler/table-06.csv), [png](euler/table-06.png) | – | [06-01](../notebooks/06-errors.ipynb#cell-06-01) |
| cost | – | [csv](kolmogorov/cost.csv) | \`npm run lola -- cost --system NAME\` |
`,
  "figures/all.png": "all",
  "figures/euler/table-06.csv": "a,1",
  "figures/euler/table-06.png": "drawn",
  "figures/euler/tables.md": "- [table-06.csv](table-06.csv): Errors. euler, preset mini, seed 0",
  "figures/kolmogorov/cost.csv": "b,2",
  "notebooks/00-first.ipynb": "{}",
  "notebooks/06-errors.ipynb": "{}",
  "data/paper/table-06.csv": "c,3",
  "data/pretrained/euler/index.json": "{}",
  "data/pretrained/euler/model.br": "weights",
};
const COPIED = ["CITATION.cff", "codemeta.json", "LICENSE"];

function projectWith(name: string, files: Readonly<Record<string, string>>): string {
  const project = folder(name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(project, file)), {recursive: true});
    writeFileSync(path.join(project, file), text);
  }
  for (const file of COPIED) cpSync(path.join(root, file), path.join(project, file));
  return project;
}

let project: string;
let graph: readonly Entity[];
beforeAll(() => {
  project = projectWith("project", FILES);
  writeCrate(folder("crate"), project);
  graph = JSON.parse(readFileSync(folder("crate", METADATA), "utf8"))["@graph"];
});
const thing = (id: string) => graph.find((entity) => entity["@id"] === id)!;
const makingOf = (file: string) =>
  graph.filter(({"@type": type, result}) => type === "CreateAction" && JSON.stringify(result).includes(`"${file}"`));

test("a crate keeps the rules", () => {
  expect(faultsOf(folder("crate"))).toEqual([]);
});

test("a table names its cell, the paper's table, and the trained models that its caption speaks of", () => {
  expect(makingOf("figures/euler/table-06.csv")).toEqual([
    expect.objectContaining({
      name: "cell 06-01 of 06-errors.ipynb, on euler",
      instrument: {"@id": "notebooks/06-errors.ipynb"},
      object: [{"@id": "data/paper/table-06.csv"}, {"@id": "data/pretrained/euler/index.json"}],
      result: [{"@id": "figures/euler/table-06.csv"}, {"@id": "figures/euler/table-06.png"}],
    }),
  ]);
  expect(thing("figures/euler/table-06.csv")).toMatchObject({
    ...{name: "Table 6: errors, Euler", description: "Errors. euler, preset mini, seed 0", contentSize: "3"},
    ...{
      license: {"@id": "https://spdx.org/licenses/MIT"},
      sha256: digestOf(folder("project/figures/euler/table-06.csv")),
    },
  });
});

test("a command is one of the software's, with the system's name", () => {
  expect(makingOf("figures/kolmogorov/cost.csv")).toEqual([
    expect.objectContaining({name: "npm run lola -- cost --system kolmogorov", instrument: {"@id": "#software"}}),
  ]);
  expect(thing("#software")).toMatchObject({
    version: JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version,
  });
});

test("the folder holds the files that are described, and all trained models", () => {
  for (const file of [...Object.keys(FILES), "CITATION.cff", "LICENSE"]) {
    expect([file, existsSync(folder("crate", file))]).toEqual([file, true]);
  }
});

test("an earlier crate is replaced, and other files stay", () => {
  const place = folder("again");
  writeCrate(place, project);
  writeFileSync(path.join(place, "figures/old.png"), "old");
  writeCrate(place, project);
  expect(existsSync(path.join(place, "figures/old.png"))).toBe(false);
  const mine = folder("mine");
  mkdirSync(mine);
  writeFileSync(path.join(mine, "thesis.txt"), "words");
  for (const taken of [mine, path.join(mine, "thesis.txt")]) {
    expect(() => writeCrate(taken, project)).toThrow(`expected a new or empty folder, found other files in ${taken}`);
  }
  writeFileSync(path.join(mine, METADATA), '{"name": "another crate"}');
  expect(() => writeCrate(mine, project)).toThrow("expected a new or empty folder");
  expect(readdirSync(mine).sort()).toEqual([METADATA, "thesis.txt"]);
});

test("a file that the index names and nobody has is named, and nothing is written", () => {
  const lacking = projectWith("lacking", FILES);
  rmSync(path.join(lacking, "figures/kolmogorov/cost.csv"));
  expect(() => writeCrate(folder("none"), lacking)).toThrow(
    "crate: expected figures/kolmogorov/cost.csv in the project, found none.",
  );
  expect(existsSync(folder("none"))).toBe(false);
});

test("of this project, every figure and table is the result of one action or several", () => {
  const own = crateOf(root, "2026-11-30");
  const results = new Set(
    own.flatMap(({"@type": type, result}) =>
      type === "CreateAction" ? [result].flat().map((one) => (one as {"@id": string})["@id"]) : [],
    ),
  );
  const described = own.map((entity) => entity["@id"]).filter((id) => /^figures\/.*\.(png|gif|csv)$/.test(id));
  expect(described.length).toBeGreaterThan(250);
  expect(described.filter((id) => !results.has(id))).toEqual([]);
});

test("the command refuses a folder with other files as a wrong word", async () => {
  await expect(main({to: path.join(root, "docs")})).rejects.toMatchObject({
    ...{code: "usage", message: "crate: expected a new or empty folder, found other files in docs."},
  });
});
