/** The pages of a run's results. */
import {execFileSync, spawnSync} from "node:child_process";
import {existsSync, readFileSync, rmSync} from "node:fs";
import path from "node:path";
import {brokenLinks} from "../../site/build/pages/markdown";
import {renderResults} from "../../site/build/results";
import {lesson, writeProject} from "./project";

const root = path.resolve(__dirname, "../..");
const TEXT = `# First, x < y

[own](../figures/flow.csv) [project's](../docs/results.md#more)
[next](02-next.ipynb#cell-draw) [gone](../figures/gone.csv) [far](https://arxiv.org/abs/2507.02608) $x_t$`;

const TYPESCRIPT = ["-r", "./environment/typescript.cjs"];
const PROGRAM = `process.on("exit", () => {
  console.log(Object.keys(require.cache).filter((file) => /tfjs|lib.tensor/.test(file)));
});
require("./site/build/results-program.ts");`;

let run: string;
let printed: string[];
beforeAll(() => {
  run = writeProject({
    "figures/flow.png": "flow",
    "figures/flow.csv": "flow,1",
    "figures/flow-all.png": "all",
    "figures/alone.png": "alone",
    "figures/table.csv": "a,1",
    "figures/table.tex": "a",
    "notebooks/01-first.ipynb": lesson(TEXT),
    "notebooks/02-next.ipynb": lesson("# Next"),
    "notebooks/Untitled.ipynb": lesson("# Mine"),
  });
  const words = [...TYPESCRIPT, "-e", PROGRAM, "--", run, "--title", "Euler & co"];
  printed = execFileSync(process.execPath, words, {cwd: root, encoding: "utf8"}).trim().split("\n");
});
afterAll(() => rmSync(run, {recursive: true}));

const read = (file: string) => readFileSync(path.join(run, file), "utf8");

/** Find the address that a link of the first notebook's page has. */
const linkOf = (text: string) =>
  new RegExp(`<a href="([^"]*)"[^>]*>${text}</a>`).exec(read("notebooks/01-first.html"))?.[1];

test("the program says where the first page is, and does not load the tensor engine", () => {
  expect(printed).toEqual([path.join(run, "index.html"), "[]"]);
});

test("the first page has title and lead, each notebook, and each figure with its cell and its numbers", () => {
  const index = read("index.html");
  expect(index).toContain("<h1>Euler &amp; co</h1><p>Notebooks, figures and tables as the run left them.</p>");
  expect(index).toContain('<li><a href="notebooks/01-first.html">First, x &lt; y</a></li>');
  expect(index).toMatch(
    /<figure id="alone"><a href="figures\/alone.png"><img src="figures\/alone.png"[^>]*><\/a><figcaption>alone: made by a program</,
  );
  expect(index).toMatch(
    /<figure id="flow"><a [^>]*><img src="figures\/flow.png"[\s\S]*?<a href="notebooks\/02-next.html#cell-draw">[\s\S]*?<a href="figures\/flow.csv">csv</,
  );
  expect(index).toMatch(/<figure id="table"><figcaption>[^<]*<a href="figures\/table.csv">csv<\/a> <a [^>]*>tex</);
  expect([...index.matchAll(/<figure id="([^"]+)"/g)].map(([, name]) => name)).toEqual([
    ...["alone", "flow", "flow-all", "table"],
  ]);
  expect(index).not.toContain("Mine");
  expect(existsSync(path.join(run, "notebooks/Untitled.html"))).toBe(false);
});

test("links of notebooks lead to the run's file, else to the project's, and every link leads somewhere", () => {
  expect(linkOf("own")).toBe("../figures/flow.csv");
  expect(linkOf("numbers")).toBe("../figures/flow.csv"); // in an output
  expect(linkOf("next")).toBe("02-next.html#cell-draw");
  expect(linkOf("far")).toBe("https://arxiv.org/abs/2507.02608");
  expect(read("notebooks/01-first.html")).toContain("<a>gone</a>");
  expect(path.resolve(run, "notebooks", linkOf("project's")!)).toBe(path.join(root, "docs/results.md#more"));
  expect(brokenLinks(run, "/")).toEqual([]);
});

test("notebooks and figures may lie elsewhere, as the default run may keep them", async () => {
  const [notebooks, figures] = ["notebooks", "figures"].map((name) => path.join(run, name));
  const page = await renderResults(path.join(run, "pages/run"), {title: "T", notebooks, figures});
  expect(page).toBe(path.join(run, "pages/run/index.html"));
  expect(read("pages/run/index.html")).toContain('<img src="../../figures/flow.png"');
  expect(read("pages/run/notebooks/01-first.html")).toContain('href="../../../figures/flow.csv"');
  expect(brokenLinks(path.join(run, "pages/run"), "/")).toEqual([]);
});

test("a notebook's page holds its pictures, and shares the rest", () => {
  const page = read("notebooks/01-first.html");
  expect(page).toContain(`src="data:image/png;base64,${Buffer.from("drawn").toString("base64")}"`);
  for (const [, file] of page.matchAll(/<(?:link|script)[^>]* (?:src|href)="(\.\.[^"]+)"/g))
    expect(file).toMatch(/^\.\.\/page\//);
  expect(existsSync(path.join(run, "page/plotly.min.js"))).toBe(true);
});

test.each([
  [["a", "b"], "results: expected the folder of one run, found a b.\n"],
  [[], "results: expected the folder of one run, found none.\n"],
  [["docs"], `${path.join(root, "docs/notebooks")}: expected notebooks named 01-….ipynb, found none.\n`],
])("%j is refused in a sentence", (words, problem) => {
  const {status, stderr} = spawnSync(process.execPath, [...TYPESCRIPT, "site/build/results-program.ts", ...words], {
    cwd: root,
    encoding: "utf8",
  });
  expect({status, stderr}).toEqual({status: 1, stderr: problem});
});
