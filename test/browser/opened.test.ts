/** A notebook that is opened on a small screen: before any cell runs. */
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {appendText, newPage, openBrowser, openNotebook, root, screenshot, startLab, type JupyterLab} from "./jupyter";

interface Notebook {
  readonly cells: readonly {readonly outputs?: readonly {readonly data?: Readonly<Record<string, unknown>>}[]}[];
  readonly metadata: {readonly widgets?: object};
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Notebook;
const lesson = read(path.join(root, "notebooks/03-diffusion.ipynb"));

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
  const withKnobs = ({outputs = []}: Notebook["cells"][number]) =>
    outputs.some(({data}) => data?.["application/vnd.jupyter.widget-view+json"]);
  const empty = {cell_type: "code", execution_count: null, outputs: [], source: ""};
  const costly = {...empty, id: "costly", metadata: {lola: {makes: "emulators"}}};
  writeFileSync(file, JSON.stringify({...lesson, cells: [lesson.cells.find(withKnobs), costly]}));
  await openNotebook(page, lab, file);
});
afterAll(() => Promise.all([browser?.close(), lab?.stop()]));

test("knobs that are only looked at leave the notebook as it is, and stay in it when it is saved", async () => {
  await page.waitForFunction(() => document.querySelector("#jp-main-statusbar")?.textContent?.includes("Idle"));
  expect(await page.$(CHANGED)).toBeNull();
  await appendText(page, 0, " // read");
  await page.waitForSelector(CHANGED);
  await page.keyboard.down("Control");
  await page.keyboard.press("s");
  await page.keyboard.up("Control");
  await page.waitForFunction((tab) => !document.querySelector(tab), {}, CHANGED);
  expect(read(file).metadata.widgets).toEqual(lesson.metadata.widgets);
});

test("a cell of a lesson shows above it what it would make", async () => {
  await page.waitForSelector('.jp-CodeCell[data-cost^="To make: dataset"]');
  const shown = await page.$eval(".jp-CodeCell[data-cost]", (element) => getComputedStyle(element, "::before").content);
  expect(shown).toContain("All models are trained after it.");
  await screenshot(page, "opened-cost");
});
