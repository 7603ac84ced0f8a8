/** The tables of docs/performance.md are what the committed results say. `LOLA_RECORD=1 npm test -- test/prose/performance-page` renews them. */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {format, resolveConfig} from "prettier";
import {allResults, type Results} from "../bench/results";
import {suite} from "../bench/suite";
import {memorySection, speedSection} from "./performance-page";

const root = path.join(__dirname, "../..");
const file = path.join(root, "docs/performance.md");
const results = path.join(root, "test/bench/results");
/** The section with this heading is generated; it ends the page. */
const HEADING = "## Beside PyTorch\n";
const read = () => readFileSync(file, "utf8");
const byHand = () => read().split(HEADING)[0];

test("docs/performance.md has the tables that the committed results make", async () => {
  const files = allResults(results);
  const written = `${byHand()}${HEADING}\n${speedSection(files, suite)}\n\n${memorySection(files, suite)}\n`;
  const page = await format(written, {...(await resolveConfig(file)), filepath: file});
  if (process.env.LOLA_RECORD === "1") writeFileSync(file, page);
  expect(read()).toBe(page);
});

test("the text above the table has no measured number", () => {
  const measured =
    /\d[\d.,]*(?: to \d[\d.,]*)? ?(?:%|[mµ]?s\b|min(?:utes)?\b|seconds?\b|hours?\b|[KMGT]i?B\b|times\b)|\b\d+\.\d+\b/g;
  expect(byHand().match(measured)).toBeNull();
  expect("0.75, 3 min, 2.5 GB, 12 %, 2 to 3 times".match(measured)).toHaveLength(5);
});

describe("the table", () => {
  const machine = {
    ...{date: "2026-12-01", processor: "Invented 9", instructionSets: ["avx2"], maxIsa: "AVX2", oneDnn: true},
    ...{cores: 2, memoryGiB: 24, node: "v20", tensorflow: "2.21", pytorch: "2.13", lola: "1.0.0"},
  };
  const entries = [
    {name: "a", what: "does a", target: 0.9},
    {name: "b", what: "does b", target: 0.8},
    {name: "c", what: "has no counterpart"},
  ];
  const both = {eager: {ms: 20}, compiled: {ms: 10}} as unknown as Results["results"][number]["peers"];
  const common = {ours_ms: 8, peers: both, valid: true};
  const newer: Results = {
    name: "2026-12-01-invented",
    machine,
    results: [
      {name: "a", ...common, ratio: 0.8, interval: [0.79, 0.81]},
      {name: "b", ...common, ratio: 0.8, interval: [0.7, 0.9]},
      {name: "c", ours_ms: 3, valid: true},
    ],
  };
  const older: Results = {
    name: "2026-11-01-invented",
    machine,
    results: [
      {name: "a", ...common, peers: {eager: both!.eager}, ratio: 0.4, interval: [0.4, 0.4]},
      {name: "b", ...common, ratio: 0.8, interval: [0.7, 0.9], valid: false},
    ],
  };
  const lines = speedSection([newer, older], entries).split("\n");

  test("has a row for each entry with a target, and a column for each file", () => {
    expect(lines.filter((line) => line.startsWith("|"))).toEqual([
      expect.stringMatching(
        /^\| entry \| one run \| target \| \[2026-12-01-invented\]\(\S+\) \| \[2026-11-01-invented\]/,
      ),
      "| --- | --- | --- | --- | --- |",
      "| `a` | does a | 0.9 | 0.80 (0.79–0.81) met | 0.40 (0.40–0.40) |",
      "| `b` | does b | 0.8 | 0.80 (0.70–0.90, wide) undecided | – |",
    ]);
  });

  test("is followed by the machines, with the variants and the verdicts of each", () => {
    expect(lines.slice(-2)).toEqual([
      "- **2026-12-01-invented**: Invented 9: avx2; ONEDNN_MAX_CPU_ISA=AVX2, oneDNN on; 2 cores, 24 GiB; " +
        "Node 20, TensorFlow 2.21, PyTorch 2.13; lola 1.0.0; beside eager and compiled PyTorch. " +
        "Targets: 1 met, 0 missed, 1 undecided.",
      expect.stringMatching(/; beside eager PyTorch\.$/),
    ]);
  });

  test("refuses results that are of no entry of the suite", () => {
    expect(() => speedSection([newer], entries.slice(1))).toThrow(
      '2026-12-01-invented.json: expected benchmarks of the suite, found "a".',
    );
  });
});

test("memory is compared with eager PyTorch's, for training steps that measured both", () => {
  const machine = {} as Results["machine"];
  const step = (name: string, own: number | undefined, eager: object) =>
    ({name, ours_ms: 1, ours_mib: own, ratio: 1, peers: {eager}, valid: true}) as never;
  const files = [
    {name: "newer", machine, results: [step("a-train", 70, {ms: 1, mib: 100}), step("b-train", 90, {ms: 1, mib: 100})]},
    {name: "other", machine, results: [step("a-train", 70, {failed: "no"}), step("call", 1, {ms: 1, mib: 1})]},
  ];
  const entries = ["a-train", "b-train", "call"].map((name) => ({name, what: "", target: 1}));
  expect(memorySection(files, entries).split("\n").slice(-4)).toEqual([
    "| entry | [newer](../test/bench/results/newer.json) |",
    "| --- | --- |",
    "| `a-train` | 0.70 met |",
    "| `b-train` | 0.90 missed |",
  ]);
});
