import {execFileSync, spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {mkdtemp, readFile, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "../../..");
const program = ["environment/run.mjs", "reproduce"];
const fixtures = path.join(__dirname, "fixtures");

interface Run {
  code: number | null;
  output: string;
  folder: string;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, {recursive: true}))));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "reproduce-"));
  folders.push(folder);
  return folder;
}

/** Run the headless runner on the fixtures; `meanwhile` gets the process and the run's folder, a new one unless told. */
async function reproduce(
  args: string[],
  meanwhile?: (child: ReturnType<typeof spawn>, folder: string) => Promise<void>,
  known?: string,
): Promise<Run> {
  const folder = known ?? (await newFolder());
  const child = spawn(process.execPath, [...program, "--preset", "smoke", ...args], {
    cwd: root,
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      LOLA_NOTEBOOKS: fixtures,
      LOLA_OUT: folder,
      LOLA_DATA: path.join(folder, "data"),
      FIXTURE_FILE: path.join(folder, "state"),
    },
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await meanwhile?.(child, folder);
  const code = await ended;
  return {code, output, folder};
}

const readJson = async (file: string) => JSON.parse(await readFile(file, "utf8"));

describe("a good notebook, then one with a failing cell", () => {
  let run: Run;
  beforeAll(async () => void (run = await reproduce(["--only", "1,2"])));

  test("the run stops at the failing cell with its source and its error, and fails", () => {
    expect(run.code).toBe(1);
    expect(run.output).toContain("02-failing-cell failed in cell 2:");
    expect(run.output).toContain('throw new RangeError("fraction: expected b other than 0');
    expect(run.output).toMatch(/^RangeError: fraction: expected b other than 0, found 0$/m);
    expect(run.output).not.toMatch(/never reached|node_modules\/tslab/);
  });

  test("there is a line per stage, and a summary with times and claims", () => {
    for (const title of ["A good notebook", "Numbers", "Progress"]) {
      expect(run.output).toMatch(new RegExp(`^\\[1/2\\] 01-good {2}\\d/3 {2}${title}$`, "m"));
    }
    expect(run.output).toMatch(/^\[1\/2\] 01-good {2}done in (\d+ min )?[\d.]+ s$/m);
    expect(run.output).toMatch(/^ {2}01-good +(\d+ min )?[\d.]+ s +0\.\d\d GiB$/m);
    for (const kind of ["csv", "html", "png", "svg"]) {
      expect(existsSync(path.join(run.folder, `figures/waves.${kind}`))).toBe(true);
    }
    expect(run.output).toMatch(/^ {2}holds +Good notebooks pass\n +1 of 1$/m);
  });

  test("a page shows what was finished, and the last line says where it is", async () => {
    const page = path.join(run.folder, "index.html");
    expect(run.output.trim().split("\n").at(-1)).toBe(`Results: open ${path.relative(root, page)} in a browser.`);
    expect(await readFile(page, "utf8")).toMatch(/href="notebooks\/01-good\.html"[^]*src="figures\/waves\.png"/);
    expect(await readFile(path.join(run.folder, "notebooks/01-good.html"), "utf8")).toContain("A good notebook");
  });

  test("a figure is one output, as picture and as plotly; a progress line is its last state", async () => {
    const {cells} = await readJson(path.join(run.folder, "notebooks/01-good.ipynb"));
    const outputs = cells.map((cell: {outputs?: object[]}) => cell.outputs ?? []);
    expect(outputs[1]).toHaveLength(1);
    const [figure] = outputs[1];
    expect(Buffer.from(figure.data["image/png"], "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(figure.data["application/vnd.plotly.v1+json"].data[0]).toMatchObject({
      type: "heatmap",
      z: {dtype: "f4", shape: "16, 16"},
    });
    expect(outputs[3][0].data["text/html"].join("")).toContain("<table");
    expect(outputs[5][0].data["text/plain"].join("")).toMatch(/^counting {2}4 of 4 in 1\.\d s {2}loss 0\.25$/);
    expect(cells.filter((cell: {cell_type: string}) => cell.cell_type === "code")).toMatchObject(
      [1, 2, 3].map((execution_count) => ({execution_count, metadata: {}})),
    );
  });

  test("a knob keeps its state and what it shows, under names that do not change from run to run", async () => {
    const {cells, metadata} = await readJson(path.join(run.folder, "notebooks/01-good.ipynb"));
    const [, knob, said, result] = cells[3].outputs.map(({data}: {data: Record<string, unknown>}) => data);
    const {model_id} = knob["application/vnd.jupyter.widget-view+json"];
    const {state} = metadata.widgets["application/vnd.jupyter.widget-state+json"];
    expect(Object.keys(state)).toEqual(["widget-1", "widget-2", "widget-3"]);
    expect(state[model_id]).toMatchObject({
      model_name: "IntSliderModel",
      state: {value: 3, layout: "IPY_MODEL_widget-1"},
    });
    expect([said, result].map((data) => data["text/plain"].join(""))).toEqual(["n = 3", "square 9\n"]);
  });

  test("executed notebooks hold no path of this machine; the failed one is kept apart", async () => {
    const text = await readFile(path.join(run.folder, "notebooks/01-good.ipynb"), "utf8");
    expect(text).not.toContain(root);
    expect(text).toContain("test/environment/reproduce/fixtures smoke");
    expect(existsSync(path.join(run.folder, "notebooks/02-failing-cell.ipynb"))).toBe(false);
    const {cells} = await readJson(path.join(run.folder, "failed/02-failing-cell.ipynb"));
    expect(cells[2].outputs).toEqual([]);
  });

  test("a notebook runs again only if something changed", async () => {
    const again = async (...args: string[]) => {
      const {code, output} = await reproduce(["--only", "1", ...args], undefined, run.folder);
      expect(code).toBe(0);
      expect(output).toMatch(/^ {2}holds +Good notebooks pass$/m);
      return /01-good {2}done/.test(output)
        ? "ran"
        : /^Nothing changed since the run that ended /m.test(output) && "kept";
    };
    expect(await again()).toBe("kept");
    await rm(path.join(run.folder, "figures/waves.png"));
    expect(await again()).toBe("ran");
    expect(existsSync(path.join(run.folder, "figures/waves.png"))).toBe(true);
    expect(await again("--again", "--exercises")).toBe("ran");
    expect(await readJson(path.join(run.folder, "figures/exercise.json"))).toEqual({z: 16}); // a name of the first cell
    expect((await readJson(path.join(run.folder, "notebooks/01-good.ipynb"))).cells).toHaveLength(7); // it is not kept
  });
});

test("an error that the kernel only prints fails its cell, and so does a dead kernel", async () => {
  const [rejection, death] = await Promise.all([reproduce(["--only", "3"]), reproduce(["--only", "05-death"])]);
  expect(rejection.code).toBe(1);
  expect(rejection.output).toContain("03-rejection failed in cell 2:");
  expect(rejection.output).toMatch(/^UnhandledPromiseRejection: Error: lost promise$/m);
  expect(death.code).toBe(1);
  expect(death.output).toMatch(/05-death failed in cell 1:[^]*process\.exit\(3\)[^]*The kernel died/);
});

test("notebooks that may run beside others do, and one that says nothing waits until it is alone", async () => {
  const {code, output} = await reproduce(["--only", "6,7,8"]);
  expect(code).toBe(0);
  const lines = output.split("\n").map((line) => line.trim());
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  for (const name of ["left met right", "right met left"]) {
    expect(at(name)).toBeGreaterThan(Math.max(at("06-left"), at("07-right")));
    expect(at(name)).toBeLessThan(at("08-alone"));
  }
  // A line stands below the stage of its own notebook.
  expect(lines[at("left met right") - 1]).toMatch(/^\[\d\/3\] 06-left {2}1\/1 {2}Left$/);
  expect(lines[at("right met left") - 1]).toMatch(/^\[\d\/3\] 07-right {2}1\/1 {2}Right$/);
  expect(at("08-alone")).toBeGreaterThan(Math.max(at("06-left  done"), at("07-right  done")));
  expect(output).toContain("alone: here,here");
});

const state = (folder: string) => readFile(path.join(folder, "state"), "utf8").catch(() => "");

test("a failing cell stops the notebook beside it, which saves its work", async () => {
  const {code, output, folder} = await reproduce(["--only", "4,9"]);
  expect(code).toBe(1);
  expect(output).toMatch(/09-fails-late failed in cell 2:[^]*late, while another runs/);
  expect(output).not.toMatch(/04-endless {2}(done|failed)/);
  expect(await state(folder)).toMatch(/^\d+ running saved$/);
  expect(existsSync(path.join(folder, "notebooks"))).toBe(false);
});

test("an interrupt lets the cell save, ends the run, and leaves no process", async () => {
  const run = await reproduce(["--only", "4,5"], async (child, folder) => {
    while (!(await state(folder)) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGINT");
  });
  expect(run.code).toBe(130);
  expect(run.output).toMatch(/Interrupted\. Finished stages are kept/);
  const saved = /^(\d+) running saved$/.exec(await state(run.folder));
  expect(saved).not.toBeNull();
  expect(() => process.kill(Number(saved?.[1]), 0)).toThrow("ESRCH");
  expect(execFileSync("ps", ["-eo", "args"], {encoding: "utf8"})).not.toContain(run.folder); // the runner names it
});

describe("what cannot be run is one sentence", () => {
  test.each([
    [["--system", "burgers"], /^--system: expected rayleigh-benard.*, all, found "burgers"\.$/],
    [["--preset", "huge"], /^--preset: expected .*smoke, tour.*, found "huge"\.$/],
    [["--only", "20"], /^Unknown notebook "20" in --only: expected 01-good, 02-failing-cell, .*\.$/],
    [["--from", "end"], /^Unknown notebook "end" in --from: expected 01-good/],
    [["--from", "5", "--only", "1"], /^--from 5 and --only 1 leave no notebook to run\.$/],
    [
      ["--fast"],
      /^Unknown option --fast: known are --system, --preset, --only, --from, --again, --exercises, --train, --reference, --help\.$/,
    ],
    [["--only"], /^--only has no value: known are/],
    [["--system", "--preset", "smoke"], /^--system has no value: known are/],
    [["--again=yes"], /^--again takes no value: known are/],
    [["euler"], /^Unknown argument "euler": known are/],
  ])("%j", async (args, sentence) => {
    const {code, output} = await reproduce(args);
    expect(code).toBe(2);
    expect(output.trim()).toMatch(sentence);
    expect(output.trim()).not.toContain("\n");
  });

  test("committed results are renewed only for what is committed", async () => {
    const {code, output} = await reproduce(["--reference"]);
    expect(code).toBe(2);
    expect(output).toBe(
      "--reference: expected rayleigh-benard with preset tour or another system with preset mini, found rayleigh-benard with preset smoke.\n",
    );
  });
});
