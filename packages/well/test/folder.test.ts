import {mkdirSync, writeFileSync} from "node:fs";
import {dirname} from "node:path";
import {findWell} from "../src/well-dataset";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();

function place(...names: string[]): string[] {
  const paths = names.map((name) => folder(name));
  for (const path of paths) {
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, "");
  }
  return paths;
}

test("files are found in each layout of a split, sorted; hidden and foreign ones are left out", () => {
  for (const layout of ["a/test", "b/data/test", "c/datasets/x/test", "d/datasets/x/data/test", "e/x/data/test"]) {
    const root = folder(layout[0]);
    const files = place(`${layout}/1.hdf5`, `${layout}/2.h5`);
    place(`${layout}/.3.hdf5`, `${layout}/4.txt`, `${layout}/deeper/5.txt`);
    const datasets = layout.includes("/x/") ? ["x"] : undefined;
    expect(findWell(root, {datasets, split: "test"})).toEqual(files);
  }
});

test("datasets are joined in the order of their names", () => {
  const [first, second] = place("joined/x/1.hdf5", "joined/y/1.hdf5");
  expect(findWell(folder("joined"), {datasets: ["y", "x"]})).toEqual([second, first]);
});

test("a folder that is missing or empty is named", () => {
  expect(() => findWell(folder("nowhere"))).toThrow(`${folder("nowhere")}: expected a folder of data, found none`);
  mkdirSync(folder("empty"));
  expect(() => findWell(folder("empty"))).toThrow(`${folder("empty")}: expected files *.hdf5 or *.h5, found none`);
  expect(() => findWell(folder("empty"), {split: "valid"})).toThrow("expected one of the folders");
});
