/** What the live page teaches: the front picture, steps, sentences that set the view, results to sort; in a real browser. */
import type {Page} from "puppeteer-core";
import {hashHas, isExact, LivePage, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start();
});
afterAll(async () => {
  expect(live.outside).toEqual([]);
  expect(live.errors).toEqual([]);
  await live.stop();
});

const stateAt = (page: Page) => page.$eval("#bar .time input", (input) => Number((input as HTMLInputElement).value));
const click = (page: Page, name: string) =>
  page.$eval(`[aria-label="${name}"]`, (button) => (button as HTMLElement).click());

test("the front picture moves before anything is touched, until it is paused or another view is opened", async () => {
  const page = await live.open();
  const before = await stateAt(page);
  await page.waitForFunction(
    (at) => Number(document.querySelector<HTMLInputElement>("#bar .time input")!.value) !== at,
    {},
    before,
  );
  expect(await page.$eval("#machine .status", (status) => status.getAttribute("aria-live"))).toBe("off");
  await page.click("#bar .play");
  expect(await page.$eval("#bar .play", (button) => button.getAttribute("aria-label"))).toBe("Play");
  expect(await page.$eval("#machine .status", (status) => status.getAttribute("aria-live"))).toBe("polite");
  await page.click("#bar .play");
  await show(page, "scores");
  await page.waitForFunction(() => document.querySelector("#bar .play")!.getAttribute("aria-label") === "Play");
  await page.close();
});

test("it stays still where motion is not wanted, and where the address names a state", async () => {
  const still = await live.open({before: "globalThis.matchMedia = () => ({matches: true});"});
  expect(await still.$eval("#bar .play", (button) => button.getAttribute("aria-label"))).toBe("Play");
  const linked = await live.open({fragment: "#at=3"});
  expect(await stateAt(linked)).toBe(3);
  expect(await linked.$eval("#bar .play", (button) => button.getAttribute("aria-label"))).toBe("Play");
  await Promise.all([still.close(), linked.close()]);
});

test("every part of the machine opens its view", async () => {
  const page = await live.open({fragment: "#at=3"});
  const parts = await page.$$eval(".machine a", (all) => all.map((part) => part.getAttribute("href")));
  expect(parts).toEqual(
    ["compress", "compress", "noise", "sample", "rollout", "compress", "rollout", "scores"].map(
      (view) => `#view=${view}`,
    ),
  );
  await page.click(".machine > :nth-child(4)");
  await page.waitForFunction(() => document.activeElement?.textContent === "3. Sample");
  await page.close();
});

test("all rates stand in a row with their intervals, and a sentence answers what compression costs", async () => {
  const page = await live.open({fragment: "#at=1"});
  expect(
    await page.$$eval(".rates > li", (all) => all.map((rate) => rate.querySelectorAll(".bars li").length)),
  ).toEqual([3, 3]);
  expect(await textOf(page, ".rates .bars li .value")).toBe("0.10 ± 0.02");
  // copies: 0.1 and 0.5; forecasts: 0.2 and 0.3
  expect(await textOf(page, "#machine .status")).toBe(
    "At ÷16 the error of a decoded copy is 400 % larger than at ÷8, and the error of the forecast 50 % larger than at ÷8: the copy suffers much more than the forecast.",
  );
  await page.$eval(".rates li:last-child button", (button) => button.click());
  await hashHas(page, "rate=2");
  await isExact(page, "machine");
  expect(await page.$eval(".rates li:last-child button", (button) => button.getAttribute("aria-pressed"))).toBe("true");
  await page.close();
});

test("on a phone each rate has its bars beside its picture, and no text lies over another", async () => {
  const page = await live.open({width: 390, fragment: "#at=1"});
  const rows = await page.$$eval(".rates li:has(> .picture)", (all) =>
    all.map((row) => {
      const boxes = [...row.querySelectorAll(".picture, .bars li > span")].map((one) => one.getBoundingClientRect());
      const isOver = (a: DOMRect, b: DOMRect) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      return [boxes.length, boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => isOver(a, b))).length];
    }),
  );
  expect(rows).toEqual([
    [10, 0],
    [10, 0],
  ]);
  await page.close();
});

test("Back undoes a knob and Forward repeats it, while playing and scrolling leave no steps", async () => {
  const page = await live.open({fragment: "#view=compress&system=tiny&at=6"});
  const steps = () => page.evaluate(() => history.length);
  const begin = await steps();
  await click(page, "One state on");
  await hashHas(page, "at=7");
  expect(await steps()).toBe(begin + 1);
  await show(page, "scores");
  await hashHas(page, "view=scores");
  await page.click("#bar .play");
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#bar .time input")!.value !== "7");
  await page.click("#bar .play");
  const paused = await stateAt(page);
  const isWritten = (at: number) => (new URLSearchParams(location.hash.slice(1)).get("at") ?? "3") === `${at}`; // 3 is left out
  await page.waitForFunction(isWritten, {}, paused);
  expect(await steps()).toBe(begin + 1);
  await page.evaluate(() => history.back());
  await hashHas(page, "at=6");
  expect(await stateAt(page)).toBe(6);
  await page.evaluate(() => history.forward());
  await page.waitForFunction(isWritten, {}, paused);
  expect(await stateAt(page)).toBe(paused);
  await page.close();
});

test("Back undoes the choice of a trajectory, and its list says so", async () => {
  const page = await live.open({fragment: "#at=2"});
  const list = "#choices .choice:nth-child(2) select";
  await page.select(list, "1");
  await hashHas(page, "trajectory=1");
  await page.evaluate(() => history.back());
  await page.waitForFunction((one) => document.querySelector<HTMLSelectElement>(one)!.value === "0", {}, list);
  await page.close();
});

test("numbers in sentences set the view, and words explain themselves by keys too", async () => {
  const page = await live.open({fragment: "#view=sample&system=tiny&at=0"});
  await show(page, "sample");
  const links = await page.$$("#sample .lead a.set");
  await links[1].evaluate((link) => link.click());
  await hashHas(page, "steps=4");
  expect(await page.$eval("#sample .dominant output", (output) => output.textContent)).toBe("4");
  await page.focus("#sample dfn");
  const isShown = () => page.$eval("#sample dfn .tip", (tip) => tip.checkVisibility());
  expect(await isShown()).toBe(true);
  const meant = await page.$eval(
    "#sample dfn",
    (word) => document.getElementById(word.getAttribute("aria-describedby")!)!.textContent,
  );
  expect(meant).toMatch(/^The walk from noise to a sample/);
  await page.keyboard.press("Escape");
  expect(await isShown()).toBe(false);
  await page.close();
});

test("a sample is taken step by step, and stands beside the mean of eight", async () => {
  const page = await live.open({fragment: "#view=sample&system=tiny&at=0&step=0"});
  await show(page, "sample");
  await isExact(page, "sample");
  expect(await textOf(page, "#sample .stepped output")).toBe("before step 1");
  await click(page, "Next step, to less noise");
  await hashHas(page, "step=1");
  expect(await textOf(page, "#sample .stepped output")).toBe("before step 2");
  expect(await textOf(page, "#sample .status")).toMatch(
    /^2 calls of the denoiser: a sample's VRMSE is [\d.]+, the VRMSE of the mean of eight [\d.]+\. But the spectral error of a sample is [\d.]+/,
  );
  const [errors, structure] = await page.$$eval("#sample .plot svg[role=img]", (all) =>
    all.map((plot) => plot.getAttribute("aria-label")),
  );
  expect(errors).toMatch(/number of steps 2: a sample, on average [\d.]+, mean of eight [\d.]+/);
  expect(structure).toMatch(/^Spectral error/);
  await page.close();
});

test("guidance says what it changed, at the cells and everywhere, and shows where", async () => {
  const page = await live.open({fragment: "#view=guide&system=tiny&at=4"});
  await show(page, "guide");
  await isExact(page, "guide");
  expect(await textOf(page, "#guide .status")).toMatch(
    /^16 cells observed: at lead time 16 the error of the whole picture is [\d.]+, .+ than [\d.]+ without them; at the cells it is [\d.]+, /,
  );
  const label = await page.$eval("#guide figure:nth-child(4) canvas", (canvas) => canvas.getAttribute("aria-label"));
  expect(label).toMatch(/^What guidance changed: guided − free: from [-\d.]+ to [-\d.]+/);
  await page.close();
});

test("every picture has its quantity, its unit and the ends of its colours, and legends are drawn as the lines are", async () => {
  const page = await live.open({fragment: "#at=4"});
  for (const view of ["noise", "sample", "rollout", "guide", "compress"]) await show(page, view);
  const bare = await page.$$eval("main .picture:not([hidden])", (all) =>
    all.flatMap((figure) => {
      const ends = [...figure.querySelectorAll(".scale span")].map(({textContent}) => textContent);
      const isTold =
        ends.every((end) => /^-?\d/.test(end)) &&
        (/(density|vorticity), dimensionless|Δ density|deviations/.test(figure.textContent) ||
          figure.closest(".strip"));
      return isTold ? [] : [figure.textContent];
    }),
  );
  expect(bare).toEqual([]);
  await show(page, "scores");
  const dashes = await page.$$eval("#scores .plot", (plots) =>
    plots.map((plot) =>
      [...plot.querySelectorAll("svg[role=img] .line, .legend .line")].map(
        (line) => getComputedStyle(line).strokeDasharray,
      ),
    ),
  );
  for (const all of dashes) expect(all.slice(all.length / 2)).toEqual(all.slice(0, all.length / 2));
  await page.close();
});

test("knobs say which views they move, and each view ends with what was seen and its notebook", async () => {
  const page = await live.open({fragment: "#at=4"});
  expect(await textOf(page, "#rollout .dominant label")).toBe("Members shared by front, 4 to 6, 8, 9");
  expect(await page.$$eval(".seen", (all) => all.map((end) => end.textContent.length > 80))).toEqual(
    new Array(11).fill(true),
  );
  expect(await page.$$eval(".notebook", (all) => all.map(({textContent}) => textContent))).toContain(
    "Notebook 06 continues from here.",
  );
  await page.close();
});

test("on a projector the clock and all six pictures of the roll-out are in sight together", async () => {
  const page = await live.open({width: 1024, fragment: "#view=rollout&at=4"});
  await show(page, "rollout");
  const bottoms = await page.$$eval("#rollout .pictures figure", (all) =>
    all.map((figure) => figure.getBoundingClientRect().bottom),
  );
  expect(bottoms).toHaveLength(6);
  expect(Math.max(...bottoms)).toBeLessThan(768);
  const {top, bottom} = await page.$eval("#bar .play", (button) => button.getBoundingClientRect().toJSON() as DOMRect);
  expect(top).toBeGreaterThanOrEqual(0);
  expect(bottom).toBeLessThan(160);
  await page.click("#rollout .steps button:last-child");
  await hashHas(page, "at=6"); // windows of three states share one
  await page.close();
});

test("a system of three axes is named, with the reason why it cannot be chosen, and its scores can", async () => {
  const page = await live.open({fragment: "#view=results&at=0"});
  expect(
    await page.$$eval("#choices select:first-of-type option", (all) =>
      all.map(({disabled, textContent}) => [disabled, textContent]),
    ),
  ).toContainEqual([true, "The solid system: of three axes, see 7 and the notebooks"]);
  await show(page, "results");
  await page.select("#results select", "solid");
  await hashHas(page, "scored=solid");
  await page.waitForFunction(() => document.querySelector("#results .bars .value")!.textContent === "0.20 ± 0.02");
  await page.close();
});

test("results sort from the best, leave methods out by keys, and can be taken as CSV", async () => {
  const page = await live.open({fragment: "#view=results&at=0&metric=ratio&horizon=1"});
  await show(page, "results");
  const names = () =>
    page.$$eval("#results .bars li > span:first-child", (all) => all.map(({textContent}) => textContent));
  // ratios by distance from 1: 0.6 (copy ÷16), 0.5 (solver ÷16), 0.4 twice, 0.3, 0.2
  expect(await names()).toEqual([
    "autoencoder ÷16",
    "neural solver ÷16",
    "diffusion ÷16",
    "neural solver ÷8",
    "diffusion ÷8",
    "autoencoder ÷8",
  ]);
  await page.focus("#results input[type=checkbox]:nth-of-type(1)");
  await page.keyboard.press("Space");
  await hashHas(page, "without=0");
  await page.waitForFunction(() => document.querySelectorAll("#results .bars li").length === 5);
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).type)).toBe("checkbox"); // focus stays
  const csv = await page.$eval("#results .csv", (link) =>
    decodeURIComponent((link as HTMLAnchorElement).href.split(",").slice(1).join(",")),
  );
  expect(csv.split("\n").slice(0, 2)).toEqual([
    "system,metric,horizon,method,compression,value,standard error",
    "tiny,ratio,21:32,autoencoder,16,0.6,0.02",
  ]);
  expect(await textOf(page, "#results .status")).toMatch(
    /autoencoder ÷16 is first with 0\.60 ± 0\.02, neural solver ÷16 next/,
  );
  await page.close();
});
