import {mkdirSync, writeFileSync} from "node:fs";
import {temporaryFolder} from "../folder";
import {summarise} from "./report";
import {allResults, readResults} from "./results";

const folder = temporaryFolder();

const machine = {
  ...{date: "2026-12-01", processor: "Invented 9", instructionSets: ["avx2"], oneDnn: true, cores: 2, memoryGiB: 24},
  ...{node: "v20.19.2", tensorflow: "2.21.0", pytorch: "2.13.0", lola: "1.0.0"},
};
const result = summarise({
  name: "entry",
  what: "an entry",
  target: 0.9,
  ours: {blocks: [[7], [7], [7], [7], [7], [7]], mib: 1},
  peers: {eager: {blocks: [[10], [10], [10], [10], [10], [10]], mib: 1, start_s: 1}, compiled: {failed: "ended"}},
  foreign: 0,
});

/** Write a file of results, of text or of an object, and get its path. */
function write(content: unknown, name = "2026-12-01-invented.json"): string {
  const file = folder(name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("a file is read as bench prints it", () => {
  const found = readResults(write({machine, results: [result]}));
  expect(found).toEqual({name: "2026-12-01-invented", machine, results: [result]});
  expect(found.results[0]).toMatchObject({ratio: 0.7, interval: [0.7, 0.7]});
});

test.each<[string, unknown]>([
  ["2026-12-01-invented.json: expected JSON, found an error: ", '{"machine": {"date"'],
  ["2026-12-01-invented.json: expected JSON", ""],
  ["2026-12-01-invented.json: expected its options", "null"],
  ["expected results to be a list, each an object, found []", {machine, results: []}],
  ["expected machine to be an object", {results: [result]}],
  [
    'machine: expected date to be a day such as 2026-12-01, found "today"',
    {machine: {...machine, date: "today"}, results: [result]},
  ],
  [
    "machine: expected instructionSets to be a list",
    {machine: {...machine, instructionSets: "avx2"}, results: [result]},
  ],
  [
    "machine: expected oneDnn to be true or false, found none",
    {machine: {...machine, oneDnn: undefined}, results: [result]},
  ],
  [
    "results[1]: expected ours_ms to be a finite number above 0, found null",
    {machine, results: [result, {...result, name: "b", ours_ms: NaN}]},
  ],
  [
    "results[0]: expected interval to be a lower and an upper end above 0",
    {machine, results: [{...result, interval: [2, 1]}]},
  ],
  ["results[0]: expected peers to be an object", {machine, results: [{...result, peers: {eager: 3}}]}],
  ['expected each benchmark once, found "entry" twice', {machine, results: [result, result]}],
])("a damaged file is refused: %s", (message, content) => {
  expect(() => readResults(write(content))).toThrow(message);
});

test("a name begins with the date of its file", () => {
  expect(() => readResults(write({machine, results: [result]}, "invented.json"))).toThrow(
    "invented.json: expected a name that begins with the date, 2026-12-01-, found invented.json.",
  );
});

test("the newest file comes first", () => {
  mkdirSync(folder("several"));
  for (const date of ["2026-11-30", "2027-01-02", "2026-12-01"]) {
    write({machine: {...machine, date}, results: [result]}, `several/${date}-invented.json`);
  }
  const dates = allResults(folder("several")).map(({machine}) => machine.date);
  expect(dates).toEqual(["2027-01-02", "2026-12-01", "2026-11-30"]);
});
