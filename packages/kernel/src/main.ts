#!/usr/bin/env node
/**
 * Starts the kernel, as Jupyter does: `lola-kernel CONNECTION_FILE [SETTINGS_FILE]`; or tells Jupyter about it:
 * `lola-kernel install [--prefix DIR] [--name NAME] [--settings FILE]`.
 */
import {mkdirSync, writeFileSync} from "node:fs";
import {homedir} from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";
import {prepare, type Prepared} from "./prepare";
import type * as server from "./server";
import {readSettings} from "./settings";

const USAGE = `Usage: lola-kernel install [--prefix DIR] [--name NAME] [--settings FILE]`;

/** Write Jupyter's description of the kernel; returns its file. */
function install(args: string[]): string {
  const {values} = parseArgs({
    args,
    options: {prefix: {type: "string"}, name: {type: "string", default: "typescript"}, settings: {type: "string"}},
  });
  const {prefix = path.join(homedir(), ".local"), name = ""} = values;
  const settings = values.settings && path.resolve(values.settings);
  const program = settings && readSettings(settings).image ? ["sh", "../kernel.sh"] : [process.execPath, "main.js"];
  const argv = [program[0], path.join(__dirname, program[1]), "{connection_file}", ...(settings ? [settings] : [])];
  const folder = path.resolve(prefix, "share/jupyter/kernels", name);
  mkdirSync(folder, {recursive: true});
  const file = path.join(folder, "kernel.json");
  const spec = {argv, display_name: "TypeScript", language: "typescript", interrupt_mode: "message"};
  writeFileSync(file, JSON.stringify(spec, null, 1));
  return file;
}

/**
 * Run the program.
 *
 * @param prepared what a start-up image holds already.
 */
export function main(args: string[], prepared?: Prepared): void {
  const [file, settingsFile] = args;
  if (file === "install") return void process.stdout.write(`${install(args.slice(1))}\n`);
  if (file === undefined || file.startsWith("-")) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const settings = readSettings(settingsFile);
  const ready = prepared ?? prepare(settings.declarations);
  const {serve} = require("./server") as typeof server; // eslint-disable-line @typescript-eslint/no-require-imports -- after the compiler
  serve(file, settings, ready).catch((error: Error) => {
    process.stderr.write(`The kernel does not start: ${error.message}\n`);
    process.exit(1); // Jupyter starts it again, with other ports
  });
}

if (require.main === module) main(process.argv.slice(2));
