/** A notebook that is opened on a small screen: before any cell runs. */
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {
  appendText,
  cell,
  newPage,
  openBrowser,
  openNotebook,
  root,
  screenshot,
  startLab,
  type JupyterLab,
} from "./jupyter";

interface Notebook {
  readonly cells: readonly {readonly outputs?: readonly {readonly data?: Readonly<Record<string, unknown>>}[]}[];
  readonly metadata: {readonly widgets?: object};
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Notebook;
const lesson = read(path.join(root, "notebooks/03-diffusion.ipynb"));
const cellWith = (type: string) => lesson.cells.find(({outputs = []}) => outputs.some(({data}) => data?.[type]))!;

/** The tab of a notebook that is not saved. */
const CHANGED = ".lm-TabBar-tab.jp-mod-dirty";

let lab: JupyterLab;
let browser: Browser;
let page: Page;
let file: string;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab(), openBrowser()]);
  page = await newPage(browser);
  await page.setViewport({width: 1024, height: 768});
  file = path.join(lab.folder, "opened.ipynb");
  mkdirSync(path.dirname(file), {recursive: true});
  const cells = ["application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json"].map(cellWith);
  writeFileSync(file, JSON.stringify({...lesson, cells}));
  await openNotebook(page, lab, file);
});
afterAll(() => Promise.all([browser?.close(), lab?.stop()]));

test("letters of a shrunk figure are as wide as plotly has measured them", async () => {
  const legend = `${cell(0)} .lola-figure .legendtext`;
  await page.waitForSelector(legend);
  await page.$eval(`${cell(0)} .lola-figure`, (figure) => void ((figure as HTMLElement).style.width = "400px"));
  await page.waitForFunction(
    (figure) => /scale\(0\.6/.test(document.querySelector<HTMLElement>(figure)!.style.transform),
    {},
    `${cell(0)} .lola-figure-live`,
  );
  const ratios = await page.$$eval(legend, (texts) =>
    (texts as SVGTextElement[]).map((text) => {
      const full = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const copy = text.cloneNode(true) as SVGTextElement;
      full.append(copy);
      document.body.append(full);
      const ratio = text.getComputedTextLength() / copy.getComputedTextLength();
      full.remove();
      return ratio;
    }),
  );
  await screenshot(page, "opened-figure");
  expect(ratios).toHaveLength(3);
  for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
});

test("knobs that are only looked at leave the notebook as it is, and stay in it when it is saved", async () => {
  await page.waitForFunction(() => document.querySelector("#jp-main-statusbar")?.textContent?.includes("Idle"));
  expect(await page.$(CHANGED)).toBeNull();
  await appendText(page, 1, " // read");
  await page.waitForSelector(CHANGED);
  await page.keyboard.down("Control");
  await page.keyboard.press("s");
  await page.keyboard.up("Control");
  await page.waitForFunction((tab) => !document.querySelector(tab), {}, CHANGED);
  expect(read(file).metadata.widgets).toEqual(lesson.metadata.widgets);
});
