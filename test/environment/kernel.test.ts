import {spawnSync} from "node:child_process";
import {copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");
const program = path.join(root, "environment/kernel.cjs");
const COMPILER = "@tslab/typescript-for-tslab/index.js";
const folder = temporaryFolder();

beforeAll(() => {
  symlinkSync(path.join(root, "node_modules"), folder("node_modules"));
  writeFileSync(folder("local.ts"), "export const double = (x: number): number => 2 * x;\n");
  writeFileSync(folder("convert.cjs"), CONVERT);
  writeFileSync(folder("run.cjs"), RUN);
  writeFileSync(folder("read.cjs"), READ);
});

/** Converts cells as the kernel does, each with the declarations of those before; a pair is a module of the notebook. */
const CONVERT = `
const [kernel, light, cells] = JSON.parse(process.argv[2]);
if (light) require(light).installCompiler(kernel + "/main.js");
const converter = require(kernel + "/converter.js").createConverter({isJS: false, isBrowser: false});
let declarations = "";
const results = cells.map((cell) => {
  if (Array.isArray(cell)) return converter.addModule(...cell);
  const result = converter.convert(declarations, cell);
  declarations = result.declOutput ?? declarations;
  return result;
});
converter.close();
process.stdout.write(JSON.stringify(results));
process.exit();
`;

/** Runs cells as the kernel does; a pair is a cell that is interrupted after some milliseconds. Prints what each shows. */
const RUN = `
const [kernel, program, cells] = JSON.parse(process.argv[2]);
require(program).install(kernel + "/main.js")();
const {createExecutor} = require(kernel + "/executor.js");
const node = require(kernel + "/converter.js").createConverter({isJS: false, isBrowser: false});
const {inspect} = require("node:util");
let shown = [];
const show = (...values) => shown.push(values.map((value) => typeof value === "string" ? value : inspect(value)).join(" "));
console.error = show;
const executor = createExecutor(process.cwd(), {node, close() {}}, {log: show, error: show});
process.on("SIGINT", () => executor.interrupt());
(async () => {
  const all = [];
  for (const cell of cells) {
    const [source, after] = [cell].flat();
    if (after) setTimeout(() => process.kill(process.pid, "SIGINT"), after);
    await executor.execute(source);
    await new Promise(setImmediate);
    all.push(shown.join("\\n"));
    shown = [];
  }
  process.stdout.write(JSON.stringify(all), () => process.exit());
})();
`;

/** Prints how many declarations are read as the kernel starts, and by a first cell. */
const READ = `
const [kernel, program, cell] = JSON.parse(process.argv[2]);
const fs = require("node:fs");
const read = fs.readFileSync;
let count = 0;
fs.readFileSync = (name, ...rest) => {
  if (/\\.d\\.ts$/.test(name)) count++;
  return read(name, ...rest);
};
require(program).installCompiler(kernel + "/main.js");
const converter = require(kernel + "/converter.js").createConverter({isJS: false, isBrowser: false});
const start = count;
const {diagnostics} = converter.convert("", cell);
process.stdout.write(JSON.stringify({diagnostics, start, first: count - start}));
process.exit();
`;

interface Converted {
  output?: string;
  declOutput?: string;
  diagnostics: {messageText: string}[];
  lastExpressionVar?: string;
  sideOutputs?: {path: string}[];
}

function answer(script: string, adapted: string | false, cells: unknown): unknown {
  const order = [path.join(root, "node_modules/tslab/dist"), adapted, cells];
  const {stdout, stderr} = spawnSync(process.execPath, [script, JSON.stringify(order)], {
    cwd: folder(),
    encoding: "utf8",
    env: {...process.env, NODE_OPTIONS: ""},
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

const convert = (cells: (string | [string, string])[], {light}: {light: boolean}) =>
  answer("convert.cjs", light && program, cells) as Converted[];

const run = (cells: (string | [string, number])[]) => answer("run.cjs", program, cells) as string[];

test("cells become the same programs as with the kernel alone", () => {
  const cells: (string | [string, string])[] = [
    'import {basename} from "node:path";\nimport {double} from "./local";\nconst x = double(basename("four").length);\nx',
    "interface Point {at: number}\nconst point: Point = {at: x};\nconst later = await Promise.resolve(point);",
    "const wrong: string = later.at;",
    "class Box<T> {constructor(readonly content: T) {}}\nlet box = new Box(point);",
    "box = new Box({at: 3});\nconst x = Buffer.from([box.content.at]).toString('hex');",
    ["noted", "export const noted = 1;"],
    'import {noted} from "./noted";\nx + noted',
    "later.nowhere",
  ];
  const plain = convert(cells, {light: false});
  const light = convert(cells, {light: true});
  for (const cell of light) cell.output = cell.output?.replace(/\(__tslab__\.line = \d+, (.*)\);/, "$1;");
  expect(light).toEqual(plain);
  expect(light[0].sideOutputs?.map(({path: name}) => path.basename(name))).toEqual(["local.js"]);
  expect(light[2].diagnostics[0].messageText).toBe("Type 'number' is not assignable to type 'string'.");
  expect(light[6]).toMatchObject({diagnostics: [], lastExpressionVar: "tsLastExpr"});
  expect(light[7].diagnostics).toHaveLength(1);
});

test("lola's declarations are read as the kernel starts, so that the first cell need not wait for them", () => {
  const {diagnostics, start, first} = answer(
    "read.cjs",
    program,
    'import {openLab} from "@lola-ts/laboratory";\nimport {tf} from "lola";\nconst lab = openLab();\nconst x: tf.Tensor = tf.zeros([2]);',
  ) as {diagnostics: unknown[]; start: number; first: number};
  expect(diagnostics).toEqual([]);
  expect(start).toBeGreaterThan(500);
  expect(first).toBe(0);
});

test("a cell sees Node's types and not those of tests, is strict about null, and lists take the type of what is added", () => {
  const [node, tests, strict, list, later, untyped] = convert(
    [
      "process.version",
      'test("a name of jest", () => undefined);',
      "const found = [1].find((x) => x > 1);\nfound.toFixed()",
      "const rows = [];\nrows.push({a: 1});\nconst sum = rows.map((row) => row.a);",
      "rows.length",
      "const twice = function (x) {return 2 * x;};",
    ],
    {light: true},
  );
  expect(tests.diagnostics[0].messageText).toMatch(/^Cannot find name 'test'/);
  expect(strict.diagnostics.map(({messageText}) => messageText)).toEqual(["'found' is possibly 'undefined'."]);
  expect([node, list, later, untyped].flatMap(({diagnostics}) => diagnostics)).toEqual([]);
});

const INTERRUPTED = "Interrupted: what was finished is kept, and running the cell again continues from there.";
const compiled = (name: string) => JSON.stringify(path.join(root, "packages", name));

/** Cells and what they show. The lines differ from those of the program that a cell becomes. */
const SHOWN: [cell: string | [string, number], shown: string | RegExp][] = [
  // an interrupt is one sentence, and the next cell runs
  [["await new Promise((resolve) => setTimeout(resolve, 60_000));", 100], INTERRUPTED],
  ['throw Object.assign(new Error("of the library"), {code: "interrupted"})', INTERRUPTED],
  [
    'import {sep} from "node:path";\ninterface Point {\n  at: number;\n}\nconst at = (point?: Point) => {\n  // a comment\n\n' +
      "  return point!.at;\n};",
    "",
  ],
  [
    "// first line\nconst here = 1;\n\nconst there = at(undefined);",
    "TypeError: Cannot read properties of undefined (reading 'at')\ncell [3] line 8: return point!.at;\n" +
      "cell line 4: const there = at(undefined);",
  ],
  [
    'await Promise.resolve();\nthrow new RangeError("steps: expected 1 or more, found 0");',
    'RangeError: steps: expected 1 or more, found 0\ncell line 2: throw new RangeError("steps: expected 1 or more, found 0");',
  ],
  // not every stack leads back to the cell
  [
    'const late = Object.assign(new Error("Late."), {stack: ""});\nawait new Promise((_, reject) => setTimeout(reject, 5, late));',
    "Error: Late.\ncell line 2: await new Promise((_, reject) => setTimeout(reject, 5, late));",
  ],
  [
    'throw new Error("The run failed.", {cause: new Error("The disk is full.")});',
    "Error: The run failed.\nbecause of Error: The disk is full.\n" +
      'cell line 1: throw new Error("The run failed.", {cause: new Error("The disk is full.")});',
  ],
  ['throw "a word";', "a word"],
  // a fault in the library has a place there, a sentence of the library has none
  [
    `const {sizeOf} = require(${compiled("core/dist/shape.js")});\nsizeOf(undefined);`,
    /^TypeError: .*\ncell line 2: sizeOf\(undefined\);\n {2}in sizeOf \(packages\/core\/dist\/shape\.js:\d+\)$/,
  ],
  [
    `const {systemOf} = require(${compiled("simulators/dist/registry.js")});\nsystemOf("none");`,
    /^\w*Error: .*"none".*\ncell line 2: systemOf\("none"\);$/,
  ],
  // a forgotten await
  ["Promise.resolve(3)", "a promise: write `await` before it"],
  [
    'Promise.reject(new Error("Lost."));\n1',
    '1\nUnhandledPromiseRejection: Error: Lost.\ncell line 1: Promise.reject(new Error("Lost."));\n' +
      "Nothing waits for this promise: write `await` before it.",
  ],
];

test("errors, interrupts and forgotten awaits show a few lines that name the cell's", () => {
  const shown = run(SHOWN.map(([cell]) => cell));
  SHOWN.forEach(([, expected], i) => {
    if (typeof expected === "string") expect(shown[i]).toBe(expected);
    else expect(shown[i]).toMatch(expected);
  });
});

test("a shorthand property takes the value of an earlier cell's variable", () => {
  const shown = run([
    'import {sep} from "node:path";\nlet steps = 3;',
    "const later = async () => ({steps, sep, nested: [{steps}]});",
    "steps = 4;\nawait later()",
    "({steps} = {steps: 5});\nsteps",
    "const other = (steps: number) => ({steps});\nother(7)",
  ]);
  expect(shown.slice(2)).toEqual(["{ steps: 4, sep: '/', nested: [ { steps: 4 } ] }", "5", "{ steps: 7 }"]);
});

test("another version of tslab starts as it is", () => {
  const start = (name: string, version: string) => {
    const at = (file: string) => folder(name, file);
    const files = {
      "tslab/dist/main.js": 'exports.main = () => console.log("started");',
      "tslab/package.json": JSON.stringify({version}),
      [COMPILER]: 'throw new Error("No compiler.");',
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(at(`node_modules/${file}`)), {recursive: true});
      writeFileSync(at(`node_modules/${file}`), text);
    }
    copyFileSync(program, at("kernel.cjs"));
    cpSync(path.join(root, "environment/kernel"), at("kernel"), {recursive: true});
    const {stdout, stderr} = spawnSync(process.execPath, [at("kernel.cjs"), "kernel"], {encoding: "utf8"});
    return {stdout, stderr};
  };
  const started = (reason: string) => ({
    stdout: "started\n",
    stderr: `The kernel starts without environment/kernel.cjs: ${reason}\n`,
  });
  expect(start("other", "9.0.0")).toEqual(started("it is for tslab 1.0.22, found 9.0.0."));
  expect(start("broken", "1.0.22")).toEqual(started("No compiler."));
});
