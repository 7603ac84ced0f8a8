/** Results that are kept as soon as they are there, so that a measurement that was stopped can continue. */
import {appendFileSync, existsSync, mkdirSync, readFileSync} from "node:fs";
import path from "node:path";
import type {Result} from "./report";

/** A file of one result a line, each with what it depends on. */
export class KeptResults {
  constructor(
    private readonly file: string,
    /** Machine, versions and options: results of others do not count. */
    private readonly setting: unknown,
  ) {}

  /** Keep a result. */
  add(result: Result): void {
    mkdirSync(path.dirname(this.file), {recursive: true});
    appendFileSync(this.file, `${JSON.stringify({setting: this.setting, result})}\n`);
  }

  /** Get the newest valid result of each benchmark in this setting. */
  read(): Map<string, Result> {
    const lines = existsSync(this.file) ? readFileSync(this.file, "utf8").split("\n") : [];
    const results = lines.flatMap((line): Result[] => {
      try {
        const {setting, result} = JSON.parse(line) as {setting: unknown; result: Result};
        return JSON.stringify(setting) === JSON.stringify(this.setting) && result.valid ? [result] : [];
      } catch {
        return []; // the last line of a process that was ended while it wrote
      }
    });
    return new Map(results.map((result) => [result.name, result]));
  }
}
