/** The committed figures: few, small, without copies of tables as pictures, and each linked from their index. */
import {execFileSync} from "node:child_process";
import {existsSync, readFileSync, statSync} from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..");
const index = readFileSync(path.join(root, "figures/index.md"), "utf8");
const files = execFileSync("git", ["ls-files", "-z", "figures"], {cwd: root, encoding: "utf8"})
  .split("\0")
  .filter((file) => file && existsSync(path.join(root, file)));
const linked = new Set([...index.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => path.posix.join("figures", link)));

test("there are at most 320 files of 12 MB, and each has content", () => {
  expect(files.length).toBeLessThanOrEqual(320);
  const sizes = files.map((file) => statSync(path.join(root, file)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(12e6);
  expect(files.filter((_, i) => sizes[i] === 0)).toEqual([]);
});

test("figures are pictures, tables are text, and pages, drawings and LaTeX are made by a run", () => {
  expect(files.filter((file) => !/\.(png|gif|csv|md)$/.test(file))).toEqual([]);
});

test("each file is linked from figures/index.md, and each link leads to a file", () => {
  expect(files.filter((file) => file !== "figures/index.md" && !linked.has(file))).toEqual([]);
  expect([...linked].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

test("each cell that the index names is there", () => {
  for (const [, notebook, id] of index.matchAll(/\(\.\.\/(notebooks\/[^)#]+)#cell-([^)]+)\)/g))
    expect(readFileSync(path.join(root, notebook), "utf8")).toContain(`"id": "${id}"`);
});

test("tables.md has the captions of tables that are there", () => {
  for (const page of files.filter((file) => file.endsWith("tables.md"))) {
    const names = [...readFileSync(path.join(root, page), "utf8").matchAll(/^- \[([\w-]+\.csv)\]\(\1\): ./gm)];
    expect(names.length).toBeGreaterThan(30);
    for (const [, name] of names) expect(files).toContain(path.posix.join(path.posix.dirname(page), name));
  }
});
