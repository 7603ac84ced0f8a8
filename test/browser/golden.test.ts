/** The golden vectors of models, sampler, guidance and metrics on the browser's engine, in a real browser. */
import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import type {GoldenResults} from "./golden/page";
import {newPage, openBrowser, root} from "./jupyter";

const base64 = (...names: string[]) => readFileSync(path.join(root, ...names)).toString("base64");
const wasmFiles = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];

let browser: Browser;
let page: Page;
let topics: string[];

beforeAll(async () => {
  browser = await openBrowser();
  page = await newPage(browser);
  const program = execFileSync(
    process.execPath,
    ["-r", "./environment/typescript.cjs", "test/browser/golden/bundle.ts"],
    {cwd: root, maxBuffer: 1e8},
  );
  const names = ["autoencoder-2d", "vit", "denoiser", "sampler", "solver", "mmps", "rollout", "metrics"];
  const golden = names.map((name) => [
    name,
    {
      text: readFileSync(path.join(root, "test/reference", `${name}.json`), "utf8"),
      base64: base64("test/reference", `${name}.safetensors`),
    },
  ]);
  await page.evaluate((all) => Object.assign(globalThis, {GOLDEN: all}), Object.fromEntries(golden) as object);
  await page.addScriptTag({content: program.toString()});
  topics = (await page.evaluate("topicNames")) as string[];
  expect(topics).toEqual(names);
});
afterAll(() => browser?.close());

const wasm = Object.fromEntries(
  wasmFiles.map((name) => [
    name,
    `data:application/wasm;base64,${base64("node_modules/@tensorflow/tfjs-backend-wasm/dist", name)}`,
  ]),
);

test("every golden vector is met in WebAssembly", async () => {
  const found = (await page.evaluate(
    (files, names) =>
      (globalThis as unknown as {runGolden: (...all: unknown[]) => Promise<unknown>}).runGolden("wasm", files, names),
    wasm,
    topics,
  )) as GoldenResults;
  expect(found.engine).toBe("wasm");
  expect(found.error).toBeLessThan(1e-5);
  expect(found.results.filter(({error}) => error !== undefined)).toEqual([]);
  expect(found.results.length).toBeGreaterThan(100);
});
