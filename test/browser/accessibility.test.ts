/** What a screen reader is told of the live page, by Chromium's accessibility tree. */
import type {Page, SerializedAXNode} from "puppeteer-core";
import {violations} from "./axe";
import {isExact, LivePage, show} from "./live/page";

const VIEWS = ["compress", "sample", "rollout", "scores", "results"];

let live: LivePage;
let page: Page;
beforeAll(async () => {
  live = await LivePage.start();
  page = await live.open({fragment: "#view=compress&system=other&scored=tiny&at=2"});
});
afterAll(() => live?.stop());

async function nodes(): Promise<SerializedAXNode[]> {
  const all: SerializedAXNode[] = [];
  const visit = (node: SerializedAXNode) => {
    all.push(node);
    node.children?.forEach(visit);
  };
  visit((await page.accessibility.snapshot({interestingOnly: false}))!);
  return all;
}

test.each(VIEWS)(
  "in view %s every control has a name, every slider says its value, every picture what it shows",
  async (view) => {
    await show(page, view);
    const all = await nodes();
    const of = (...roles: string[]) => all.filter(({role}) => roles.includes(role));
    const controls = of("slider", "button", "combobox", "link", "progressbar");
    expect(controls.length).toBeGreaterThan(10);
    expect(controls.filter(({name}) => !name?.trim())).toEqual([]);
    const sliders = of("slider");
    expect(sliders.length).toBeGreaterThan(0);
    expect(sliders.filter(({value, valuetext}) => value === undefined || !valuetext)).toEqual([]);
    const pictures = of("image", "img");
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.flatMap(({name = ""}) => (/\d/.test(name) ? [] : [name]))).toEqual([]);
  },
);

test("parts of the page are landmarks and headings in order, and each view and the choices of all are named", async () => {
  const all = await nodes();
  const roles = new Set(all.map(({role}) => role));
  for (const role of ["banner", "navigation", "main", "contentinfo"]) expect(roles).toContain(role);
  expect(all.filter(({role}) => role === "heading").map(({level}) => level)).toEqual([1, 2]);
  expect(all.filter(({role}) => role === "region").map(({name}) => name)).toHaveLength(2);
});

test("Tab follows the order of the page and leaves nothing out", async () => {
  const expected = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>("select, a[href], button, input, summary, [tabindex='0']");
    const seen = [...all].filter(
      (element) => element.offsetParent !== null && !element.closest("details:not([open]) > :not(summary)"),
    );
    return seen.map((element, i) => (element.dataset.order = String(i)));
  });
  await page.focus("[data-order='0']");
  const found: (string | undefined)[] = ["0"];
  while (found.length < expected.length) {
    await page.keyboard.press("Tab");
    found.push(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.order));
  }
  expect(found).toEqual(expected);
});

test("a changed result is announced", async () => {
  await show(page, "compress");
  const status = () =>
    page.$eval("#compress .status", (element) => [element.getAttribute("role"), element.textContent] as const);
  const [role, before] = await status();
  expect(role).toBe("status");
  await page.focus("#bar .time input");
  await page.keyboard.press("ArrowRight");
  await isExact(page, "compress");
  await page.waitForFunction((text) => document.querySelector("#compress .status")!.textContent !== text, {}, before);
  expect(await page.$eval("#notice", (element) => element.getAttribute("role"))).toBe("alert");
});

test.each(VIEWS)("view %s breaks no rule of accessibility, in light, dark and on a phone", async (view) => {
  await show(page, view);
  expect(await violations(page)).toEqual([]);
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: "dark"}]);
  expect(await violations(page, ["color-contrast", "link-in-text-block"])).toEqual([]);
  await page.setViewport({width: 390, height: 844});
  expect(await violations(page, ["target-size", "scrollable-region-focusable"])).toEqual([]);
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: "light"}]);
  await page.setViewport({width: 1100, height: 800});
});
