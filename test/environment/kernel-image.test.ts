import {spawnSync} from "node:child_process";
import {appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {compileFunction} from "node:vm";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");
const image = path.join(root, "environment/kernel/image");
const {findImage, keyOf, checksum} = jest.requireActual<{
  findImage(project: string, folder: string): string | undefined;
  keyOf(project: string, folder: string): string;
  checksum(file: string): string;
}>(path.join(image, "find.cjs"));
const {bundle} = jest.requireActual<{bundle(main: string): string}>(path.join(image, "bundle.cjs"));
const {Watching} = jest.requireActual<{Watching: new (system: object) => {begin(): void}}>(
  path.join(image, "watching.cjs"),
);

const folder = temporaryFolder();

/** Runs Node without jest's options; its output. */
const node = (...args: string[]) =>
  spawnSync(process.execPath, args, {cwd: root, encoding: "utf8", env: {...process.env, NODE_OPTIONS: ""}}).stdout;

describe("an image", () => {
  const project = () => folder("project");
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(folder("project", name)), {recursive: true});
    writeFileSync(folder("project", name), text);
  };
  const lessons = () => folder("project/notebooks");
  const found = () => findImage(project(), lessons());
  let file: string;

  beforeEach(() => {
    rmSync(project(), {recursive: true, force: true});
    write("node_modules/.package-lock.json", "{}");
    write("lib/package.json", "{}");
    write("lib/dist/index.d.ts", "export declare const a: number;");
    write("lib/dist/index.js", "exports.a = 1;");
    write("packages/core/dist/index.d.ts", "export declare const b: number;");
    cpSync(path.join(root, "environment/kernel"), folder("project/environment/kernel"), {recursive: true});
    write("environment/.build/kernel/new", "memory");
    file = folder(
      "project/environment/.build/kernel",
      `${keyOf(project(), lessons())}.${checksum(folder("project/environment/.build/kernel/new"))}`,
    );
    write(path.relative(project(), file), "memory");
  });

  test("is found for what it was made of", () => {
    expect(found()).toBe(file);
    write("lib/dist/index.js", "exports.a = 2;");
    expect(found()).toBe(file);
  });

  test.each([
    "node_modules/.package-lock.json",
    "lib/dist/index.d.ts",
    "packages/core/dist/index.d.ts",
    "lib/package.json",
    "environment/kernel/compiler.cjs",
  ])("is not used after a change of %s", (name) => {
    appendFileSync(folder("project", name), " ");
    expect(found()).toBeUndefined();
  });

  test("is not used when it is damaged", () => {
    writeFileSync(file, "mem");
    expect(found()).toBeUndefined();
    writeFileSync(file, "memoRy");
    expect(found()).toBeUndefined();
  });

  test("is not used in another folder, or by Node with other options", () => {
    expect(findImage(project(), project())).toBeUndefined();
    expect(findImage(project(), folder("project/work"))).toBeUndefined(); // it has an image of its own
    const places = [project(), lessons()].map((place) => JSON.stringify(place)).join(", ");
    const key = `require(${JSON.stringify(path.join(image, "find.cjs"))}).keyOf(${places})`;
    expect(node("-p", key).trim()).toBe(keyOf(project(), lessons()));
    expect(node("--max-old-space-size=1000", "-p", key).trim()).not.toBe(keyOf(project(), lessons()));
  });
});

test("a bundle runs modules as Node does: each once, in circles, with data and built-in modules", () => {
  mkdirSync(folder("bundle"));
  const modules = {
    "main.cjs":
      'exports.b = require("./b.cjs"); exports.again = require("./b.cjs"); exports.main = __filename; result(exports, require);',
    "b.cjs":
      'exports.early = require("./main.cjs"); exports.data = require("./data.json"); exports.sep = require("node:path").sep;',
    "data.json": '{"x": [1]}',
  };
  for (const [name, text] of Object.entries(modules)) writeFileSync(folder("bundle", name), text);
  const main = folder("bundle/main.cjs");
  const result = jest.fn<void, [Record<string, unknown>, NodeJS.Require]>();
  compileFunction(bundle(main), ["require", "result"])(require, result);
  const [exported, requireInside] = result.mock.calls[0];
  expect(exported).toMatchObject({b: {data: {x: [1]}, sep: path.sep}, main});
  expect(exported.again).toBe(exported.b);
  expect((exported.b as {early: unknown}).early).toBe(exported);
  expect(Object.keys(requireInside.cache)).toEqual(Object.keys(modules).map((name) => folder("bundle", name)));
  expect(requireInside.resolve("./b.cjs")).toBe(folder("bundle/b.cjs"));
});

test("folders are watched from the start of the kernel on, and files that it reads later", () => {
  const [watchFile, watchDirectory] = [jest.fn(), jest.fn<{close: () => void}, [string]>(() => ({close: jest.fn()}))];
  const system: Record<string, (name: string) => {close(): void}> = {watchFile, watchDirectory};
  const watching = new Watching(system);
  system.watchFile("declarations");
  const [kept, closed] = [system.watchDirectory("kept"), system.watchDirectory("closed")];
  closed.close();
  expect(watchDirectory).not.toHaveBeenCalled();
  watching.begin();
  system.watchFile("local");
  system.watchDirectory("later");
  expect(watchFile.mock.calls).toEqual([["local"]]);
  expect(watchDirectory.mock.calls).toEqual([["kept"], ["later"]]);
  kept.close();
  expect(watchDirectory.mock.results[0].value.close).toHaveBeenCalledTimes(1);
});

/**
 * Starts a kernel through Jupyter; runs, completes and inspects cells; prints what each shows, and how the kernel started. A
 * kernel that does not answer ends with this program, which names the cell.
 */
const ASK = `
import asyncio, json, os, subprocess, sys
import psutil
from jupyter_client.manager import AsyncKernelManager
spec, folder, order = json.loads(sys.argv[1])
os.environ["JUPYTER_PATH"] = spec
SECONDS = 200

async def press(manager, pressing): # as a user does: again, while the cell goes on
    while not pressing.done():
        await manager.interrupt_kernel()
        await asyncio.wait([pressing], timeout=2)

async def run(manager, client, source, text=None): # a cell is interrupted after it has printed the given text
    while True:
        shown, pressing, press_task = [], asyncio.get_running_loop().create_future(), None
        def see(message):
            nonlocal press_task
            shown.append(message["content"].get("text", ""))
            if text and text in shown[-1] and not press_task:
                press_task = asyncio.create_task(press(manager, pressing))
        reply = await client.execute_interactive(source, timeout=SECONDS, output_hook=see)
        pressing.set_result(None)
        if reply["content"]["status"] != "abort":
            return "".join(shown).strip()
        await asyncio.sleep(0.1) # for a moment after an error, the kernel answers nothing else

async def main():
    manager = AsyncKernelManager(kernel_name="asked")
    # A kernel that outlives this program must not hold its output open.
    await manager.start_kernel(cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=SECONDS)
        process = psutil.Process(manager.provisioner.pid)
        answers = []
        for kind, source, *text in order:
            try:
                if kind == "run":
                    answers.append(await run(manager, client, source, *text))
                else:
                    ask = client.complete if kind == "complete" else client.inspect
                    reply = await ask(source.replace("|", ""), source.index("|"), reply=True, timeout=SECONDS)
                    answers.append(reply["content"].get("matches") or reply["content"]["data"]["text/plain"])
            except (TimeoutError, asyncio.TimeoutError) as error:
                raise SystemExit(f"no answer in {SECONDS} s to {kind} {source!r} after {answers}: {process.status()}, {process.cpu_times()}") from error
        print(json.dumps({"answers": answers, "image": "--snapshot-blob" in process.cmdline(), "name": process.name()}))
        client.stop_channels()
    finally:
        await manager.shutdown_kernel(now=True)

asyncio.run(main())
`;

type Order = ["run", string, string?] | ["complete" | "inspect", string];

function ask(argv: string[], orders: Order[], place = "notebooks") {
  const spec = {
    argv: [...argv, "kernel", "--config-path", "{connection_file}"],
    display_name: "asked",
    language: "typescript",
  };
  mkdirSync(folder("spec/kernels/asked"), {recursive: true});
  writeFileSync(folder("spec/kernels/asked/kernel.json"), JSON.stringify(spec));
  const python = path.join(root, "environment/.venv/bin/python");
  const job = JSON.stringify([folder("spec"), path.join(root, place), orders]);
  const {stdout, stderr} = spawnSync(python, ["-c", ASK, job], {
    encoding: "utf8",
    env: {...process.env, NODE_OPTIONS: ""},
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as {answers: (string | string[])[]; image: boolean; name: string};
}

/** The images of this Node, which some versions cannot make. */
const made = () => node(path.join(image, "make.cjs")).trim();

test("images that set-up has made are found, and there are images for Node 20", () => {
  const found = ["notebooks", "work"].map((place) => findImage(root, path.join(root, place)) ?? "");
  expect(made()).toBe(found.join("\n").trim());
  if (process.version.startsWith("v20.")) expect(found).not.toContain("");
});

test("a kernel in work/ starts from an image, and finds the library and modules beside its notebook", () => {
  mkdirSync(path.join(root, "work"), {recursive: true});
  const module = path.join(root, "work", `helper-${process.pid}.ts`);
  writeFileSync(module, "export const seven: number = 7;\n");
  try {
    const orders: Order[] = [
      ["run", 'import {openLab} from "@lola-ts/laboratory";\nopenLab({preset: "smoke"}).config.preset'],
      ["run", `import {seven} from "./${path.basename(module, ".ts")}";\nseven`],
    ];
    const {answers, image: hasImage} = ask(["sh", path.join(root, "environment/kernel.sh")], orders, "work");
    expect(answers).toEqual(["smoke", "7"]);
    expect(hasImage).toBe(made() !== "");
  } finally {
    rmSync(module);
  }
});

test("a kernel from the image answers as one without, and its children are other programs", () => {
  const hasImage = made() !== "";

  writeFileSync(folder("child.cjs"), "process.send([require.main === module, process.execArgv.length > 0]);");
  const fork = `require("node:child_process").fork(${JSON.stringify(folder("child.cjs"))})`;
  const worker = `const {parentPort} = require("node:worker_threads"); ${fork}.on("message", (m) => parentPort.postMessage(m));`;
  const orders: Order[] = [
    [
      "run",
      'import {openLab} from "@lola-ts/laboratory";\nimport {tf} from "lola";\nimport {basename} from "node:path";\nconst lab = openLab({preset: "smoke"});',
    ],
    ["run", "const x = tf.ones([2, 3]);\nx.sum().dataSync()[0]"],
    ["run", "const wrong: string = lab.config.seed;"],
    ["run", "lab.config.seeds"],
    ["run", 'import {Matrix} from "ml-matrix";\nnew Matrix([[basename("/a/b").length]]).get(0, 0)'],
    ["run", "const thrown = () => {\n  throw new Error('Here.');\n};\n\nthrown();"],
    ["run", 'const {default: sharp} = await import("sharp");\ntypeof sharp'],
    ["run", 'import {nowhere} from "./nowhere";'],
    ["complete", "lab.show|"],
    ["complete", "tf.zer|"],
    ["inspect", "lab.showTa|ble"],
    ["inspect", "tf.zer|os"],
    ["inspect", "Buffer.fr|om"],
    // The cell waits when it prints: Node may hold back a signal that comes as a program ends its first part.
    [
      "run",
      'setTimeout(() => console.log("waiting"));\nawait new Promise((resolve) => setTimeout(resolve, 600_000));',
      "waiting",
    ],
  ];
  const children: Order[] = [
    ["run", `await new Promise((resolve) => ${fork}.on("message", resolve))`],
    [
      "run",
      `import {Worker} from "node:worker_threads";\nconst worker = new Worker(${JSON.stringify(worker)}, {eval: true});\n` +
        'await new Promise((resolve) => worker.on("message", resolve))',
    ],
  ];
  const plain = ask(["node", path.join(root, "environment/kernel.cjs")], orders);
  const fromImage = ask(["sh", path.join(root, "environment/kernel.sh")], [...orders, ...children]);
  expect({image: plain.image, name: plain.name}).toEqual({image: false, name: "node"});
  expect({image: fromImage.image, name: fromImage.name}).toEqual({image: hasImage, name: "node"}); // no shell is left
  // A worker's child inherits the option that names the image.
  expect(fromImage.answers).toEqual([...plain.answers, "[ true, false ]", `[ true, ${hasImage} ]`]);
  const [imports, sum, wrong] = plain.answers;
  expect([imports, sum]).toEqual(["", "6"]);
  expect(wrong).toMatch("Type 'number' is not assignable to type 'string'.");
  const [methods, functions, showTable, zeros] = plain.answers.slice(8);
  expect(methods).toContain("showTable");
  expect(functions).toContain("zerosLike");
  expect(showTable).toMatch(/^\(method\) Presenter\.showTable\([^]*Show a table/);
  expect(zeros).toMatch("Creates a `tf.Tensor` with all elements set to 0.");
});

test("a kernel starts without an image where none fits", () => {
  const {stdout, stderr} = spawnSync("sh", [path.join(root, "environment/kernel.sh"), "--version"], {
    cwd: folder(),
    encoding: "utf8",
    env: {...process.env, NODE_OPTIONS: ""},
  });
  expect({stdout, stderr}).toEqual({stdout: "tslab 1.0.22\n", stderr: ""});
});
