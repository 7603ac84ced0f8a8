/** The golden vectors of models, sampler, guidance and metrics on the browser's engine, in a real browser. */
import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import path from "node:path";
import type {Browser} from "puppeteer-core";
import type {runOperations} from "./golden/operations";
import type {GoldenResults} from "./golden/page";
import {newPage, openBrowser, root, WITH_WEBGPU} from "./jupyter";

const base64 = (...names: string[]) => readFileSync(path.join(root, ...names)).toString("base64");
const wasmFiles = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];

const names = ["autoencoder-2d", "vit", "denoiser", "sampler", "solver", "mmps", "rollout", "metrics"];

let browser: Browser;
let program: string;

beforeAll(async () => {
  browser = await openBrowser(WITH_WEBGPU);
  program = execFileSync(process.execPath, ["-r", "./environment/typescript.cjs", "test/browser/golden/bundle.ts"], {
    cwd: root,
    maxBuffer: 1e8,
  }).toString();
});
afterAll(() => browser?.close());

/** Run a function of the program in a page of its own. */
async function call<Found>(name: string, parameters: readonly unknown[], topics: readonly string[] = []) {
  const page = await newPage(browser);
  await page.goto(`file://${path.join(root, "package.json")}`); // only a safe place has WebGPU, and a file is one
  const golden = topics.map((name) => [
    name,
    {
      text: readFileSync(path.join(root, "test/reference", `${name}.json`), "utf8"),
      base64: base64("test/reference", `${name}.safetensors`),
    },
  ]);
  await page.evaluate((all) => Object.assign(globalThis, {GOLDEN: all}), Object.fromEntries(golden) as object);
  await page.addScriptTag({content: program});
  expect(await page.evaluate("topicNames")).toEqual(names);
  const found = await page.evaluate(
    (name, all) => (globalThis as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>)[name](...all),
    name,
    parameters,
  );
  await page.close();
  return found as Found;
}

const run = (engine: string, topics: readonly string[]) =>
  call<GoldenResults>("runGolden", [engine, wasm, topics], topics);

const wasm = Object.fromEntries(
  wasmFiles.map((name) => [
    name,
    `data:application/wasm;base64,${base64("node_modules/@tensorflow/tfjs-backend-wasm/dist", name)}`,
  ]),
);

test("every golden vector is met in WebAssembly", async () => {
  const found = await run("wasm", names);
  expect(found.engine).toBe("wasm");
  expect(found.error).toBeLessThan(1e-5);
  expect(found.results.filter(({error}) => error !== undefined)).toEqual([]);
  expect(found.results.length).toBeGreaterThan(100);
});

test("golden vectors of recorded steps are met by a graphics processor in software, gradients included", async () => {
  const found = await run("webgpu", ["autoencoder-2d", "vit", "denoiser", "sampler", "solver"]);
  expect(found.results.filter(({error}) => error !== undefined)).toEqual([]);
  expect(found.ran).toHaveLength(10); // steps: encoder, decoder, four vision transformers, a loss, a sampler, two losses
});

test("each operation of the graphics processor equals WebAssembly's", async () => {
  type Operations = Awaited<ReturnType<typeof runOperations>>;
  const {distances, unused, reading, unknown} = await call<Operations>("runEach", [wasm]);
  expect(Object.entries(distances).filter(([, distance]) => !(distance < 1e-6))).toEqual([]);
  expect(unused).toEqual([]);
  expect(reading).toBe("the step reads numbers that differ from call to call");
  expect(unknown).toBe("the operation Cumsum has no program");
});
