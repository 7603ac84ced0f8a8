/** What a client hears of a kernel: all output in order, true states, an end of everything. */
import {spawnSync} from "node:child_process";
import {writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../../../test/folder";
import {install, Kernel, python} from "./kernel";

const folder = temporaryFolder();
let kernel: Kernel;
beforeAll(async () => void (kernel = await Kernel.start(install(folder("jupyter")), folder())));
afterAll(() => kernel.stop());

const linesOf = (text: string) => text.trimEnd().split("\n");
const numbers = (count: number) => Array.from({length: count}, (_, i) => `line ${i}`);

test("Jupyter's own tests of a kernel pass", () => {
  const order = [path.join(__dirname, "protocol.py"), kernel.connection];
  const {status, stderr} = spawnSync(python, order, {encoding: "utf8"});
  expect({status, stderr}).toMatchObject({status: 0});
  expect(stderr).toMatch(/^OK/m);
});

test("a thousand lines arrive, in few messages", async () => {
  const {text, messages} = await kernel.run('for (let i = 0; i < 1000; i++) console.log("line " + i);');
  expect(linesOf(text)).toEqual(numbers(1000));
  expect(messages).toBeLessThan(100);
});

test("beyond ten thousand lines a cell says how many it left out", async () => {
  const {status, text} = await kernel.run('for (let i = 0; i < 100_000; i++) console.log("line " + i);');
  const lines = linesOf(text);
  expect(status).toBe("ok");
  expect(lines.slice(0, -1)).toEqual(numbers(10_000));
  expect(lines.at(-1)).toBe("90 000 more lines were left out: a cell shows 10 000.");
  expect(await kernel.show('for (let i = 0; i < 3; i++) console.log("line " + i);')).toBe(numbers(3).join("\n"));
});

test("three thousand figures arrive, and text between them keeps its place", async () => {
  const cell =
    'import {display} from "tslab";\nconsole.log("before");\nfor (let i = 0; i < 3000; i++) display.text(String(i));\nconsole.error("after");';
  const {displays, text, messages} = await kernel.run(cell);
  expect({displays, text}).toEqual({displays: 3000, text: "before\nafter\n"});
  expect(messages).toBe(3000 + 5); // two of text, two states, the source
});

test("states are true while cells are queued, and a completion leaves a running cell busy", async () => {
  const wait = "await new Promise((resolve) => setTimeout(resolve, 5));";
  const {states} = await kernel.cells([wait, wait, wait]);
  expect(states).toEqual([0, 1, 2].flatMap((cell) => [["busy", cell], ["idle", cell]])); // prettier-ignore
  const during = await kernel.during("await new Promise((resolve) => setTimeout(resolve, 300));", "Math.");
  const heard = during.states.map(([state, cell]) => `${state} ${cell}`);
  expect(heard).toEqual(["busy 0", "busy null", "idle null", "busy 0", "idle 0"]);
});

test("a failed cell gives up those that were queued behind it, unless they are to run, and none that follows", async () => {
  const cells = ["1", "throw new Error('No.')", "2"];
  const statuses = async (stop: boolean) => (await kernel.cells(cells, stop)).results.map(({status}) => status);
  expect(await statuses(true)).toEqual(["ok", "error", "aborted"]);
  expect(await statuses(false)).toEqual(["ok", "error", "ok"]);
  await kernel.run(cells[1]);
  expect(await kernel.show("3")).toBe("3");
});

const INTERRUPTED = {status: "error", error: "Interrupted."};

test.each([
  ["waits", 'console.log("runs");\nawait new Promise(() => {});'],
  ["computes", 'console.log("runs");\nwhile (true) {}'],
  ["prints", 'while (true) console.log("runs");'],
  ["computes after an await", 'await Promise.resolve();\nconsole.log("runs");\nwhile (true) {}'],
  [
    "computes in a function after an await",
    'const endless = async () => {\n  await Promise.resolve();\n  console.log("runs");\n  while (true) {}\n};\nawait endless();',
  ],
  [
    "catches interrupts",
    'console.log("runs");\nwhile (true) {\n  try {\n    await new Promise((resolve) => setTimeout(resolve, 1));\n  } catch {}\n}',
  ],
])("an interrupt ends a cell that %s", async (_, cell) => {
  expect(await kernel.run(cell, "runs")).toMatchObject(INTERRUPTED);
  expect(await kernel.show("await Promise.resolve(1)")).toBe("1");
});

test("an interrupt is heard once, and not by the next cell, also where both have waited for the kernel", async () => {
  await kernel.run('let heard = 0;\nconst count = () => void heard++;\nprocess.on("SIGINT", count);');
  for (let i = 0; i < 3; i++) await kernel.interrupt();
  await new Promise((resolve) => setTimeout(resolve, 2500)); // an interrupt that nobody hears is repeated after a second
  const before = Number(await kernel.show("heard"));
  expect([1, 2, 3]).toContain(before); // signals that come together are one
  await kernel.run(
    "setTimeout(() => {\n  const end = performance.now() + 2500;\n  while (performance.now() < end);\n}, 300);",
  );
  await new Promise((resolve) => setTimeout(resolve, 600));
  await kernel.interrupt();
  expect(await kernel.show("await new Promise((resolve) => setTimeout(() => resolve(7), 100))")).toBe("7");
  expect(Number(await kernel.show("heard"))).toBeGreaterThan(before);
  await kernel.run('await Promise.resolve();\nprocess.off("SIGINT", count);'); // before an await a cell has no listeners
});

test("an interrupt ends a timer that computes without end", async () => {
  const cell = 'console.log("runs");\nsetTimeout(() => {\n  while (true) {}\n}, 1);\nawait new Promise(() => {});';
  expect(await kernel.run(cell, "runs")).toMatchObject(INTERRUPTED);
  expect(await kernel.show("1")).toBe("1");
});

test("an interrupt says that something is kept where work listens to it, and the work's own sentence", async () => {
  const listens =
    "const stop = () => {};\nprocess.on('SIGINT', stop);\nconsole.log('runs');\nawait new Promise(() => {});";
  const kept = "Interrupted: what was finished is kept, and running the cell again continues from there.";
  expect(await kernel.run(listens, "runs")).toMatchObject({error: kept});
  await kernel.run("await Promise.resolve();\nprocess.off('SIGINT', stop);");
  const own = 'throw Object.assign(new Error("Stopped at step 5."), {code: "interrupted"})';
  expect(await kernel.show(own)).toBe("Stopped at step 5.");
});

test("large values are shown in part", async () => {
  expect(await kernel.show("new Uint8Array(2e8)")).toMatch(
    /^Uint8Array\(200000000\) \[\n[^]*\.\.\. 199999900 more items\n\]$/,
  );
  const object =
    "const large: Record<string, string> = {};\nfor (let i = 0; i < 200; i++) large[i] = 'x'.repeat(1e6);\nlarge";
  const left = /\n[\d ]+ more characters of the value were left out: show a part of it\.$/;
  expect(await kernel.show(object)).toMatch(left);
  const text = await kernel.show('"x".repeat(2e8)');
  expect(text).toMatch(left);
  expect(text.length).toBeLessThan(101_000);
  expect(
    await kernel.show(
      "({get fault() { return 1; }, [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('Bad.'); }})",
    ),
  ).toBe("The value cannot be shown: Bad.");
});

test("a cell is marked when what it uses has changed since, and what follows from it; the marks go as they came", async () => {
  const twice = 'const area = width ** 2;\nconst unused = "exports.unused";';
  const plain = {a: "const width = 2;", b: twice, c: "[area + 1].map((one) => one);", d: "const other = 1;"};
  for (const [name, source] of Object.entries(plain)) expect(await kernel.named(name, source)).toEqual([]);
  const [one, next, ...others] = await kernel.named("a", "const width = 3;");
  expect(one).toMatch(/^Stale: width of cell \[\d+\] has changed\. Run this cell again\.$/);
  expect(next).toMatch(/^Stale: area of cell \[\d+\] is stale\. Run this cell again\.$/);
  expect(others).toEqual([]);
  const renumbered = expect.stringMatching(/^Stale: width of cell/) as unknown;
  expect(await kernel.named("a", "const width = 3;")).toEqual([renumbered]);
  expect(await kernel.named("a", plain.a)).toEqual(["", ""]);
  await kernel.named("a", "const width = 3;");
  expect(await kernel.named("b", twice)).toEqual([expect.stringMatching(/area of cell \[\d+\] has changed/)]);
  expect(await kernel.named("c", plain.c)).toEqual([]);
  expect(await kernel.named("d", "const width = 7;")).toEqual([]); // a name of its own from here on
});

test("an import is the same in a changed cell; a loaded file that has changed is named once", async () => {
  writeFileSync(folder("own.js"), 'exports.lines = ["first"];');
  writeFileSync(folder("own.d.ts"), "export declare const lines: string[];");
  await kernel.named("imports", 'import {lines} from "./own.js";\nconst first = 1;');
  await kernel.named("uses", "lines.length");
  const text = 'import {lines} from "./own.js";\nconst first = 2;';
  expect(await kernel.named("imports", text)).toEqual([]);
  writeFileSync(folder("own.js"), 'exports.lines = ["changed"];');
  const [said] = await kernel.named("imports", text);
  expect(said).toBe("own.js has changed since this kernel loaded it: restart the kernel.");
  expect(await kernel.named("imports", text)).toEqual([]);
});

test("a cell that ends the kernel is heard to its last word", async () => {
  expect(await kernel.lastWords('console.log("last words");\nprocess.exit(3);')).toBe("last words\n");
});
