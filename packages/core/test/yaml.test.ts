import {join} from "node:path";
import {parse} from "yaml";
import {readFileSync, writeFileSync} from "node:fs";
import {readYaml} from "../src/yaml";
import {temporaryFolder} from "../../../test/folder";

const path = temporaryFolder();
const read = (text: string | Buffer) => {
  writeFileSync(path("file.yaml"), text);
  return readYaml(path("file.yaml"));
};

test("official configurations are read as the package reads them", () => {
  for (const run of ["ae/tiny_euler_all_dcae_f4c4_tiny", "dm/tiny_euler_all_f4c4_vit_tiny"]) {
    const file = join(__dirname, "../../../test/reference/lola-run", run, "config.yaml");
    expect(readYaml(file)).toEqual(parse(readFileSync(file, "utf8")));
  }
});

test.each([
  ["a: 1\nb: [x, 'y', \"z\"]\nc: {0: log, 1: null}\n", {a: 1, b: ["x", "y", "z"], c: {0: "log", 1: null}}],
  ["a: &n [1, 2]\nb: *n\n", {a: [1, 2], b: [1, 2]}],
  ["a: !!str 1\nb: |\n  x\n  y\n", {a: "1", b: "x\ny\n"}],
  ["? a\n: 1\n", {a: 1}],
  ["a: why ? because\n# {[{[\n", {a: "why ? because"}],
  ["__proto__: 1\n", JSON.parse('{"__proto__": 1}')],
])("%j", (text, value) => {
  expect(read(text)).toEqual(value);
});

const laughs = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefgh"].map((key, i) => {
  if (i === 0) return key;
  const before = String.fromCharCode(key.charCodeAt(0) - 1);
  return `${key}: &${key} [${Array(9).fill(`*${before}`).join()}]`;
});

test.each<[string, string | Buffer, string]>([
  ["a name twice", "a: {x: 1, y: 2, x: 3}", "expected YAML, found Map keys must be unique"],
  ["a number and the same text as names", "0: a\n'0': b", "expected YAML, found Map keys must be unique"],
  ["a tag on a section", "ae: !!python/object:os.system {a: 1}", "expected YAML, found Unresolved tag"],
  ["a tag of its own", "ae: !model {a: 1}", "expected YAML, found Unresolved tag: !model"],
  ["a list as a name", "? [a]\n: 1", "expected YAML, found With stringKeys, all keys must be strings"],
  ["a reference to nothing", "a: *b", "expected plain YAML, found Unresolved alias"],
  ["two documents", "a: 1\n---\nb: 1\n", "expected one YAML document, found several."],
  ["references to references", laughs.join("\n"), "Excessive alias count"],
  ["many references", `a: &a 1\nb: [${"*a, ".repeat(101)}]`, "Excessive alias count"],
  ["a very long name", `${"k".repeat(60_000)}: 1`, "expected YAML, found"],
  ["lists in each other", "[".repeat(10_000), "at most 64 lists and sections in each other"],
  ["sections in each other", "{a: ".repeat(10_000), "at most 64 lists and sections in each other"],
  ["lists in each other by lines", "- ".repeat(10_000), "lines that begin within 256 columns"],
  ["lists that are closed and were not opened", `a: []${"]".repeat(10_000)}`, "found Unexpected flow-seq-end token"],
  ["marks in each other", "? ".repeat(10_000), "expected"],
  ["many marks", "? a\n".repeat(1000), 'at most 20 names marked by "?", found 1000'],
  ["no UTF-8", Buffer.from("a: \xff", "latin1"), "expected a YAML file in UTF-8"],
  ["a large file", `a: ${"1".repeat(2 ** 16)}`, "at most 65536 bytes, found 65539"],
  ["what a terminal obeys", 'a: {"\\e[2J": 1, "\\e[2J": 2}', "expected YAML, found Map keys must be unique"],
])("%s is refused", (_, text, message) => {
  expect(() => read(text)).toThrow(message);
  expect(() => read(text)).toThrow(path("file.yaml"));
});

test("of thousands of faults one is said, without the parser's own excerpts, which take seconds", () => {
  const message = 'expected YAML, found Unexpected flow-seq-end token in YAML stream: "]" at line 1, column 6.';
  expect(() => read(`a: []${"]".repeat(1000)}`)).toThrow(message);
});

test("many names and values are read in proportion to their number", () => {
  const text = Array.from({length: 4000}, (_, i) => `k${i}: [${i}]`).join("\n");
  expect(Object.keys(read(text) as object)).toHaveLength(4000);
});
