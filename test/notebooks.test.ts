import {spawn} from "node:child_process";
import {existsSync, readdirSync, readFileSync} from "node:fs";
import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "..");
const folder = path.join(root, "notebooks");
const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

interface Cell {
  cell_type: string;
  source: string | string[];
  execution_count?: number | null;
  outputs?: {output_type: string; name?: string; data?: Record<string, unknown>}[];
}

const cellsOf = (name: string): Cell[] => JSON.parse(readFileSync(path.join(folder, name), "utf8")).cells;
const text = (cell: Cell) => (Array.isArray(cell.source) ? cell.source.join("") : cell.source);

describe.each(notebooks)("%s", (name) => {
  const cells = cellsOf(name);
  const code = cells.filter((cell) => cell.cell_type === "code");

  test("says what it asks, reads, writes and costs, and ends with what to notice and to try", () => {
    const first = text(cells[0]);
    for (const word of ["**Paper:**", "**Reads:**", "**Writes:**", "**Costs:**"]) expect(first).toContain(word);
    expect(text(cells[cells.length - 1])).toMatch(/\*\*What to notice\.\*\*[\s\S]*\*\*Try it\.\*\*/);
  });

  test("has cells of at most 25 lines and is at most 1.5 MB", () => {
    for (const cell of code) expect(text(cell).split("\n").length).toBeLessThanOrEqual(25);
    expect(readFileSync(path.join(folder, name)).length).toBeLessThan(1.5e6);
  });

  test("carries the outputs of a whole run, without an error", () => {
    for (const cell of code) {
      expect(cell.execution_count).toEqual(expect.any(Number));
      expect(cell.outputs!.filter(({output_type, name}) => output_type === "error" || name === "stderr")).toEqual([]);
    }
  });

  test("shows each figure once, as a picture and live", () => {
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    for (const {data} of outputs) {
      if (data?.["application/vnd.plotly.v1+json"]) expect(Object.keys(data).join()).toMatch(/image\/(png|gif)/);
    }
  });
});

test("exercises are questions with a cost, a block to paste, an expected effect and a folded answer", () => {
  for (const name of notebooks) {
    const exercises = text(cellsOf(name).at(-1)!)
      .split("**Try it.**")[1]
      .split(/^(?=\*\*\d\. )/m)
      .slice(1);
    expect(exercises.length).toBeGreaterThan(0);
    for (const exercise of exercises) {
      expect(exercise).toMatch(
        /^\*\*\d\. .+\?\*\* \(.+\)\n\n```ts(?: tour)?\n[\s\S]+\n```\n\nExpected: .+\n\n<details><summary>Answer<\/summary>\n\n.+\n\n<\/details>/,
      );
    }
  }
});

test("01 to 08 serve every system: no cell names a field or parameter of one", () => {
  const own = /["'.](energy|density|pressure|momentum|buoyancy|velocity|temperature|gamma|Rayleigh|rho0)\b/;
  for (const name of notebooks.filter((file) => file < "09")) {
    for (const cell of cellsOf(name).filter(({cell_type}) => cell_type === "code")) {
      expect(text(cell)).not.toMatch(own);
    }
  }
});

/** Convection, which has two dimensions as well, is in test/lab/systems.test.ts. */
test.each([
  ["euler", ["table-08", "table-11"], 9, ["--exercises"]],
  ["gravity-cooling", ["table-10", "table-13"], 9, []],
])(
  "all notebooks run at smoke size for %s, and write the paper's figures and tables",
  async (system, own, findings, options) => {
    const out = await mkdtemp(path.join(tmpdir(), "notebooks-"));
    const env = {...process.env, NODE_OPTIONS: "", LOLA_OUT: out, LOLA_DATA: path.join(out, "data")};
    const args = ["environment/reproduce/reproduce.mjs", "--system", system, "--preset", "smoke", ...options];
    const child = spawn(process.execPath, args, {cwd: root, env});
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    const code = await new Promise((resolve) => child.on("close", resolve));
    try {
      expect({code, output: code === 0 ? "" : output}).toEqual({code: 0, output: ""});
      const shared = ["table-01", "table-04", "table-06", "figure-03", "figure-04", "figure-05"];
      for (const name of [...shared, ...own]) {
        for (const extension of ["png", "html"]) {
          expect(existsSync(path.join(out, "figures", `${name}.${extension}`))).toBe(true);
        }
      }
      expect(readFileSync(path.join(out, "figures/data-animation.gif")).subarray(0, 6).toString()).toBe("GIF89a");
      expect(JSON.parse(readFileSync(path.join(out, "figures/findings.json"), "utf8"))).toHaveLength(findings);
    } finally {
      await rm(out, {recursive: true});
    }
  },
  900_000, // beside other tests
);
