/** The kernel that set-up installs: from its image and without one it answers alike, and knows the library. */
import {spawnSync} from "node:child_process";
import {mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";
import {install, Kernel} from "../../packages/kernel/test/kernel";

const root = path.resolve(__dirname, "../..");
const settings = path.join(root, "environment/kernel.json");
const image = (program: string) => path.join(root, "packages/kernel/dist/image", program);
const folder = temporaryFolder();

/** Run Node without jest's options; its output. */
const node = (cwd: string, ...args: string[]) =>
  spawnSync(process.execPath, args, {cwd, encoding: "utf8", env: {...process.env, NODE_OPTIONS: ""}}).stdout.trim();

/** The images of this Node, which some versions cannot make. */
const made = node(root, image("make.js"), settings);

/** The command line of a kernel. */
const commandOf = ({pid}: Kernel) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");

test("images that set-up has made are found, and there are images for Node 20", () => {
  const found = ["notebooks", "work"].map((place) => node(path.join(root, place), image("find.js"), settings));
  expect(made).toBe(found.join("\n").trim());
  if (process.version.startsWith("v20.")) expect(found).not.toContain("");
});

test("lola's declarations are read as the kernel starts, so that the first cell need not wait for them", () => {
  const cell =
    'import {openLab} from "@lola-ts/laboratory";\nimport {tf} from "lola";\nconst lab = openLab();\nconst x: tf.Tensor = tf.zeros([2]);';
  const read = `
    const fs = require("node:fs");
    const {readFileSync} = fs;
    let count = 0;
    fs.readFileSync = (name, ...rest) => {
      if (/\\.d\\.ts$/.test(name)) count++;
      return readFileSync(name, ...rest);
    };
    const {prepare} = require(${JSON.stringify(path.join(root, "packages/kernel/dist/prepare.js"))});
    const {readSettings} = require(${JSON.stringify(path.join(root, "packages/kernel/dist/settings.js"))});
    const {converter} = prepare(readSettings(${JSON.stringify(settings)}).declarations);
    const start = count;
    const {diagnostics} = converter.convert("", ${JSON.stringify(cell)});
    process.stdout.write(JSON.stringify({diagnostics, start, first: count - start}));
    process.exit();`;
  const {diagnostics, start, first} = JSON.parse(node(path.join(root, "notebooks"), "-e", read)) as Record<
    string,
    unknown
  >;
  expect(diagnostics).toEqual([]);
  expect(start).toBeGreaterThan(500);
  expect(first).toBe(0);
});

test("a kernel in work/ finds the library and modules beside its notebook", async () => {
  mkdirSync(path.join(root, "work"), {recursive: true});
  const module = path.join(root, "work", `helper-${process.pid}.ts`);
  writeFileSync(module, "export const seven: number = 7;\n");
  const kernel = await Kernel.start(install(folder("work"), settings), path.join(root, "work"));
  try {
    const open = 'import {openLab} from "@lola-ts/laboratory";\nopenLab({preset: "smoke"}).config.preset';
    expect(await kernel.show(open)).toBe("smoke");
    expect(await kernel.show(`import {seven} from "./${path.basename(module, ".ts")}";\nseven`)).toBe("7");
    expect(commandOf(kernel).includes("--snapshot-blob")).toBe(made !== "");
  } finally {
    await kernel.stop();
    rmSync(module);
  }
});

/** Cells, and places in code, that a kernel is asked. */
const CELLS = [
  'import {openLab} from "@lola-ts/laboratory";\nimport {tf} from "lola";\nimport {basename} from "node:path";\nconst lab = openLab({preset: "smoke"});',
  "const x = tf.ones([2, 3]);\nx.sum().dataSync()[0]",
  "const wrong: string = lab.config.seed;",
  "lab.config.strides",
  'openLab({preset: "none"} as never);',
  'import {Matrix} from "ml-matrix";\nnew Matrix([[basename("/a/b").length]]).get(0, 0)',
  "const thrown = () => {\n  throw new Error('Here.');\n};\n\nthrown();",
  'const {default: sharp} = await import("sharp");\ntypeof sharp',
];
const COMPLETED = ["lab.show|", "tf.zer|", 'openLab({preset: "|'];
const INSPECTED = ["lab.showTa|ble", "tf.zer|os", "Buffer.fr|om"];

/** Start a kernel in notebooks/ and ask it everything. */
async function ask(specs: string) {
  const kernel = await Kernel.start(specs, path.join(root, "notebooks"));
  const shown: string[] = [];
  for (const cell of CELLS) shown.push(await kernel.show(cell));
  const completed: string[][] = [];
  for (const code of COMPLETED) completed.push((await kernel.complete(code)).matches);
  const inspected: (string | null)[] = [];
  for (const code of INSPECTED) inspected.push(await kernel.inspect(code));
  const {error} = await kernel.run('console.log("waits");\nawait new Promise(() => {});', "waits");
  return {kernel, answers: {shown, completed, inspected, error}};
}

test("a kernel from the image answers as one without, and its children are other programs", async () => {
  writeFileSync(folder("child.cjs"), "process.send([require.main === module, process.execArgv.length > 0]);");
  const fork = `require("node:child_process").fork(${JSON.stringify(folder("child.cjs"))})`;
  const worker = `const {parentPort} = require("node:worker_threads"); ${fork}.on("message", (m) => parentPort.postMessage(m));`;
  const specs = install(folder("image"), settings);
  const fromImage = await ask(specs);
  const {shown, completed, inspected, error} = fromImage.answers;
  try {
    const [program, option] = commandOf(fromImage.kernel);
    expect({program, imaged: option === "--snapshot-blob"}).toEqual({program: "node", imaged: made !== ""}); // no shell is left
    const child = `await new Promise((resolve) => ${fork}.on("message", resolve))`;
    expect(await fromImage.kernel.show(child)).toBe("[ true, false ]");
    const inWorker =
      `import {Worker} from "node:worker_threads";\nconst worker = new Worker(${JSON.stringify(worker)}, {eval: true});\n` +
      'await new Promise((resolve) => worker.on("message", resolve))';
    // A worker's child inherits the option that names the image.
    expect(await fromImage.kernel.show(inWorker)).toBe(`[ true, ${made !== ""} ]`);
  } finally {
    await fromImage.kernel.stop();
  }
  expect(shown.slice(0, 2)).toEqual(["", "6"]);
  expect(shown[2]).toMatch("Type 'number' is not assignable to type 'string'.");
  expect(shown[3]).toMatch("Did you mean 'stride'?");
  expect(shown[4]).toMatch(/"none".*\ncell line 1: openLab\(\{preset: "none"\} as never\);$/);
  expect(completed[0]).toContain("showTable");
  expect(completed[1]).toContain("zerosLike");
  expect(completed[2]).toEqual(expect.arrayContaining(["smoke", "tour", "mini", "paper"]));
  expect(inspected[0]).toMatch(/^\(method\) Presenter\.showTable\([^]*Show a table/);
  expect(inspected[1]).toMatch("Creates a `tf.Tensor` with all elements set to 0.");
  expect(error).toBe("Interrupted.");

  const {root: _, image: __, ...others} = JSON.parse(readFileSync(settings, "utf8")) as Record<string, unknown>;
  writeFileSync(folder("settings.json"), JSON.stringify({root, ...others}));
  const {kernel, answers} = await ask(install(folder("without"), folder("settings.json")));
  await kernel.stop();
  expect(answers).toEqual(fromImage.answers);
});
