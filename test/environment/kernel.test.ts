import {spawnSync} from "node:child_process";
import {copyFileSync, mkdirSync, symlinkSync, writeFileSync} from "node:fs";
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
});

/** Converts cells as the kernel does, each with the declarations of those before; a pair is a module of the notebook. */
const CONVERT = `
const [kernel, light, cells] = JSON.parse(process.argv[2]);
if (light) require(light).install(kernel + "/main.js");
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

interface Converted {
  output?: string;
  declOutput?: string;
  diagnostics: {messageText: string}[];
  lastExpressionVar?: string;
  sideOutputs?: {path: string}[];
}

function convert(cells: (string | [string, string])[], {light}: {light: boolean}): Converted[] {
  const order = [path.join(root, "node_modules/tslab/dist"), light && program, cells];
  const {stdout, stderr} = spawnSync(process.execPath, ["convert.cjs", JSON.stringify(order)], {
    cwd: folder(),
    encoding: "utf8",
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as Converted[];
}

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
  expect(light).toEqual(plain);
  expect(light[0].sideOutputs?.map(({path: name}) => path.basename(name))).toEqual(["local.js"]);
  expect(light[2].diagnostics[0].messageText).toBe("Type 'number' is not assignable to type 'string'.");
  expect(light[6]).toMatchObject({diagnostics: [], lastExpressionVar: "tsLastExpr"});
  expect(light[7].diagnostics).toHaveLength(1);
});

test("a cell sees Node's types and not those of tests", () => {
  const [node, tests] = convert(["process.version", 'test("a name of jest", () => undefined);'], {light: true});
  expect(node.diagnostics).toEqual([]);
  expect(tests.diagnostics[0].messageText).toMatch(/^Cannot find name 'test'/);
});

test("a kernel with another compiler starts as it is", () => {
  const start = (name: string, compiler: string) => {
    const at = (file: string) => folder(name, file);
    const files = {"tslab/dist/main.js": 'exports.main = () => console.log("started");', [COMPILER]: compiler};
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(at(`node_modules/${file}`)), {recursive: true});
      writeFileSync(at(`node_modules/${file}`), text);
    }
    copyFileSync(program, at("kernel.cjs"));
    const {stdout, stderr} = spawnSync(process.execPath, [at("kernel.cjs"), "kernel"], {encoding: "utf8"});
    return {stdout, stderr};
  };
  expect(start("other", 'exports.version = "9.0";')).toEqual({stdout: "started\n", stderr: ""});
  expect(start("broken", 'throw new Error("No compiler.");')).toEqual({
    stdout: "started\n",
    stderr: "The kernel starts without environment/kernel.cjs: No compiler.\n",
  });
});
