/** The live page of a tiny system in a real browser, opened as a file. */
import {execFileSync} from "node:child_process";
import {copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {relativeError} from "../reference/parse-reference";
import {openBrowser, root, screenshot} from "./jupyter";

jest.setTimeout(300_000); // the machine may be busy; alone it takes a twentieth of this

interface Answer {
  readonly members: readonly number[];
  readonly vrmse: {readonly diffusion: readonly number[]; readonly solver: readonly number[]};
}

let browser: Browser;
let folder: string;
let answer: Answer;
/** Requests that left the page's folder. */
const outside: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "lola-live-"));
  const program = ["-r", "./environment/typescript.cjs", "test/browser/live/build.ts", path.join(folder, "page")];
  const printed = execFileSync(process.execPath, program, {
    cwd: root,
    maxBuffer: 1e8,
    stdio: ["ignore", "pipe", "ignore"],
  });
  answer = JSON.parse(printed.toString().trim().split("\n").at(-1)!) as Answer;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, {recursive: true, force: true});
});

/** Open the page, or a copy of it in which something is wrong. */
async function open(
  {fragment = "", damage, before}: {fragment?: string; damage?: (files: string) => void; before?: string} = {},
  width = 1100,
): Promise<Page> {
  let place = path.join(folder, "page");
  if (damage) {
    place = mkdtempSync(path.join(folder, "damaged-"));
    cpSync(path.join(folder, "page"), place, {recursive: true});
    damage(path.join(place, "files"));
  }
  const page = await browser.newPage();
  await page.setViewport({width, height: 800});
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(`file://${place}/`)) outside.push(url);
  });
  if (before) await page.evaluateOnNewDocument(before);
  await page.goto(`file://${place}/index.html${fragment}`);
  await page.waitForFunction(() => document.documentElement.dataset.engine, {timeout: 120_000});
  return page;
}

const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent ?? "");

/** Wait until a view shows what its knobs say. */
const isExact = (page: Page, view: string) =>
  page.waitForFunction((id) => !document.getElementById(id)!.classList.contains("stale"), {timeout: 120_000}, view);

/** Show a view and wait for a frame. */
const show = (page: Page, view: string) =>
  page.evaluate(async (id) => {
    document.getElementById(id)!.scrollIntoView();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }, view);

test("six views teach before the models are there, and the engine starts from a file", async () => {
  const page = await open();
  expect(await page.$$eval("main h2", (titles) => titles.map(({textContent}) => textContent))).toEqual([
    "1. Compress",
    "2. Add noise, and take it away",
    "3. Sample",
    "4. Roll out",
    "5. Guide",
    "6. Score",
  ]);
  expect(await page.evaluate(() => document.documentElement.dataset.engine)).toBe("wasm");
  const drawn = await page.$$eval("canvas[aria-label]", (all) => all.length);
  expect(drawn).toBeGreaterThan(20);
  expect(await page.$$eval("details .katex", (all) => all.length)).toBeGreaterThan(6);
  await screenshot(page, "live");
  await page.close();
});

test("the same seed gives the laboratory's numbers", async () => {
  const fragment = "#view=scores&system=tiny&trajectory=1&rate=2&members=3&steps=3&order=2&seed=7&at=8";
  const page = await open({fragment});
  await show(page, "scores");
  await isExact(page, "scores");
  const shown = await page.$eval("#scores .plot svg", (drawing) => drawing.getAttribute("aria-label"));
  const [diffusion, solver] = ["diffusion", "neural solver"].map((name) =>
    Number(new RegExp(`${name} (\\d+(?:\\.\\d+)?)`).exec(shown!)![1]),
  );
  expect(relativeError([diffusion], [answer.vrmse.diffusion[8]])).toBeLessThan(5e-3); // three digits are printed
  expect(relativeError([solver], [answer.vrmse.solver[8]])).toBeLessThan(5e-3);
  await page.close();
});

test("knobs change what is computed, by keys too, and the address holds all of it", async () => {
  const page = await open();
  await show(page, "noise");
  await page.focus("#noise .dominant input");
  await page.keyboard.press("ArrowRight");
  await isExact(page, "noise");
  await show(page, "guide");
  await page.focus("#guide .picker canvas");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "Enter"] as const) await page.keyboard.press(key);
  await page.waitForFunction(() => /t=0\.51/.test(location.hash) && /cells=[^&]*11\.8/.test(location.hash));
  await isExact(page, "guide");
  expect(await textOf(page, "#guide .status")).toMatch(/^6 cells observed/);
  const {hash} = new URL(page.url());
  const again = await open({fragment: hash});
  await show(again, "guide");
  await isExact(again, "guide");
  expect(await textOf(again, "#guide .status")).toMatch(/^6 cells observed/);
  await Promise.all([page.close(), again.close()]);
});

test("a view can be copied as a cell", async () => {
  const page = await open();
  await page.click("#compress .copy");
  const shown = await page.waitForFunction(() => {
    const area = document.querySelector<HTMLTextAreaElement>("#compress textarea"); // where there is no clipboard
    return area?.value ?? (document.querySelector("#compress .copy")!.textContent === "Copied" && "Copied");
  });
  const text = await shown.jsonValue();
  if (text !== "Copied") expect(text).toContain('openLab({system: "tiny", preset: "smoke"})');
  await page.close();
});

test("nonsense in the address is left out, in a sentence", async () => {
  const page = await open({fragment: "#view=nowhere&system=none&rate=5&t=9&cells=1.2.3&seed=-1&%00=<b>"});
  expect(await textOf(page, "#notice")).toMatch(
    /^The address asked for something that is not here \(system, view, rate, t, cells, seed/,
  );
  expect(await page.$$("main section")).toHaveLength(6);
  await page.close();
});

const model = (files: string) =>
  path.join(
    files,
    readdirSync(files).find((name) => name.endsWith("-diffusion.js"))!,
  );

test("a missing model, a damaged one and a missing first view are said in a sentence", async () => {
  const missing = await open({damage: (files) => rmSync(path.join(files, "tiny-c4-diffusion.js"))});
  expect(await textOf(missing, "#engine")).toMatch(/do not run here: files\/tiny-c4-diffusion.js is missing/);
  expect(await missing.$$("canvas[aria-label]")).not.toHaveLength(0);
  const cut = await open({
    damage: (files) =>
      writeFileSync(
        path.join(files, "tiny-c4-solver.js"),
        readFileSync(path.join(files, "tiny-c4-solver.js")).subarray(0, 999),
      ),
  });
  expect(await textOf(cut, "#engine")).toMatch(/files\/tiny-c4-solver.js is damaged/);
  const wrong = await open({damage: (files) => copyFileSync(model(files), path.join(files, "tiny-first.js"))});
  expect(await textOf(wrong, "#notice")).toMatch(/^This page cannot be shown: files\/tiny-first.js is damaged/);
  await Promise.all([missing.close(), cut.close(), wrong.close()]);
});

test("without WebAssembly something else computes, without threads the prepared results stay", async () => {
  const plain = await open({
    before:
      "delete globalThis.WebAssembly; HTMLCanvasElement.prototype.getContext = ((get) => function (kind, ...rest) { return kind === '2d' ? get.call(this, kind, ...rest) : null; })(HTMLCanvasElement.prototype.getContext);",
  });
  expect(await plain.evaluate(() => document.documentElement.dataset.engine)).toMatch(/cpu|webgl/);
  const none = await open({
    before: "globalThis.Worker = class { constructor() { throw new Error('threads are switched off'); } };",
  });
  expect(await textOf(none, "#engine")).toMatch(
    /^The models do not run here: threads are switched off\. What you see is prepared/,
  );
  expect(await none.$$("main section")).toHaveLength(6);
  await Promise.all([plain.close(), none.close()]);
});

test("a phone shows everything without scrolling sideways", async () => {
  const page = await open({}, 375);
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide).toBeLessThanOrEqual(window);
  await screenshot(page, "live-phone");
  await page.close();
});

test("no request leaves the page's folder", () => expect(outside).toEqual([]));
