import {spawn} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {copyFile, mkdir, mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {cellsOf as readCells, lessons, lessonsFolder, template, textOf, type Cell} from "./notebooks/program";

const root = path.resolve(__dirname, "..");
const cellsOf = (name: string) => readCells(path.join(lessonsFolder, name));

/** The core path; the other lessons are studies. */
const core = lessons.filter((name) => name < "10");

const isPicture = (type: string) => type.startsWith("image/");
const outputsOf = ({outputs = []}: Cell) => outputs.filter(({output_type}) => output_type !== "stream");
const htmlOf = ({data}: {data?: Record<string, unknown>}) => [data?.["text/html"] ?? ""].flat().map(String).join("");

describe.each(lessons)("%s", (name) => {
  const cells = cellsOf(name);
  const code = cells.filter((cell) => cell.cell_type === "code");
  const prose = cells.flatMap((cell) => (cell.cell_type === "markdown" ? [textOf(cell)] : []));
  const outputs = code.flatMap(outputsOf);
  const html = outputs.map(htmlOf);
  const tablesIn = (texts: string[]) => texts.flatMap((text) => text.match(/<table[^]*?<\/table>/g) ?? []);
  const isCore = core.includes(name);

  test("begins with its question, the paper's section, what it needs, gives and costs, and its neighbours", () => {
    const [first] = prose;
    expect(first).toMatch(/^# \d+ · .+\n\n\*.+\?\*\n/);
    for (const word of ["**Paper:** ", "**You need:** ", "**You will have:** ", "**Costs:** "])
      expect(first).toContain(word);
    expect(first).toContain("](https://arxiv.org/");
    const place = lessons.indexOf(name);
    const [before, after] = [lessons[place - 1], lessons[place + 1]];
    const neighbours = isCore ? [before ?? "README.md", after < "10" ? after : "README.md"] : ["README.md"];
    for (const neighbour of neighbours) expect(first).toContain(`](${neighbour})`);
  });

  test("ends with three things to notice, a sentence each and in the core with a number, and questions to try", () => {
    const [, noticed] = /\*\*What to notice\.\*\*\n\n([^]*?)\n\n\*\*Try it\.\*\*/.exec(prose.at(-1)!)!;
    expect(noticed.split("\n").map((line) => line.slice(0, 2))).toEqual(["- ", "- ", "- "]);
    const bullets = noticed.split("\n").map((line) => line.replace(/\]\([^)]*\)/g, "]"));
    for (const bullet of bullets) expect(bullet.match(/[.?!](?= [A-Z]|$)/g)).toHaveLength(1);
    if (isCore) expect(bullets.filter((bullet) => !/\d|\b(half|twice|two|three|four|five)\b/.test(bullet))).toEqual([]);
  });

  test("has cells of at most 20 lines of 110 characters beside their imports, and is at most 1.5 MB", () => {
    for (const cell of code) {
      const lines = textOf(cell)
        .split("\n")
        .filter((line) => !line.startsWith("import "));
      expect(lines.length).toBeLessThanOrEqual(20);
      expect(lines.filter(({length}) => length > 110)).toEqual([]);
    }
    expect(readFileSync(path.join(lessonsFolder, name)).length).toBeLessThan(1.5e6);
  });

  test("is short, and shows few tables, the large ones folded", () => {
    const words = prose
      .map((text) => text.replace(/```[^]*?```/g, ""))
      .join(" ")
      .split(/\s+/).length;
    expect(words).toBeLessThanOrEqual(isCore ? 1200 : 2000);
    const isShown = (output: (typeof outputs)[number]) =>
      htmlOf(output).includes("<table") || Object.keys(output.data ?? {}).some(isPicture);
    expect(outputs.filter(isShown).length).toBeLessThanOrEqual(isCore ? 8 : 16);
    const open = tablesIn(html.map((text) => text.replace(/<details>[^]*?<\/details>/g, "")));
    for (const table of open) {
      expect(table.match(/<tr>/g)!.length).toBeLessThanOrEqual(11);
      expect(table.match(/<th /g)!.length).toBeLessThanOrEqual(6);
    }
    if (!isCore) return;
    const count = tablesIn(html).length;
    expect(count).toBeLessThanOrEqual(4);
    expect(count - open.length).toBeLessThanOrEqual(1);
    const first = cells.findIndex((cell) => outputsOf(cell).some(({data}) => Object.keys(data ?? {}).some(isPicture)));
    expect(first).toBe(1);
  });

  test("carries the outputs of a whole run, without an error", () => {
    for (const cell of code) {
      expect(cell.execution_count).toEqual(expect.any(Number));
      expect(cell.outputs!.filter(({output_type, name}) => output_type === "error" || name === "stderr")).toEqual([]);
    }
  });

  test("shows each figure once, as a picture and live", () => {
    for (const {data} of outputs) {
      if (data?.["application/vnd.plotly.v1+json"]) expect(Object.keys(data).join()).toMatch(/image\/(png|gif)/);
    }
  });
});

test("cells that train or forecast say what they make, so that pages show its cost before they run", () => {
  const needs = lessons.flatMap((name) =>
    cellsOf(name).flatMap(({id, metadata}) => (metadata?.lola ? [[id, metadata.lola]] : [])),
  );
  expect(Object.fromEntries(needs)).toEqual({
    "01-01": {makes: "dataset"},
    "02-01": {makes: "autoencoders"},
    "04-12": {makes: "emulators"},
    "05-01": {makes: "rollouts", trained: 8},
    "05-21": {makes: "rollouts"},
    "06-15": {makes: "rollouts"},
    "13-03": {makes: "emulators"},
    "17-91": {makes: "rollouts"},
  });
});

/** An exercise: predict, run, compare; code to write, which a check judges; or a derivation. */
const EXERCISES = {
  run: /^\*\*\d\. .+\?\*\* \(.+\)\n\n```ts(?: tour)?\n[^]+\n```\n\nExpected: .+\n\n<details><summary>Answer<\/summary>\n\n[^]+\n\n<\/details>/,
  write:
    /^\*\*\d\. .+\?\*\* \(write it\)\n\n```ts\n[^]+lab\.check\([^]+\n```\n\nExpected: .+\n\n<details><summary>Answer<\/summary>\n\n```ts solution\n[^]+```\n\n<\/details>/,
  derive: /^\*\*\d\. .+\?\*\* \(derive it\)\n\n<details><summary>Solution<\/summary>\n\n[^]+\n\n<\/details>/,
};

test("exercises are run, written or derived, each with a folded answer; the core has all three kinds", () => {
  for (const name of lessons) {
    const exercises = textOf(cellsOf(name).at(-1)!)
      .split("**Try it.**")[1]
      .split(/^(?=\*\*\d\. )/m)
      .slice(1);
    expect(exercises.length).toBeGreaterThan(0);
    const kindOf = (text: string) => /\((write|derive) it\)\n/.exec(text.split("\n", 1)[0] + "\n")?.[1] ?? "run";
    for (const exercise of exercises) expect(exercise).toMatch(EXERCISES[kindOf(exercise) as keyof typeof EXERCISES]);
    const kinds = new Set(exercises.map(kindOf));
    if (core.includes(name) && name > "01")
      expect({name, kinds: [...kinds].sort()}).toEqual({name, kinds: ["derive", "run", "write"]});
  }
});

test("the core and the paper's tables serve every system: no cell names a field or parameter of one", () => {
  const own = /["'.](energy|density|pressure|momentum|buoyancy|velocity|temperature|gamma|Rayleigh|rho0)\b/;
  for (const name of lessons.filter((file) => file < "10" || file.startsWith("13"))) {
    for (const cell of cellsOf(name).filter(({cell_type}) => cell_type === "code")) {
      expect(textOf(cell)).not.toMatch(own);
    }
  }
});

/** Run a program of Node's for a system at smoke size; its exit code, and what it wrote. */
async function runAtSmokeSize(args: string[], env: NodeJS.ProcessEnv): Promise<{code: number | null; output: string}> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: {...process.env, NODE_OPTIONS: "", LOLA_PRESET: "smoke", ...env},
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return {code, output};
}

const cells = ["-r", "./environment/typescript.cjs", "test/notebooks/cells.ts"];

/** Notebooks of the system that is chosen. The others name theirs, and run once. */
const ofChosenSystem = lessons.filter((name) => cellsOf(name).some((cell) => textOf(cell).includes("openLab()")));

/** Euler, which has two dimensions as well, is what the tests of packages/laboratory run. */
test.each([
  ["all notebooks", "rayleigh-benard, with their exercises", ["table-09", "table-12"], ["--exercises"]],
  ["notebooks that name no system", "gravity-cooling", ["table-10", "table-13"], ["--only", ofChosenSystem.join()]],
])(
  "%s run at smoke size for %s, and write the paper's figures and tables",
  async (_, chosen, own, args) => {
    const out = await mkdtemp(path.join(tmpdir(), "notebooks-"));
    const [system] = chosen.split(",");
    const env = {LOLA_SYSTEM: system, LOLA_OUT: out, LOLA_DATA: path.join(out, "data")};
    try {
      const {code, output} = await runAtSmokeSize([...cells, ...args], env);
      expect({code, output: code === 0 ? "" : output}).toEqual({code: 0, output: ""});
      const tables = ["table-01", "table-04", "table-06", ...own].flatMap((name) => [`${name}.csv`, `${name}.tex`]);
      const figures = ["03", "04", "05"].flatMap((number) => [`figure-${number}.png`, `figure-${number}.html`]);
      for (const file of [...tables, ...figures]) expect(existsSync(path.join(out, "figures", file))).toBe(true);
      expect(readFileSync(path.join(out, "figures/data-animation.gif")).subarray(0, 6).toString()).toBe("GIF89a");
      expect(JSON.parse(readFileSync(path.join(out, "figures/claims.json"), "utf8")).length).toBeGreaterThan(12);
    } finally {
      await rm(out, {recursive: true});
    }
  },
  900_000, // beside other tests
);

test("the template of one's own notebooks runs at smoke size, and writes a figure of the comparison", async () => {
  await mkdir(path.join(root, ".out"), {recursive: true});
  const out = await mkdtemp(path.join(root, ".out/template-")); // inside of the project, where cells find the library
  try {
    await copyFile(template, path.join(out, "01-template.ipynb"));
    const places = {LOLA_NOTEBOOKS: out, LOLA_OUT: out, LOLA_DATA: path.join(out, "data")};
    const {code, output} = await runAtSmokeSize(cells, {LOLA_SYSTEM: "euler", ...places});
    expect({code, output: code === 0 ? "" : output}).toEqual({code: 0, output: ""});
  } finally {
    await rm(out, {recursive: true});
  }
});

test.each([
  ["02-failing-cell", "02-failing-cell.ipynb, cell 2: RangeError: fraction: expected b other than 0, found 0"],
  ["03-rejection", "03-rejection.ipynb, cell 2: Error: lost promise"],
])("without kernels, %s fails and names its cell", async (name, sentence) => {
  const env = {LOLA_SYSTEM: "euler", LOLA_NOTEBOOKS: path.join(__dirname, "environment/reproduce/fixtures")};
  const {code, output} = await runAtSmokeSize([...cells, "--only", name], env);
  expect(code).toBe(1);
  expect(output).toContain(sentence);
  expect(output).not.toContain("never reached");
});
