import {appendFileSync} from "node:fs";
import {temporaryFolder} from "../folder";
import {KeptResults} from "./kept-results";
import type {Result} from "./report";

const folder = temporaryFolder();
const result = (name: string, ours_ms: number, valid = true): Result => ({
  name,
  what: "",
  ours_ms,
  ours_spread: 0,
  ours_mib: 1,
  foreign: 0,
  valid,
});

test("the newest valid result of the same setting counts", () => {
  const file = folder("new/results.jsonl");
  const kept = new KeptResults(file, {processor: "this"});
  expect(kept.read().size).toBe(0);
  kept.add(result("a", 1));
  kept.add(result("a", 2));
  kept.add(result("a", 3, false));
  kept.add(result("b", 4, false));
  new KeptResults(file, {processor: "another"}).add(result("c", 5));
  appendFileSync(file, '{"setting": {"processor": "th'); // a process was ended while it wrote
  expect([...kept.read().values()].map(({name, ours_ms}) => [name, ours_ms])).toEqual([["a", 2]]);
});
