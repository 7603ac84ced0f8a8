/** Cells as a notebook sees them: what stays of a cell that failed, and what it says. */
import path from "node:path";
import {writeFileSync} from "node:fs";
import {temporaryFolder} from "../../../test/folder";
import {install, Kernel} from "./kernel";

const folder = temporaryFolder();
let kernel: Kernel;
beforeAll(async () => {
  writeFileSync(folder("local.ts"), "export const double = (x: number): number => 2 * x;\n");
  writeFileSync(folder("wrong.ts"), "export const wrong: number = 1;\nexport const text: string = wrong;\n");
  kernel = await Kernel.start(install(folder("jupyter")), folder());
});
afterAll(() => kernel.stop());

/** Run cells one after the other; each shows what stands behind it. */
const expectShown = async (cells: readonly (readonly [source: string, shown: string | RegExp])[]) => {
  for (const [source, shown] of cells) {
    const found = {source, shown: await kernel.show(source)};
    expect(found).toEqual({source, shown: typeof shown === "string" ? shown : expect.stringMatching(shown)});
  }
};

describe("names of a cell that failed", () => {
  test("stay if they had a value: imports, functions, classes, enumerations and destructuring", () =>
    expectShown([
      [
        'import {sep} from "node:path";\nimport os, {type CpuInfo} from "node:os";\nenum Kind {A = 1}\nclass Box {content = 2}\n' +
          "interface Point {at: number}\nconst {a, b: [c]} = {a: 3, b: [4]};\nlet point: Point = {at: 5};\nfunction twice(x: number) {\n" +
          '  return 2 * x;\n}\nthrow new Error("Too early.");\nconst late = 6;\nclass Later {}',
        'Error: Too early.\ncell line 11: throw new Error("Too early.");',
      ],
      [
        "[sep, typeof os.cpus, Kind.A, new Box().content, a, c, twice(point.at)]",
        "[ '/', 'function', 1, 2, 3, 4, 10 ]",
      ],
      [
        "late",
        "Cannot find name 'late'.\n  Cell [1] declares it, and ended before it had a value: run that cell again.\ncell line 1: late",
      ],
      ["const later: Later = 1;", /^Cannot find name 'Later'/],
      [
        "const cpu: CpuInfo | undefined = undefined;\nconst text: string = point;",
        /^Type 'Point' is not assignable to type 'string'/,
      ],
    ]));

  test("stay up to the await, or the round of a loop, that failed", () =>
    expectShown([
      [
        "const first = await Promise.resolve(1);\nlet rounds = 0;\nfor (const x of [1, 2, 3]) {\n  rounds = x;\n" +
          '  if (x === 2) await Promise.reject(new Error("No."));\n}\nconst last = 1;',
        'Error: No.\ncell line 5: if (x === 2) await Promise.reject(new Error("No."));',
      ],
      ["[first, rounds]", "[ 1, 2 ]"],
      ["last", /^Cannot find name 'last'/],
    ]));

  test("stay after an interrupt, and code that still runs does not bring others back", async () => {
    const cell =
      'const before = 1;\nlet count = 0;\nconsole.log("waits");\nlet release = () => {};\n' +
      "await new Promise<void>((resolve) => (release = resolve));\ncount = 1;\nconst after = 2;";
    expect(await kernel.run(cell, "waits")).toMatchObject({status: "error", text: "waits\n", error: "Interrupted."});
    await expectShown([
      ["release();\nawait new Promise((resolve) => setTimeout(resolve, 1));\n[before, count]", "[ 1, 0 ]"],
      ["after", /^Cannot find name 'after'/],
    ]);
  });

  test("of a redeclaration keep the old value and type until the new one is there", () =>
    expectShown([
      ["const lab = {name: 'good'};", ""],
      ["const lab = ((): number => {\n  throw new Error('Refused.');\n})();", /^Error: Refused\./],
      ["lab.name", "good"],
      ["const lab = await Promise.reject<number>(new Error('Refused.'));", /^Error: Refused\./],
      ["lab.name", "good"],
      ["const lab: number = 'a text';", /^Type 'string' is not assignable/],
      ["lab.name", "good"],
      ["const lab = 7;\nthrow new Error('After it.');", /^Error: After it\./],
      ["lab + 1", "8"],
      ["let lab: string | undefined;", ""],
      ["lab", ""],
      ["class lab {}\nlab.name", "lab"],
    ]));

  test("of a later cell are not changed by an older one that still runs", () =>
    expectShown([
      ["let n = 0;\nconst grow = () => ++n;", ""],
      ["grow();\nn", "1"],
      ["let n = 100;", ""],
      ["grow();\nn", "100"],
    ]));

  test("a shorthand property takes the value of an earlier cell's variable", () =>
    expectShown([
      ["let steps = 3;", ""],
      ["const shorthand = async () => ({steps, nested: [{steps}]});", ""],
      ["steps = 4;\nawait shorthand()", "{ steps: 4, nested: [ { steps: 4 } ] }"],
      ["({steps} = {steps: 5});\nsteps", "5"],
      ["const other = (steps: number) => ({steps});\nother(7)", "{ steps: 7 }"],
    ]));

  test("a property that an earlier cell's type declares keeps its name where it is taken out", () =>
    expectShown([
      ["const taken = () => ({mean: 1, width: 2});\nconst mean = 7;", ""],
      ["const {mean: own, width: also} = taken();\nown + also", "3"],
      ["let place = 0;\n({mean: place} = taken());\nplace", "1"],
      ["[taken()].map(({mean: y}) => ({x: mean, y}))", "[ { x: 7, y: 1 } ]"],
    ]));
});

const compiled = (name: string) => JSON.stringify(path.resolve(__dirname, "../..", name));

test("errors of a cell say their cause and the cell's line", () =>
  expectShown([
    ["const at = (point?: {at: number}) => {\n  // a comment\n\n  return point!.at;\n};", ""],
    [
      "// first line\nconst here = 1;\n\nconst there = at(undefined);",
      /^TypeError: Cannot read properties of undefined \(reading 'at'\)\ncell \[\d+\] line 4: return point!.at;\ncell line 4: const there = at\(undefined\);$/,
    ],
    [
      'await Promise.resolve();\nthrow new RangeError("steps: expected 1 or more, found 0");',
      'RangeError: steps: expected 1 or more, found 0\ncell line 2: throw new RangeError("steps: expected 1 or more, found 0");',
    ],
    // not every stack leads back to the cell
    [
      'const fault = Object.assign(new Error("Late."), {stack: ""});\nawait new Promise((_, reject) => setTimeout(reject, 5, fault));',
      "Error: Late.\ncell line 2: await new Promise((_, reject) => setTimeout(reject, 5, fault));",
    ],
    [
      'throw new Error("The run failed.", {cause: new Error("The disk is full.")});',
      "Error: The run failed.\nbecause of Error: The disk is full.\n" +
        'cell line 1: throw new Error("The run failed.", {cause: new Error("The disk is full.")});',
    ],
    ['throw "a word";', "a word"],
    [
      'await import("no-such-" + "package");',
      'Error: Cannot find module \'no-such-package\'\ncell line 1: await import("no-such-" + "package");',
    ],
    // a sentence of a library has no place there
    [
      `const {systemOf} = require(${compiled("simulators/dist/registry.js")});\nsystemOf("none");`,
      /"none".*\ncell line 2: systemOf\("none"\);$/,
    ],
  ]));

test("type errors quote the line and keep the compiler's hints", () =>
  expectShown([
    [
      "const states = Promise.resolve({first: 1});\n\n  states.first",
      "Property 'first' does not exist on type 'Promise<{ first: number; }>'.\n  Did you forget to use 'await'?\ncell line 3: states.first",
    ],
    ['test("a name of jest", () => undefined);', /^Cannot find name 'test'/],
    [
      "const found = [1].find((x) => x > 1);\nfound.toFixed()",
      "'found' is possibly 'undefined'.\ncell line 2: found.toFixed()",
    ],
    ["const rows = [];\nrows.push({a: 1});\nconst sum = rows.map((row) => row.a);\nsum", "[ 1 ]"],
    ["const twofold = function (x) {return 2 * x;};", ""],
    [
      'import {nowhere} from "./nowhere";',
      "Cannot find module './nowhere' or its corresponding type declarations.\ncell line 1: import {nowhere} from \"./nowhere\";",
    ],
    ['import {wrong} from "./wrong";', "Type 'number' is not assignable to type 'string'.\nwrong.ts line 2"],
    ['import {double} from "./local";\ndouble(21)', "42"],
    ['await import("nowhere" as string)', /^Error: Cannot find (module|package) 'nowhere'/],
    ["/** @module noted */\nexport const noted = 1;", ""],
    ['import {noted} from "./noted";\nnoted + 1', "2"],
  ]));

test("work that nobody awaits names the cell that started it", async () => {
  expect(await kernel.show("Promise.resolve(3)")).toBe("a promise: write `await` before it");
  expect(await kernel.show('Promise.reject(new Error("Lost."));\n1')).toBe(
    '1\nUnhandledPromiseRejection: Error: Lost.\ncell line 1: Promise.reject(new Error("Lost."));\n' +
      "Nothing waits for this promise: write `await` before it.",
  );
  const {number} = await kernel.run(
    'let fail = () => {};\nlet word = () => {};\nvoid new Promise((_, reject) => (fail = () => reject(Object.assign(new Error("Later."), {stack: ""}))));\n' +
      'void new Promise((_, reject) => (word = () => reject("a word")));\nawait Promise.resolve();',
  );
  expect(await kernel.show("fail();\n3 + 4")).toMatch(
    new RegExp(`^7\nUnhandledPromiseRejection: Error: Later\\.\ncell \\[${number}\\] line 5: await Promise`),
  );
  expect(await kernel.show("word();")).toContain(`UnhandledPromiseRejection: a word\nstarted by cell [${number}]`);
  const timer =
    'await new Promise((resolve) => {\n  setTimeout(resolve, 5);\n  setTimeout(() => {\n    throw new Error("In a timer.");\n  }, 1);\n});';
  expect(await kernel.show(timer)).toBe(
    'UncaughtException: Error: In a timer.\ncell line 4: throw new Error("In a timer.");',
  );
});

test("a timer that fails again and again says so twice", async () => {
  const cell =
    "let rounds = 0;\nconst timer = setInterval(() => {\n  rounds++;\n  throw new Error('Again.');\n}, 1);\n" +
    "while (rounds < 20) await new Promise((resolve) => setTimeout(resolve, 1));\nclearInterval(timer);";
  expect(await kernel.show(cell)).toBe(
    "UncaughtException: Error: Again.\ncell line 4: throw new Error('Again.');\nThe same failed again; further times are not shown.",
  );
});

test("Tab completes names and the values of string unions", async () => {
  await kernel.run(
    'type Preset = "smoke" | "tour" | "mini";\nfunction open(options: {preset?: Preset; system: "euler" | "cloud"}, kind?: Preset) {\n  return options;\n}',
  );
  const matches = async (code: string) => {
    const {matches: names, cursor_start: start, cursor_end: end} = await kernel.complete(code);
    return {names: names.slice(0, 3), replaced: [...code.replace("|", "")].slice(start, end).join("")};
  };
  expect(await matches('open({preset: "|')).toEqual({names: ["mini", "smoke", "tour"], replaced: ""});
  expect(await matches('open({preset: "|"})')).toEqual({names: ["mini", "smoke", "tour"], replaced: ""});
  expect(await matches('open({system: "cloud", preset: "sm|"})')).toEqual({names: ["smoke"], replaced: "sm"});
  expect(await matches("open({system: 'e|x'})")).toEqual({names: ["euler"], replaced: "ex"});
  expect(await matches('open({system: "euler"}, "t|')).toEqual({names: ["tour"], replaced: "t"});
  expect(await matches('"😀"; ope|')).toMatchObject({names: expect.arrayContaining(["open"]), replaced: "ope"});
  expect(await matches("Math.atan|")).toEqual({names: ["atan", "atan2", "atanh"], replaced: "atan"});
});

test("Shift-Tab explains under headings: parameters, result, errors, examples", async () => {
  await kernel.run(
    "/**\n * Halve a number.\n *\n * @param x any number.\n * @returns half of it.\n * @throws RangeError for infinity.\n" +
      " * @example\n * halve(4); // 2\n * halve(6); // 3\n */\nfunction halve(x: number): number {\n  return x / 2;\n}",
  );
  expect(await kernel.inspect("hal|ve(1)")).toBe(
    "function halve(x: number): number\n\nHalve a number.\n\nParameters:\n  x any number.\nReturns: half of it.\n" +
      "Throws: RangeError for infinity.\nExample:\nhalve(4); // 2\nhalve(6); // 3",
  );
  expect(await kernel.inspect("nowhere|")).toBeNull();
  const file = 'import {readFileSync} from "node:fs";\nreadFile|Sync';
  for (let i = 0; i < 2; i++)
    expect(await kernel.inspect(file)).toMatch(/\n\nReturns the contents [^]*\{@link readFile\}/);
});

test("a kernel ends with the process that started it, whatever it computes", async () => {
  const {pid, client} = kernel;
  const runs = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await kernel.run('await Promise.resolve();\nprocess.once("SIGUSR2", () => {\n  while (true) {}\n});');
  process.kill(pid, "SIGUSR2");
  expect(runs()).toBe(true);
  client.kill("SIGKILL");
  while (runs()) await new Promise((resolve) => setTimeout(resolve, 100));
});
