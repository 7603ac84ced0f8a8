/** What a screen reader is told of the live page, by Chromium's accessibility tree. */
import type {Page, SerializedAXNode} from "puppeteer-core";
import {violations} from "./axe";
import {isExact, LivePage, show} from "./live/page";

let live: LivePage;
let page: Page;
beforeAll(async () => {
  live = await LivePage.start();
  page = await live.open({fragment: "#view=machine&system=kolmogorov&scored=tiny&at=2"}); // nothing plays
  for (const view of ["noise", "sample", "rollout", "guide", "scores", "results", "race", "game", "compress"])
    await show(page, view);
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

test("every control has a name, and every slider says its value in words", async () => {
  const all = await nodes();
  const of = (...roles: string[]) => all.filter(({role}) => roles.includes(role));
  const controls = of("slider", "button", "combobox", "link", "application", "DisclosureTriangle", "progressbar");
  expect(controls.length).toBeGreaterThan(40);
  expect(controls.filter(({name}) => !name?.trim())).toEqual([]);
  const sliders = of("slider");
  expect(sliders.length).toBeGreaterThan(12);
  expect(sliders.filter(({value, valuetext}) => value === undefined || !valuetext)).toEqual([]);
});

test("every picture that is seen says what it shows", async () => {
  const pictures = (await nodes()).filter(({role}) => /^(image|img|application)$/.test(role));
  expect(pictures.length).toBeGreaterThan(40);
  expect(pictures.flatMap(({name = ""}) => (/\d/.test(name) ? [] : [name]))).toEqual([]);
});

test("parts of the page are landmarks and headings in order, and each view and the choices of all are named", async () => {
  const all = await nodes();
  const roles = new Set(all.map(({role}) => role));
  for (const role of ["banner", "navigation", "main", "contentinfo"]) expect(roles).toContain(role);
  const levels = all.filter(({role}) => role === "heading").map(({level}) => level);
  expect(levels).toEqual([1, ...new Array<number>(11).fill(2)]);
  expect(all.filter(({role}) => role === "region").map(({name}) => name)).toHaveLength(12);
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

test("a changed result is announced, and a cursor that is moved by keys too", async () => {
  await show(page, "compress");
  const live = (selector: string) =>
    page.$eval(selector, (element) => [element.getAttribute("role"), element.textContent] as const);
  const [role, before] = await live("#compress .status");
  expect(role).toBe("status");
  await page.focus("#bar .time input");
  await page.keyboard.press("ArrowRight");
  await isExact(page, "compress");
  await page.waitForFunction((text) => document.querySelector("#compress .status")!.textContent !== text, {}, before);
  await show(page, "guide");
  await page.focus("#guide .picker canvas");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  expect(await live("#guide .knobs [role=status]")).toEqual(["status", "Cell 11, 8: not observed."]);
  expect(await page.$eval("#notice", (element) => element.getAttribute("role"))).toBe("alert");
});

test("the page breaks no rule of accessibility, in light, dark and on a phone", async () => {
  expect(await violations(page)).toEqual([]);
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: "dark"}]);
  expect(await violations(page, ["color-contrast", "link-in-text-block"])).toEqual([]);
  await page.setViewport({width: 390, height: 844});
  expect(await violations(page, ["target-size", "scrollable-region-focusable"])).toEqual([]);
});
