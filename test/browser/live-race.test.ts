/** Paint and race: strokes by mouse, finger and keys, the simulator beside the emulators, undo, and what can go wrong. */
import {readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {Page} from "puppeteer-core";
import {screenshot} from "./jupyter";
import {hashHas, isExact, LivePage, press, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start();
});
afterAll(async () => {
  await live.stop();
  expect(live.outside).toEqual([]);
  expect(live.errors.filter((error) => !/SyntaxError/.test(error))).toEqual([]); // one test cuts a script short
});

const AT = "#view=race&system=kolmogorov&at=4";

async function opened(fragment = AT, options: Parameters<LivePage["open"]>[0] = {}): Promise<Page> {
  const page = await live.open({fragment, ...options});
  await show(page, "race");
  return page;
}

const strokesIn = (page: Page) =>
  page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("strokes")?.split(",") ?? []);
const isRaced = (page: Page) =>
  page.waitForFunction(() => /^Lead time \d+: the VRMSE/.test(document.querySelector("#race .status")!.textContent!));
const labelOf = (page: Page, figure: string) =>
  page.$eval(`#race ${figure} canvas`, (canvas) => canvas.getAttribute("aria-label")!);
const boxOf = async (page: Page) => (await (await page.$("#race .picker canvas"))!.boundingBox())!;

test("before anything is painted the prepared forecast stands there", async () => {
  const page = await opened();
  expect(await textOf(page, "#race .status")).toBe(
    "Nothing is painted yet: this is a trajectory of the data, and its forecasts.",
  );
  expect(await labelOf(page, ".pictures figure:nth-child(1)")).toMatch(/^Simulation: vorticity from -?[\d.]+ to/);
  await page.close();
});

test("the mouse paints a stroke, all race from it, and the picture is that of the simulator", async () => {
  const page = await opened();
  const {x, y, width, height} = await boxOf(page);
  await page.mouse.move(x + 0.3 * width, y + 0.5 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.7 * width, y + 0.5 * height, {steps: 4});
  expect(await labelOf(page, ".picker")).toMatch(/1 stroke$/); // while it is painted
  await page.mouse.up();
  await isRaced(page);
  await hashHas(page, "strokes=0.4.");
  const [stroke] = await strokesIn(page);
  expect(stroke.split(".").length).toBeGreaterThan(7);
  await isExact(page, "race");
  expect(await textOf(page, "#race .clocks")).toMatch(
    /^Time per state: simulator [\d.]+ ms, neural solver [\d.]+ ms, ensemble [\d.]+ ms; they run at the same time\. /,
  );
  expect(await textOf(page, "#race .reading")).toMatch(/^(Inside|Outside of) the data: /);
  expect(await labelOf(page, ".pictures figure:nth-child(4)")).toMatch(
    /^Spread: from [\d.]+ to [\d.]+, over the error/,
  );
  const lines = await page.$$eval("#race .plot svg[role=img]", (all) =>
    all.map((plot) => plot.getAttribute("aria-label")),
  );
  expect(lines[1]).toMatch(/simulator [\d.e-]+, ensemble [\d.e-]+, neural solver [\d.e-]+/);
  await page.$eval("#bar .time input", (input) => {
    const slider = input as HTMLInputElement;
    slider.value = "8";
    slider.dispatchEvent(new Event("input"));
  });
  await page.waitForFunction(() => /^Lead time 32:/.test(document.querySelector("#race .status")!.textContent!));
  const late = await labelOf(page, ".pictures figure:nth-child(1)");
  await page.$eval("#bar .time input", (input) => {
    const slider = input as HTMLInputElement;
    slider.value = "0";
    slider.dispatchEvent(new Event("input"));
  });
  await page.waitForFunction(() => /^Lead time 0:/.test(document.querySelector("#race .status")!.textContent!));
  expect(await labelOf(page, ".pictures figure:nth-child(1)")).not.toBe(late);
  await screenshot(page, "live-race");
  await page.close();
});

test("keys paint a spot at the cross, the brush can be changed, Undo and Back take strokes away, Reset all", async () => {
  const page = await opened();
  await page.focus("#race .picker canvas");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await hashHas(page, "strokes=0.9.8");
  await press(page, "race", "Turn right");
  await press(page, "race", "Add a right vortex at the cross");
  await hashHas(page, "strokes=0.9.8,1.9.8");
  await isRaced(page);
  await press(page, "race", "Undo");
  await page.waitForFunction(() => /strokes=0\.9\.8(&|$)/.test(location.hash));
  await page.evaluate(() => history.back());
  await hashHas(page, "strokes=0.9.8,1.9.8");
  await press(page, "race", "Reset");
  await page.waitForFunction(() => !location.hash.includes("strokes"));
  expect(await textOf(page, "#race .status")).toMatch(/^Nothing is painted yet/);
  await page.close();
});

const shareOf = (page: Page, row: number) =>
  page.$eval(`#race .plots .bars li:nth-child(${row}) .value`, (value) => Number(value.textContent));

test("the mouse moves a patch: members part, the histogram of ranks fills, and CRPS are bars with a sentence each", async () => {
  const page = await opened(`${AT}&brush=2`);
  const words = () => page.$$eval("#race .plots .note", (all) => all.map(({textContent}) => textContent));
  expect((await words())[0]).toMatch(
    /^Up to lead time 16 the simulation lies outside of all 4 members at \d+ % of the points\. An honest ensemble leaves it outside at 40 %: /,
  );
  expect(await page.$$("#race > .strip figure:not([hidden])")).toHaveLength(4);
  const before = await labelOf(page, ".strip figure");
  const {x, y, width, height} = await boxOf(page);
  await page.mouse.move(x + 0.25 * width, y + 0.5 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.75 * width, y + 0.5 * height, {steps: 3});
  await page.mouse.up();
  await hashHas(page, "strokes=2.4.7.12.7");
  await isRaced(page);
  await isExact(page, "race");
  expect(await labelOf(page, ".strip figure")).not.toBe(before);
  expect((await words())[1]).toMatch(
    /^The ensemble's CRPS is (\d+ % (smaller|larger) than|as large as) the solver's, and .+ its mean's: members that /,
  );
  const shares = await Promise.all([1, 2, 3, 4, 5].map((row) => shareOf(page, row)));
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 2);
  expect(await page.$$eval("#race .plots .bars", (all) => all.map((list) => list.childElementCount))).toEqual([5, 3]);
  await screenshot(page, "live-ensemble");
  await page.close();
});

test("keys pick a patch up, move and drop it; Escape puts it back", async () => {
  const page = await opened(`${AT}&brush=2`);
  await page.focus("#race .picker canvas");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => /A patch is held/.test(document.querySelector("#race .readout")!.textContent!));
  expect(await labelOf(page, ".picker")).toMatch(/1 stroke$/);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !/A patch is held/.test(document.querySelector("#race .readout")!.textContent!));
  expect(await strokesIn(page)).toEqual([]);
  await press(page, "race", "Pick up the patch at the cross");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => /^Cell 9, 10/.test(document.querySelector("#race .readout")!.textContent!));
  await press(page, "race", "Drop the patch at the cross");
  await hashHas(page, "strokes=2.9.8.9.10");
  await isRaced(page);
  await page.close();
});

test("a finger paints, and the page does not scroll for it", async () => {
  const page = await opened(AT, {width: 390});
  const {x, y, width, height} = await boxOf(page);
  const before = await page.evaluate(() => scrollY);
  await page.touchscreen.touchStart(x + 0.5 * width, y + 0.3 * height);
  for (const part of [0.4, 0.5, 0.6, 0.7]) await page.touchscreen.touchMove(x + 0.5 * width, y + part * height);
  await page.touchscreen.touchEnd();
  await hashHas(page, "strokes=0.8.");
  expect((await strokesIn(page))[0].split(".").length).toBeGreaterThan(5);
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await isRaced(page);
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide).toBeLessThanOrEqual(window);
  await page.close();
});

test("one cursor crosses all pictures and is read out", async () => {
  const page = await opened(`${AT}&strokes=0.8.8`);
  await isRaced(page);
  await page.hover("#race .pictures figure:nth-child(3) canvas");
  await page.waitForFunction(() => document.querySelectorAll("#race .cross").length === 7);
  expect(await textOf(page, "#race .readout")).toMatch(
    /^Cell 8, [78] at lead time 16: simulation -?[\d.]+, solver -?[\d.]+, mean -?[\d.]+ ± [\d.]+\.$/,
  );
  await page.close();
});

test("from a state at rest the page says how far outside of the data it is", async () => {
  const page = await opened(`${AT}&canvas=rest&strokes=0.8.8`);
  await isRaced(page);
  expect(await textOf(page, "#race .reading")).toMatch(/the data: /);
  expect(await page.$eval("#race select", (list) => list.value)).toBe("rest");
  await page.close();
});

test("without models the simulator races alone, and without the simulator a sentence says so", async () => {
  const alone = await opened(`${AT}&strokes=0.8.8`, {
    damage: (files) => {
      const file = path.join(files, "kolmogorov-c4-solver.js");
      writeFileSync(file, readFileSync(file).subarray(0, 999));
    },
  });
  await alone.waitForFunction(() =>
    /^The simulator races alone\./.test(document.querySelector("#race .status")!.textContent!),
  );
  expect(await labelOf(alone, ".pictures figure:nth-child(1)")).toMatch(/^Simulation: vorticity from/);
  const none = await opened(`${AT}&strokes=0.8.8`, {damage: (files) => rmSync(path.join(files, "simulator.js"))});
  await none.waitForFunction(() =>
    /^This cannot be computed: files\/simulator\.js is missing/.test(
      document.querySelector("#race .status")!.textContent!,
    ),
  );
  await press(none, "race", "Undo");
  await none.waitForFunction(() =>
    /^Nothing is painted yet/.test(document.querySelector("#race .status")!.textContent!),
  );
  await Promise.all([alone.close(), none.close()]);
});

test("a simulator that gives up says when and why, and Undo is the way back", async () => {
  const page = await opened(`${AT}&strokes=0.8.8`, {
    damage: (files) => {
      const file = path.join(files, "simulator.js"); // the third state is not finite
      const spoilt =
        "let n=0;const post=postMessage;globalThis.postMessage=(m)=>{if(m.progress&&++n===3)throw new Error('expected a finite state, found NaN.');post(m)};";
      writeFileSync(file, readFileSync(file, "utf8").replace('("simulator", "', `("simulator", "${spoilt}`));
    },
  });
  await page.waitForFunction(() =>
    /^The simulator gave up after lead time 4: /.test(document.querySelector("#race .status")!.textContent!),
  );
  await press(page, "race", "Undo");
  await page.waitForFunction(() =>
    /^Nothing is painted yet/.test(document.querySelector("#race .status")!.textContent!),
  );
  await page.close();
});

test.each(["strokes=9.1.1", "strokes=0.99.1", "strokes=0.1", "canvas=sea", "share=7", "brush=3"])(
  "%s is left out with a sentence, and a link leads back",
  async (nonsense) => {
    const page = await live.open({fragment: `${AT}&${nonsense}`});
    expect(await textOf(page, "#notice")).toMatch(/^These parts of the address were left out\. .*: expected /);
    expect(await page.$$("#notice a")).toHaveLength(1);
    await page.close();
  },
);

test("a system without a simulator says that it cannot be painted", async () => {
  const page = await opened("#view=race&system=tiny&at=4");
  expect(await textOf(page, "#race .status")).toBe(
    "This system has no simulator on the page, so nothing can be painted.",
  );
  await page.close();
});

test("on a projector pictures and knobs are in sight together", async () => {
  const page = await live.open({width: 1024, fragment: `${AT}&strokes=0.8.8`});
  await page.$eval("#race .race", (element) => element.scrollIntoView());
  const [top, bottom] = await page.$$eval("#race .race figure, #race .race button, #race .race .knob", (all) => {
    const boxes = all.map((one) => one.getBoundingClientRect());
    return [Math.min(...boxes.map(({top}) => top)), Math.max(...boxes.map(({bottom}) => bottom))];
  });
  const bar = await page.$eval("#bar", (element) => element.getBoundingClientRect().bottom);
  expect(bottom - top).toBeLessThan(768 - bar);
  await page.close();
});
