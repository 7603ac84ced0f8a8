/** Builds the live page into a folder: its document, its programs and its files, nothing else is loaded. */
import {cpSync, mkdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {CommittedScores} from "../live/engine/committed";
import type {SystemFacts} from "../live/engine/facts";
import {committedScores} from "./committed";
import {bundle, root} from "./library";
import {ICON, writeStyle} from "./pages/page-set";
import {packSystem, shippedSystems, type SystemPack} from "./pack";

const WASM = "node_modules/@tensorflow/tfjs-backend-wasm/dist";

export async function writeLive(
  folder: string,
  packs: readonly SystemPack[],
  scores: readonly CommittedScores[],
): Promise<void> {
  const files = path.join(folder, "files");
  mkdirSync(files, {recursive: true});
  const put = (name: string, text: string) =>
    writeFileSync(path.join(files, `${name}.js`), `lolaFile(${JSON.stringify(name)}, ${JSON.stringify(text)});\n`);
  const facts: SystemFacts[] = packs.map((pack) => pack.facts);
  put("systems", JSON.stringify(facts));
  put("scores", JSON.stringify(scores));
  for (const {files: all} of packs) for (const {name, bytes} of all) put(name, Buffer.from(bytes).toString("base64"));
  const wasm = (name: string) => readFileSync(path.join(root, WASM, name)).toString("base64");
  put("wasm-simd", wasm("tfjs-backend-wasm-simd.wasm"));
  put("wasm-plain", wasm("tfjs-backend-wasm.wasm"));
  put("engine", await bundle("site/live/engine/worker.ts", {minify: true}));
  writeFileSync(path.join(folder, "page.js"), await bundle("site/live/page/main.ts", {minify: true}));
  writeStyle("site/live/page.css", path.join(folder, "page.css"));
  cpSync(path.join(root, ICON), path.join(folder, "icon.svg"));
  cpSync(path.join(root, "site/live/page.html"), path.join(folder, "index.html"));
}

/** Build the live page of all systems that have shipped models; `onSystem` is called with each before it is packed. */
export async function buildLive(folder: string, onSystem: (name: string) => void): Promise<void> {
  const packs: SystemPack[] = [];
  for (const name of shippedSystems()) {
    onSystem(name);
    packs.push(await packSystem(name));
  }
  await writeLive(folder, packs, committedScores());
}
