/** The live page of a tiny system in a real browser, opened as a file. */
import {relativeError} from "../reference/parse-reference";
import {screenshot} from "./jupyter";
import {hashHas, isExact, LivePage, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start();
});
afterAll(() => live?.stop());

test("every view of every system opens by its link, and shows its prepared result before the models are there", async () => {
  const titles = ["1. What does compression cost?", "2. Sample", "3. Roll out", "4. Score", "5. All results"];
  const names = ["compress", "sample", "rollout", "scores", "results"];
  for (const system of ["tiny", "other"]) {
    for (const [i, name] of names.entries()) {
      const page = await live.open({
        fragment: `#view=${name}&system=${system}&scored=tiny`,
        before: "delete globalThis.Worker;",
      });
      const [title, ...others] = await page.$$eval("main h2", (all) =>
        all.filter((one) => one.checkVisibility()).map(({textContent}) => textContent),
      );
      expect([title, others]).toEqual([titles[i], []]);
      expect(await textOf(page, "#views [aria-current]")).toMatch(new RegExp(`^${i + 1}\\. `));
      const drawn = await page.$$eval("main :is(canvas, .plot > svg)", (all) =>
        all.filter((one) => one.checkVisibility()).map((one) => one.getAttribute("aria-label") ?? ""),
      );
      expect(drawn.length).toBeGreaterThan(0);
      expect(drawn.filter((words) => !/\d/.test(words))).toEqual([]);
      await screenshot(page, `live-${system}-${name}`);
      await page.close();
    }
  }
});

test("the engine starts from a file", async () => {
  const page = await live.open();
  expect(await page.evaluate(() => document.documentElement.dataset.engine)).toBe("wasm");
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
  const page = await live.open({fragment: "#view=sample&system=tiny"});
  await page.focus("#sample .dominant input");
  await page.keyboard.press("ArrowRight");
  await hashHas(page, "steps=3");
  await isExact(page, "sample");
  const said = await textOf(page, "#sample .status");
  expect(said).toMatch(/^3 calls of the denoiser/);
  const {hash} = new URL(page.url());
  const again = await live.open({fragment: hash});
  await isExact(again, "sample");
  expect(await textOf(again, "#sample .status")).toBe(said);
  await Promise.all([page.close(), again.close()]);
});

test("a long computation shows how far it is", async () => {
  const page = await live.open({fragment: "#view=rollout&system=tiny&steps=32&members=8"});
  const seen = await page.waitForFunction(() => {
    const [view, bar] = ["#rollout", "#rollout progress"].map((one) =>
      document.querySelector<HTMLProgressElement>(one)!,
    );
    return bar.hidden ? undefined : {parts: bar.max, busy: view.getAttribute("aria-busy")};
  });
  expect(await seen.jsonValue()).toEqual({parts: 5, busy: "true"}); // the solver, and four windows of the members
  await isExact(page, "rollout");
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
  for (const view of ["sample", "rollout", "scores", "results", "compress"]) {
    await show(page, view);
    const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide).toBeLessThanOrEqual(window);
  }
  await screenshot(page, "live-phone");
  await page.close();
});

test("on a phone the bar of views follows the view that is open", async () => {
  const page = await live.open({width: 375, fragment: "#view=scores&system=tiny"});
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
  await isInSight("scores");
  for (const view of ["compress", "results", "sample"]) {
    await show(page, view);
    await isInSight(view);
  }
  await page.close();
});

test("no request leaves the page's folder, and no error is left unsaid", () => {
  expect(live.outside).toEqual([]);
  expect(live.errors).toEqual([]);
});
