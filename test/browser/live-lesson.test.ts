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

test("the clock plays until it is paused, and what plays is not announced", async () => {
  const page = await live.open({fragment: "#at=1"});
  const told = () => page.$eval("#compress .status", (status) => status.getAttribute("aria-live"));
  await page.click("#bar .play");
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#bar .time input")!.value !== "1");
  expect(await told()).toBe("off");
  await page.click("#bar .play");
  expect(await page.$eval("#bar .play", (button) => button.getAttribute("aria-label"))).toBe("Play");
  expect(await told()).toBe("polite");
  await page.close();
});

test("all rates stand in a row with their intervals, and a sentence answers what compression costs", async () => {
  const page = await live.open({fragment: "#at=1"});
  expect(
    await page.$$eval(".rates > li", (all) => all.map((rate) => rate.querySelectorAll(".bars li").length)),
  ).toEqual([3, 3]);
  expect(await textOf(page, ".rates .bars li .value")).toBe("0.10 ± 0.02");
  // copies: 0.1 and 0.5; forecasts: 0.2 and 0.3
  expect(await textOf(page, "#compress .status")).toMatch(
    /^At lead time 4 the VRMSE of the decoded density is [\d.]+\. At ÷16 the error of a decoded copy is 400 % larger than at ÷8, and the error of the forecast 50 % larger than at ÷8: the copy suffers much more than the forecast\.$/,
  );
  await page.$eval(".rates li:last-child button", (button) => button.click());
  await hashHas(page, "rate=2");
  await isExact(page, "compress");
  expect(await page.$eval(".rates li:last-child button", (button) => button.getAttribute("aria-pressed"))).toBe("true");
  await page.close();
});

test("Back undoes a knob and Forward repeats it, while playing leaves no steps", async () => {
  const page = await live.open({fragment: "#view=compress&system=tiny&at=6"});
  const steps = () => page.evaluate(() => history.length);
  const begin = await steps();
  await click(page, "One state on");
  await hashHas(page, "at=7");
  expect(await steps()).toBe(begin + 1);
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
  expect(meant).toMatch(/^A network that estimates the clean latents/);
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

test("every picture has its quantity, its unit and the ends of its colours, and legends are drawn as the lines are", async () => {
  const page = await live.open({fragment: "#at=4"});
  for (const view of ["sample", "rollout", "compress"]) await show(page, view);
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
  expect(bottom).toBeLessThan(768);
  await page.close();
});

test("a system of three axes is named, with the reason why it cannot be chosen, and its scores can", async () => {
  const page = await live.open({fragment: "#view=results&at=0"});
  expect(
    await page.$$eval("#choices select:first-of-type option", (all) =>
      all.map(({disabled, textContent}) => [disabled, textContent]),
    ),
  ).toContainEqual([true, "The solid system: of three axes, see 5 and the notebooks"]);
  await show(page, "results");
  await page.select("#results select", "solid");
  await hashHas(page, "scored=solid");
  await page.waitForFunction(() => document.querySelector("#results .bars .value")!.textContent === "0.20 ± 0.02");
  await page.close();
});

test("results sort from the best", async () => {
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
  expect(await textOf(page, "#results .status")).toMatch(
    /autoencoder ÷16 is first with 0\.60 ± 0\.02, neural solver ÷16 next/,
  );
  await page.close();
});
