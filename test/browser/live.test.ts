/** The live page of a tiny system in a real browser, opened as a file. */
import {relativeError} from "../reference/parse-reference";
import {screenshot} from "./jupyter";
import {isExact, LivePage, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start();
});
afterAll(() => live?.stop());

test("eleven views teach before the models are there, and the engine starts from a file", async () => {
  const page = await live.open();
  expect(await page.$$eval("main h2", (titles) => titles.map(({textContent}) => textContent))).toEqual([
    "What does compression cost?",
    "1. Compress",
    "2. Add noise, and take it away",
    "3. Sample",
    "4. Roll out",
    "5. Guide",
    "6. Score",
    "7. All results",
    "8. Paint and race",
    "9. Which one is the truth?",
    "10. Train",
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
  const page = await live.open({fragment});
  await show(page, "scores");
  await isExact(page, "scores");
  const shown = await page.$eval("#scores .plot svg", (drawing) => drawing.getAttribute("aria-label"));
  const [diffusion, solver] = ["diffusion", "neural solver"].map((name) =>
    Number(new RegExp(`${name} (\\d+(?:\\.\\d+)?)`).exec(shown!)![1]),
  );
  expect(relativeError([diffusion], [live.answer.vrmse.diffusion[8]])).toBeLessThan(5e-3); // three digits are printed
  expect(relativeError([solver], [live.answer.vrmse.solver[8]])).toBeLessThan(5e-3);
  await page.close();
});

test("knobs change what is computed, by keys too, and the address holds all of it", async () => {
  const page = await live.open();
  await show(page, "noise");
  await page.focus("#noise .dominant input");
  await page.keyboard.press("ArrowRight");
  await isExact(page, "noise");
  await show(page, "guide");
  await page.focus("#guide .picker canvas");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "Enter"] as const) await page.keyboard.press(key);
  await page.waitForFunction(() => /t=0\.51/.test(location.hash) && /cells=[^&]*11\.8/.test(location.hash));
  await isExact(page, "guide");
  expect(await textOf(page, "#guide .status")).toMatch(/^17 cells observed/);
  const {hash} = new URL(page.url());
  const again = await live.open({fragment: hash});
  await show(again, "guide");
  await isExact(again, "guide");
  expect(await textOf(again, "#guide .status")).toMatch(/^17 cells observed/);
  await Promise.all([page.close(), again.close()]);
});

test("a long computation shows how far it is, is stopped at once, and goes on when it is asked for", async () => {
  const page = await live.open({fragment: "#view=guide&system=tiny&steps=32&members=8"});
  await show(page, "guide");
  const seen = await page.waitForFunction(() => {
    const [view, bar, stop] = ["#guide", "#guide progress", "#guide .work button"].map((selector) =>
      document.querySelector<HTMLProgressElement & HTMLButtonElement>(selector)!,
    );
    if (bar.hidden) return undefined;
    stop.focus();
    stop.click();
    return {parts: bar.max, busy: view.getAttribute("aria-busy")};
  });
  expect(await seen.jsonValue()).toEqual({parts: 18, busy: "true"}); // two free windows, two guided ones of 8 steps
  await page.waitForFunction(() => /^Stopped/.test(document.querySelector("#guide .status")!.textContent!));
  expect(await textOf(page, "#guide .work button")).toBe("Compute");
  await page.keyboard.press("Enter");
  await isExact(page, "guide");
  expect(await textOf(page, "#guide .status")).toMatch(/^16 cells observed/);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("5. Guide"); // the button is gone
  await page.close();
});

test("a view can be copied as a cell", async () => {
  const page = await live.open();
  await page.click("#compress .copy");
  const shown = await page.waitForFunction(() => {
    const area = document.querySelector<HTMLTextAreaElement>("#compress textarea"); // where there is no clipboard
    return area?.value ?? (document.querySelector("#compress .copy")!.textContent === "Copied" && "Copied");
  });
  const text = await shown.jsonValue();
  if (text !== "Copied") expect(text).toContain('openLab({system: "tiny", preset: "smoke"})');
  await page.close();
});

test("a phone shows everything without scrolling sideways", async () => {
  const page = await live.open({width: 375});
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide).toBeLessThanOrEqual(window);
  await screenshot(page, "live-phone");
  await page.close();
});

test("on a phone the bar of views follows the view that is read, and the page does not move for it", async () => {
  const page = await live.open({width: 375, fragment: "#view=guide&system=tiny"});
  const isInSight = (view: string) =>
    page.waitForFunction(
      (name) => {
        const bar = document.getElementById("views")!.getBoundingClientRect();
        const link = document.querySelector("#views a[aria-current]");
        const {left, right} = link!.getBoundingClientRect();
        return (link as HTMLElement).dataset.view === name && left >= bar.left && right <= bar.right;
      },
      {},
      view,
    );
  await isInSight("guide");
  for (const view of ["compress", "scores", "noise"]) {
    await show(page, view);
    const before = await page.evaluate(() => scrollY);
    await isInSight(view);
    expect(await page.evaluate(() => scrollY)).toBe(before);
  }
  await page.close();
});

test("no request leaves the page's folder, and no error is left unsaid", () => {
  expect(live.outside).toEqual([]);
  expect(live.errors).toEqual([]);
});
