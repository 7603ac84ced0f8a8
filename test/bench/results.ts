/** Committed results: a file for each machine and day, as `bench --peer --json` prints it. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {
  checkParts,
  count,
  flag,
  list,
  number,
  optional,
  parseJson,
  passing,
  text,
  where,
  type Rules,
} from "@lola-ts/core";
import type {Machine} from "./machine";
import type {Result} from "./report";

/** Results of one machine and day. */
export interface Results {
  /** The file's name without its ending. */
  readonly name: string;
  readonly machine: Machine;
  readonly results: readonly (Pick<Result, "name" | "ours_ms" | "ratio" | "interval" | "peers" | "valid"> &
    Partial<Pick<Result, "ours_mib">>)[];
}

const above = number({above: 0});
const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
const object = passing("an object", isObject);

const FILE: Rules = {machine: object, results: list(object), notes: optional(list(text))};

const MACHINE: Rules = {
  date: where(text, "a day such as 2026-12-01", (day: string) => /^\d{4}-\d\d-\d\d$/.test(day)),
  processor: text,
  instructionSets: list(text, {empty: true}),
  maxIsa: optional(text),
  oneDnn: flag,
  cores: count,
  memoryGiB: above,
  node: text,
  tensorflow: text,
  pytorch: optional(text),
  lola: text,
  commit: optional(text),
};

const RESULT: Rules = {
  name: text,
  ours_ms: above,
  ours_mib: optional(above),
  ratio: optional(above),
  interval: optional(
    where(list(above, {length: 2}), "a lower and an upper end above 0", ([low, high]: number[]) => low <= high),
  ),
  peers: optional(
    passing(
      "an object with the ms of each variant, or why it failed",
      (peers) =>
        isObject(peers) &&
        Object.values(peers as object).every((one) => isObject(one) && ("ms" in one || "failed" in one)),
    ),
  ),
  valid: flag,
};

/** Read a file of results. @throws RangeError that names the file and the first field that is missing or wrong. */
export function readResults(file: string): Results {
  const base = path.basename(file);
  let value: unknown;
  try {
    value = parseJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw new RangeError(`${base}: expected JSON, found an error: ${(error as Error).message}.`);
  }
  checkParts(base, FILE, value as object);
  const {machine, results} = value as Omit<Results, "name">;
  checkParts(`${base}, machine`, MACHINE, machine);
  results.forEach((result, i) => checkParts(`${base}, results[${i}]`, RESULT, result));
  if (!base.startsWith(`${machine.date}-`)) {
    throw new RangeError(`${base}: expected a name that begins with the date, ${machine.date}-, found ${base}.`);
  }
  const names = results.map(({name}) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new RangeError(`${base}: expected each benchmark once, found "${twice}" twice.`);
  return {name: base.replace(/\.json$/, ""), machine, results};
}

/** Read all files of a folder, the newest first. */
export const allResults = (folder: string): Results[] =>
  readdirSync(folder)
    .sort()
    .reverse()
    .map((file) => readResults(path.join(folder, file)));
