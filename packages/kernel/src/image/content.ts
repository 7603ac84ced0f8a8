/**
 * The content of a start-up image. Node runs this file while it makes the image, as part of one program (bundle.ts); what it has
 * made by then is in the memory of each process that starts from the image. The process continues with `startKernel`.
 */
import type * as nodeModule from "node:module";
import path from "node:path";
import {startupSnapshot} from "node:v8";
import type * as program from "../main";
import {prepare, type Prepared} from "../prepare";
import {readSettings} from "../settings";
import {putOffWatching, type WatchingSystem} from "./watching";

/* eslint-disable @typescript-eslint/no-require-imports -- the order matters, and an image keeps what it knows of this process */
const MAIN = path.resolve(__dirname, "../main.js");

const {sys} = require("@tslab/typescript-for-tslab") as {sys: WatchingSystem};
const beginWatching = putOffWatching(sys);
const {declarations, image} = readSettings(process.argv[2]);
const prepared = prepare(declarations);

/** Convert and inspect a cell; then the compiler is as at the start of a notebook again. Completing loads what no image holds. */
function warm({converter}: Prepared, cell: string): void {
  const {diagnostics} = converter.convert("", cell);
  if (diagnostics.length > 0) throw new Error(diagnostics[0].messageText);
  converter.inspect("", cell, cell.lastIndexOf(".") + 1);
  converter.convert("", "");
}

/** Start the kernel in a process that was started from the image. */
function startKernel(): void {
  const Module = require("node:module") as typeof nodeModule & {runMain(file: string): void};
  if (process.argv[1] !== MAIN) return Module.runMain(process.argv[1]); // a worker's child, which has its Node options
  process.execArgv.length = 0; // children of this process are other programs
  beginWatching();
  const load = Module.createRequire(MAIN);
  Object.assign(load.cache, require.cache);
  const {main} = load(MAIN) as typeof program;
  main(process.argv.slice(2), prepared);
}

warm(prepared, image!.cell);
startupSnapshot.setDeserializeMainFunction(startKernel);
