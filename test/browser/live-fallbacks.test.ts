/** The live page where something is missing or wrong: a sentence, and what can be shown, never a blank page. */
import {copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {Page} from "puppeteer-core";
import {inEngine, isExact, LivePage, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start();
});
afterAll(() => live?.stop());

const engineOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.engine);

test("nonsense in the address is left out, in a sentence", async () => {
  const page = await live.open({fragment: "#view=nowhere&system=none&rate=5&steps=99&cells=1.2.3&seed=-1&%00=<b>"});
  const said = await textOf(page, "#notice");
  expect(said).toMatch(
    /left out\. system=none: expected one of tiny, other\. view=nowhere: expected one of compress, sample, /,
  );
  expect(said).toMatch(
    /rate=5: expected one of 4, 2\. steps=99: expected a number from 2 to 32\. cells=1\.2\.3: the page has no such entry\./,
  );
  expect(await page.$$("main section")).toHaveLength(5);
  await page.click("#notice a");
  await page.waitForFunction(() => document.getElementById("notice")!.textContent === "");
  expect(new URL(page.url()).hash).toBe("#view=compress");
  await page.close();
});

const model = (files: string) =>
  path.join(
    files,
    readdirSync(files).find((name) => name.endsWith("-diffusion.js"))!,
  );

test("a missing model, a damaged one and a missing first view are said in a sentence", async () => {
  const missing = await live.open({damage: (files) => rmSync(path.join(files, "tiny-c4-diffusion.js"))});
  expect(await textOf(missing, "#engine")).toMatch(/do not run here: files\/tiny-c4-diffusion.js is missing/);
  expect(await missing.$$("canvas[aria-label]")).not.toHaveLength(0);
  const cut = await live.open({
    damage: (files) =>
      writeFileSync(
        path.join(files, "tiny-c4-solver.js"),
        readFileSync(path.join(files, "tiny-c4-solver.js")).subarray(0, 999),
      ),
  });
  expect(await textOf(cut, "#engine")).toMatch(/files\/tiny-c4-solver.js is damaged/);
  const wrong = await live.open({damage: (files) => copyFileSync(model(files), path.join(files, "tiny-first.js"))});
  expect(await textOf(wrong, "#notice")).toMatch(/^This page cannot be shown: files\/tiny-first.js is damaged/);
  await Promise.all([missing.close(), cut.close(), wrong.close()]);
});

test("without WebAssembly something else computes, without threads the prepared results stay", async () => {
  const plain = await live.open({
    before:
      "delete globalThis.WebAssembly; HTMLCanvasElement.prototype.getContext = ((get) => function (kind, ...rest) { return kind === '2d' ? get.call(this, kind, ...rest) : null; })(HTMLCanvasElement.prototype.getContext);",
  });
  expect(await plain.evaluate(() => document.documentElement.dataset.engine)).toMatch(/cpu|webgl/);
  const none = await live.open({
    before: "globalThis.Worker = class { constructor() { throw new Error('threads are switched off'); } };",
  });
  expect(await textOf(none, "#engine")).toMatch(
    /^The models do not run here: threads are switched off\. What you see is prepared/,
  );
  expect(await none.$$("main section")).toHaveLength(5);
  await Promise.all([plain.close(), none.close()]);
});

/** Make every WebAssembly module that uses SIMD invalid, as it is in a browser without. */
const WITHOUT_SIMD = `{
  const {validate} = WebAssembly;
  WebAssembly.validate = (bytes) => bytes.length > 100 && validate(bytes);
}`;

test("without SIMD the plain WebAssembly computes", async () => {
  const page = await live.open({before: WITHOUT_SIMD});
  expect(await engineOf(page)).toBe("wasm");
  expect(await page.$$eval("head script", (all) => all.map(({src}) => src.split("/").at(-1)))).toContain(
    "wasm-plain.js",
  );
  await page.close();
});

test("the graphics processor computes if its numbers are right; if not, WebAssembly does, and the page says why", async () => {
  const page = await live.open({fragment: "#view=sample&engine=webgl&seed=5"});
  const engine = await engineOf(page);
  const said = await textOf(page, "#engine");
  if (engine === "webgl") expect(said).toMatch(/by the graphics processor/);
  else {
    expect(engine).toBe("wasm");
    expect(said).toMatch(/by WebAssembly\. webgl: .+\.$/);
  }
  await show(page, "sample");
  await isExact(page, "sample");
  expect(await textOf(page, "#sample .status")).toMatch(/calls of the denoiser: a sample's VRMSE is \d/);
  await page.close();
});

test("without WebGPU WebAssembly computes, and the page says so", async () => {
  const page = await live.open();
  expect(await engineOf(page)).toBe("wasm");
  expect(await textOf(page, "#engine")).toMatch(/by WebAssembly\. WebGPU is not used: this browser has none\.$/);
  await page.close();
});

test("without a graphics processor WebAssembly computes, and the page says so", async () => {
  const page = await live.open({
    fragment: "#view=compress&engine=webgl",
    damage: inEngine("delete globalThis.OffscreenCanvas;"), // the engine's thread has no canvas to draw on
  });
  expect(await engineOf(page)).toBe("wasm");
  expect(await textOf(page, "#engine")).toMatch(/by WebAssembly\. webgl: /);
  await page.close();
});

test("the clock in a tab in the background waits", async () => {
  const page = await live.open({fragment: "#at=1"});
  await page.click("#bar .play");
  const at = () => page.$eval("#bar .time input", (input) => (input as HTMLInputElement).value);
  await page.evaluate(() => {
    const next = requestAnimationFrame;
    Object.assign(globalThis, {requestAnimationFrame: () => 0});
    return new Promise((resolve) => next(() => next(resolve))); // the frame that the player asked for is over
  });
  const before = await at();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await at()).toBe(before);
  await page.close();
});
