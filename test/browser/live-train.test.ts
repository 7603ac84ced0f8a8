/** Training in the live page: data, three models one after the other, stop, continue, reset, and what can go wrong. */
import {rmSync} from "node:fs";
import path from "node:path";
import type {Page} from "puppeteer-core";
import {screenshot} from "./jupyter";
import {LivePage, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start();
});
afterAll(async () => {
  await live.stop();
  expect(live.outside).toEqual([]);
  expect(live.errors).toEqual([]);
});

async function opened(entries = "", options: Parameters<LivePage["open"]>[0] = {}): Promise<Page> {
  const page = await live.open({fragment: `#view=train&system=tiny&at=4${entries}`, ...options});
  await show(page, "train");
  return page;
}

const statusIs = (page: Page, text: string) =>
  page.waitForFunction(
    (words) => new RegExp(words).test(document.querySelector("#train .status")!.textContent!),
    {},
    text,
  );
const clockIs = (page: Page, text: string) =>
  page.waitForFunction(
    (words) => [...document.querySelectorAll("#train .note")].some((note) => new RegExp(words).test(note.textContent!)),
    {},
    text,
  );
const press = (page: Page, text: string) =>
  page.evaluate((name) => {
    [...document.querySelectorAll<HTMLButtonElement>("#train .tools button")]
      .find(({textContent}) => textContent === name)!
      .click();
  }, text);
const labelOf = (page: Page, n: number) =>
  page.$eval(`#train .pictures figure:nth-child(${n}) canvas`, (canvas) => canvas.getAttribute("aria-label")!);

test("three models learn one after the other, stop, go on, and can be forgotten; other views stay alive", async () => {
  const page = await opened();
  await statusIs(page, "^Nothing is trained yet at ÷12\\.$");
  await press(page, "2. neural solver");
  await statusIs(page, "train the autoencoder first");
  await page.waitForFunction(() => location.hash.includes("stage=solver"));
  await press(page, "1. autoencoder");
  await page.focus("#train .tools button:nth-child(4)");
  await page.keyboard.press("Enter");
  await clockIs(page, "^Simulating flow \\d+ of 17\\.");
  await clockIs(page, "^autoencoder, ÷12: step [1-9]\\d* of 1200, [\\d.]+ ms a step, about \\d+ s left\\.$");
  await page.$eval("#bar .time input", (input) => {
    const slider = input as HTMLInputElement; // the page answers while it trains
    slider.value = "6";
    slider.dispatchEvent(new Event("input"));
  });
  await statusIs(
    page,
    "^Training: the VRMSE of the decoded copy is .+ after 50 steps, \\d+ % smaller than .+ before the first",
  );
  await press(page, "Stop");
  await statusIs(page, "^Stopped after \\d+ of 1200 steps");
  expect(await labelOf(page, 1)).toMatch(/^Simulation, unknown to all: from -/);
  expect(await labelOf(page, 2)).toMatch(/^Decoded copy: from .+, VRMSE [\d.]+$/);
  const done = Number(/after (\d+) of/.exec(await textOf(page, "#train .status"))![1]);
  await press(page, "Continue");
  await clockIs(page, "autoencoder, ÷12: step [1-9]");
  await page.waitForFunction(
    (before) => Number(/step (\d+) of/.exec(document.getElementById("train")!.textContent!)?.[1] ?? 0) > before,
    {},
    done,
  );
  await press(page, "Stop");
  await statusIs(page, "^Stopped after");
  for (const [choice, name, picture] of [
    ["2. neural solver", "neural solver", 3],
    ["3. diffusion model", "diffusion model", 5],
  ] as const) {
    await press(page, choice);
    await press(page, `Train the ${name}`);
    await clockIs(page, `^${name}, ÷12: step [1-9]`);
    await press(page, "Stop");
    await statusIs(page, "^Stopped after");
    expect(await labelOf(page, picture)).toMatch(/: from .+, VRMSE [\d.]+$/);
  }
  expect(await textOf(page, "#train .status")).toMatch(
    /, \d+ % (larger|smaller) than [\d.]+ of a flow that stands still\. One/,
  );
  expect(await page.$eval("#train .plot:last-child svg", (plot) => plot.getAttribute("aria-label"))).toMatch(
    /^VRMSE over time: 0 is exact\. state 6: .+, first state, unchanged [\d.]+\.$/,
  );
  await screenshot(page, "live-train");
  await page.setViewport({width: 1024, height: 768}); // a projector
  await show(page, "train");
  const bottoms = await page.$$eval("#train .pictures > *, #train .tools button, #train .knob", (all) =>
    all.map((element) => element.getBoundingClientRect().bottom),
  );
  expect(Math.max(...bottoms)).toBeLessThan(768);
  await press(page, "1. autoencoder");
  await press(page, "Reset the autoencoder");
  await statusIs(page, "^Nothing is trained yet");
  expect(await labelOf(page, 5)).toBe("One member: nothing yet");
  await page.close();
});

test("without the simulator or threads a sentence says that nothing can be trained, and the button stays", async () => {
  const none = await opened("", {damage: (files) => rmSync(path.join(files, "simulator.js"))});
  await press(none, "Train the autoencoder");
  await statusIs(none, "^This cannot be trained: files/simulator\\.js is missing");
  const threads = await opened("", {
    before: "globalThis.Worker = class { constructor() { throw new Error('threads are switched off'); } };",
  });
  await press(threads, "Train the autoencoder");
  await statusIs(threads, "^This cannot be trained: threads are switched off");
  expect(await textOf(threads, "#train .tools button:nth-child(4)")).toBe("Train the autoencoder");
  await Promise.all([none.close(), threads.close()]);
});

test("an address that asks for another model is left out with a sentence; before a training nothing empty is shown", async () => {
  const page = await opened("&stage=gan&channels=3", {width: 390});
  expect(await textOf(page, "#notice")).toMatch(
    /stage=gan: expected one of autoencoder, solver, diffusion\. channels=3: expected one of 1, 2, 4, 8\./,
  );
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await page.$$eval("#train canvas, #train .plot", (all) => all.filter((one) => one.checkVisibility()))).toEqual(
    [],
  );
  await page.close();
});
