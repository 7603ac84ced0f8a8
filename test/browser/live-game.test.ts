/** The game of the live page: rounds by mouse and keys, what is told and what is not, the score, and the way back. */
import type {Page} from "puppeteer-core";
import {candidates, MAX_ROUNDS, roundOf, ROUNDS} from "../../site/live/page/rounds";
import {screenshot} from "./jupyter";
import {hashHas, isExact, LivePage, press, show, textOf} from "./live/page";

const STATES = 9;

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
  const page = await live.open({fragment: `#view=game&system=tiny&at=0${entries}`, ...options});
  await show(page, "game");
  await isExact(page, "game");
  return page;
}

const rightOf = (n: number) => roundOf(n, STATES).order.indexOf("simulation");
const statusIs = (page: Page, text: string) =>
  page.waitForFunction((words) => document.querySelector("#game .status")!.textContent.startsWith(words), {}, text);
const focused = (page: Page) => page.evaluate(() => document.activeElement!.textContent);
const labels = (page: Page) =>
  page.$$eval("#game .guess canvas", (all) => all.map((canvas) => canvas.getAttribute("aria-label")!));
const pictureOf = (i: number) => `#game .guess:nth-child(${i + 2}) canvas`;

test("a round asks for the simulation and does not betray it, in words either", async () => {
  const page = await opened();
  expect(await textOf(page, "#game .status")).toBe(
    `Round 1 of 24, lead time ${4 * roundOf(0, STATES).at}: which of A, B, C and D is the simulation?`,
  );
  expect(await page.$$eval("#game .guess figcaption", (all) => all.map(({textContent}) => textContent))).toEqual(
    ["A", "B", "C", "D"].map((letter) => `${letter}density, dimensionless`),
  );
  for (const [i, label] of (await labels(page)).entries())
    expect(label).toMatch(
      new RegExp(`^${"ABCD"[i]}: from -?[\\d.]+ to -?[\\d.]+, neighbouring cells differ by [\\d.]+$`),
    );
  expect(await page.$$eval("#game .tools button", (all) => all.map(({hidden}) => hidden))).toEqual([true, true]);
  await page.close();
});

test("keys choose a picture, hear the answer, and go on; the mouse does too", async () => {
  const page = await opened();
  await page.focus("#game .guess button");
  for (let i = 0; i < rightOf(0); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await statusIs(page, `Right: ${"ABCD"[rightOf(0)]} is the simulation. Found in 1 of 1 rounds`);
  await hashHas(page, `guesses=${rightOf(0)}`);
  expect((await labels(page))[rightOf(0)]).toMatch(/: the simulation, from/);
  expect(await focused(page)).toBe("Next round");
  await page.keyboard.press("Enter");
  await statusIs(page, "Round 2 of 24");
  expect(await focused(page)).toBe("A");
  const {order} = roundOf(1, STATES);
  await page.click(pictureOf(order.indexOf("mean")));
  await statusIs(page, `No: ${"ABCD"[order.indexOf("mean")]} is the mean of the members, and ${"ABCD"[rightOf(1)]} is`);
  await page.click(pictureOf(rightOf(1))); // a round is decided once
  await hashHas(page, "round=1&guesses=");
  expect(await textOf(page, "#game .status")).toMatch(/Found in 1 of 2 rounds; by chance it would be one of four\.$/);
  await screenshot(page, "live-game");
  await page.close();
});

test("the score is a curve over lead time, beside chance and a class, whose addresses are read and not sent", async () => {
  const games = [0, 1].map((by) => Array.from({length: ROUNDS}, (_, n) => (rightOf(n) + by) % candidates.length));
  const page = await opened(`&round=7&guesses=${games[0].join()}`);
  const curve = () => page.$eval("#game .plot svg[role=img]", (plot) => plot.getAttribute("aria-label"));
  const lead = 4 * roundOf(7, STATES).at;
  expect(await curve()).toBe(`Rounds in which the simulation was found. lead time ${lead}: you 1, by chance 0.25.`);
  expect(await page.$$("#game .plot .dot")).toHaveLength(8);
  await page.click("#game .plots summary");
  const lines = [...games, games[1]].map((game) => `https://host/live/#view=game&system=tiny&guesses=${game.join()}`);
  await page.type("#game .plots textarea", [...lines, "#system=solid&guesses=1", "nonsense"].join("\n"));
  await page.waitForFunction(
    () => document.querySelector("#game .plots .note")!.textContent === "3 of 5 lines hold a game of this system.",
  );
  expect(await curve()).toMatch(/: you 1, the class 0\.333, by chance 0\.25\.$/);
  await page.close();
});

test("after eight rounds the next trajectory follows, Reset begins again, and Back brings the score back", async () => {
  const game = Array.from({length: ROUNDS}, (_, n) => rightOf(n));
  const page = await opened(`&round=7&guesses=${game.join()}`);
  await press(page, "game", "Next round");
  await statusIs(page, "Round 9 of 24");
  await hashHas(page, "trajectory=1");
  await isExact(page, "game");
  await press(page, "game", "Reset the game");
  await statusIs(page, "Round 1 of 24");
  expect(await textOf(page, "#game .status")).not.toContain("Found");
  await page.waitForFunction(() => !location.hash.includes("guesses"));
  await page.evaluate(() => history.back());
  await statusIs(page, "Round 9 of 24");
  expect(await textOf(page, "#game .status")).toContain("Found in 8 of 8 rounds");
  await page.close();
});

test("the game ends, and an address that says a later round than was played shows the next one", async () => {
  const whole = Array.from({length: MAX_ROUNDS}, () => 0);
  const page = await opened(`&round=23&guesses=${whole.join()}`);
  expect(await textOf(page, "#game .status")).toMatch(/Found in \d+ of 24 rounds/);
  expect(await page.$$eval("#game .tools button", (all) => all.map(({hidden}) => hidden))).toEqual([true, false]);
  await page.close();
  const early = await opened("&round=9&guesses=1");
  expect(await textOf(early, "#game .status")).toMatch(/^Round 2 of 24/);
  await early.close();
});

test("without models the prepared trajectory is played, and the next one says what is missing", async () => {
  const before = "delete globalThis.WebAssembly; delete globalThis.Worker;";
  const page = await opened("", {before});
  await page.click(pictureOf(0));
  await page.waitForFunction(() => /^(Right|No)/.test(document.querySelector("#game .status")!.textContent));
  const game = Array.from({length: ROUNDS}, (_, n) => rightOf(n));
  await page.evaluate(
    (fragment) => (location.hash = fragment),
    `#view=game&system=tiny&round=7&guesses=${game.join()}`,
  );
  await statusIs(page, "Right");
  await press(page, "game", "Next round");
  await statusIs(page, "This was not prepared");
  expect(await page.$eval("#game .guess button", (button) => button.getAttribute("aria-disabled"))).toBe("true");
  await press(page, "game", "Reset the game");
  await statusIs(page, "Round 1 of 24");
  await page.close();
});

test("on a projector the pictures and the buttons are in sight together, and a phone scrolls nothing sideways", async () => {
  const page = await opened("&guesses=0", {width: 1024});
  const bottoms = await page.$$eval("#game .pictures > *, #game .tools button", (all) =>
    all.map((element) => element.getBoundingClientRect().bottom),
  );
  expect(bottoms).toHaveLength(7);
  expect(Math.max(...bottoms)).toBeLessThan(768);
  await page.setViewport({width: 390, height: 844});
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.close();
});
