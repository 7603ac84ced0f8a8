/** Knobs in JupyterLab, as a student turns them, and as a reader finds them on a small screen. */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {
  appendText,
  cell,
  newPage,
  openBrowser,
  openNotebook,
  openPage,
  outputOf,
  root,
  runCell,
  screenshot,
  startLab,
  waitForKernel,
  waitForOutput,
  writeNotebook,
  type JupyterLab,
} from "./jupyter";

const CELL = `import {choice, live, play, slider} from "@lola-ts/kernel/knobs";
import {openLab} from "@lola-ts/laboratory";
const lab = openLab();
const steps = slider("steps", {min: 1, max: 64, value: 16});
const rate = choice("rate", ["÷20", "÷80"]);
const time = play("lead time", {max: 20});
await live(async (n, r, t) => {
  console.log(\`\${n} steps at \${r}, \${t}\`);
  await lab.show({data: [{type: "bar", y: [n, t]}], layout: {height: 200, width: 400}});
}, [steps, rate, time]);`;

/** The tab of a notebook that is not saved. */
const CHANGED = ".lm-TabBar-tab.jp-mod-dirty";

interface Notebook {
  readonly cells: readonly {readonly outputs?: readonly {readonly data?: Readonly<Record<string, unknown>>}[]}[];
  readonly metadata: {readonly widgets?: object};
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Notebook;

/** Save the notebook in front, and wait until it is saved. */
async function save(page: Page): Promise<void> {
  await page.keyboard.down("Control");
  await page.keyboard.press("s");
  await page.keyboard.up("Control");
  await page.waitForFunction((tab) => !document.querySelector(tab), {}, CHANGED);
}

/** Choose an entry of a menu. */
async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.locator(`.lm-MenuBar-itemLabel ::-p-text(${menu})`).click();
  await page.locator(`.lm-Menu-itemLabel ::-p-text(${entry})`).click();
}

let lab: JupyterLab;
let browser: Browser;
let page: Page;
let file: string;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab(), openBrowser()]);
  page = await newPage(browser);
  file = path.join(lab.folder, "knobs.ipynb");
  writeNotebook(file, [CELL, "const width = 3", "console.log(width * 2);"]);
  await openNotebook(page, lab, file);
});
afterAll(async () => {
  if (page) await screenshot(page, "knobs-end");
  await Promise.all([browser?.close(), lab?.stop()]);
});

test("a slider that is moved by keys shows its result below, with the figure in its place", async () => {
  await runCell(page, 0);
  await waitForOutput(page, 0, /steps = 16, rate = ÷20, lead time = 0\s+16 steps at ÷20, 0/);
  await page.waitForSelector(`${cell(0)} .lola-figure .main-svg`);
  await screenshot(page, "knobs");
  const handle = `${cell(0)} .widget-slider .noUi-handle`;
  await page.focus(handle);
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"] as const) await page.keyboard.press(key);
  await waitForOutput(page, 0, /18 steps at ÷20, 0/);
  await page.select(`${cell(0)} .widget-dropdown select`, "÷80");
  await waitForOutput(page, 0, /18 steps at ÷80, 0/);
  expect(await page.$$(`${cell(0)} .lola-figure`)).toHaveLength(1);
  await screenshot(page, "knobs-moved");
});

test("a player runs to the end of its values", async () => {
  await page.click(`${cell(0)} .widget-play button`);
  await waitForOutput(page, 0, /18 steps at ÷80, [1-9]/);
  await page.click(`${cell(0)} .widget-play button`);
});

test("a slider that is dragged, twenty moves a second, ends with the result of its last place", async () => {
  const handle = (await page.$(`${cell(0)} .widget-slider .noUi-handle`))!;
  await handle.evaluate((element) => element.scrollIntoView({block: "center"}));
  const {x, y, width, height} = (await handle.boundingBox())!;
  const place = (move: number) => [x + width / 2 + move, y + height / 2] as const;
  await page.mouse.move(...place(0));
  await page.mouse.down();
  for (let move = 1; move <= 40; move++) {
    await page.mouse.move(...place(move));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await page.mouse.up();
  const value = Number(await page.$eval(`${cell(0)} .widget-readout`, (element) => element.textContent));
  expect(value).toBeGreaterThan(18);
  await waitForOutput(page, 0, new RegExp(`steps = ${value}, rate = ÷80, lead time = \\d+\\s+${value} steps at ÷80`));
});

test("stale cells run from the menu, and knobs without their kernel say what to do", async () => {
  await runCell(page, 1);
  await runCell(page, 2);
  await waitForOutput(page, 2, /^6$/);
  await appendText(page, 1, " + 1");
  await runCell(page, 1);
  await waitForOutput(page, 2, /Stale: width of cell \[\d+\] has changed/);
  await choose(page, "Run", "Run Stale Cells");
  await waitForOutput(page, 2, /^8$/);
  await choose(page, "Kernel", "Restart Kernel…");
  await page.click(".jp-Dialog .jp-mod-accept");
  await page.waitForSelector(`${cell(0)} .jupyter-widgets-disconnected`);
  await screenshot(page, "knobs-restarted");
  await waitForKernel(page);
  await runCell(page, 0);
  await waitForOutput(page, 0, /16 steps at ÷20, 0/);
  expect(await page.$(`${cell(0)} .jupyter-widgets-disconnected`)).toBeNull();
  await page.select(`${cell(0)} .widget-dropdown select`, "÷80");
  await waitForOutput(page, 0, /16 steps at ÷80, 0/);
});

test("a page that is loaded again shows the last state, and says what to do", async () => {
  await save(page);
  await page.reload({waitUntil: "domcontentloaded"});
  await page.waitForSelector(`${cell(0)} .widget-slider`);
  await page.waitForFunction(
    (selector) => document.querySelector(selector)?.textContent?.includes("steps (run the cell again)"),
    {},
    `${cell(0)} .jp-OutputArea`,
  );
  expect(await outputOf(page, 0)).toContain("16 steps at ÷80");
  await screenshot(page, "knobs-loaded-again");
});

test("a notebook that is opened without a kernel shows the last state", async () => {
  const alone = path.join(lab.folder, "alone.ipynb");
  const {metadata, ...saved} = read(file);
  writeFileSync(alone, JSON.stringify({...saved, metadata: {widgets: metadata.widgets}}));
  await openPage(page, lab, alone);
  await page.locator(".jp-Dialog .jp-mod-reject").click(); // "No Kernel"
  await waitForOutput(page, 0, /steps = 16, rate = ÷80, lead time = 0.*\s+16 steps at ÷80, 0/);
  expect(await page.$(`${cell(0)} .jp-OutputArea img, ${cell(0)} .lola-figure`)).not.toBeNull();
});

describe("a lesson on a small screen", () => {
  const lesson = read(path.join(root, "notebooks/03-diffusion.ipynb"));
  let small: Page;
  let file: string;
  beforeAll(async () => {
    file = path.join(lab.folder, "opened.ipynb");
    const withKnobs = ({outputs = []}: Notebook["cells"][number]) =>
      outputs.some(({data}) => data?.["application/vnd.jupyter.widget-view+json"]);
    const empty = {cell_type: "code", execution_count: null, outputs: [], source: ""};
    const costly = {...empty, id: "costly", metadata: {lola: {makes: "emulators"}}};
    writeFileSync(file, JSON.stringify({...lesson, cells: [lesson.cells.find(withKnobs), costly]}));
    small = await newPage(browser);
    await small.setViewport({width: 1024, height: 768});
    await openNotebook(small, lab, file);
  });

  test("knobs that are only looked at leave the notebook as it is, and stay in it when it is saved", async () => {
    await small.waitForFunction(() => document.querySelector("#jp-main-statusbar")?.textContent?.includes("Idle"));
    expect(await small.$(CHANGED)).toBeNull();
    await appendText(small, 0, " // read");
    await small.waitForSelector(CHANGED);
    await save(small);
    expect(read(file).metadata.widgets).toEqual(lesson.metadata.widgets);
  });

  test("a cell of a lesson shows above it what it would make", async () => {
    await small.waitForSelector('.jp-CodeCell[data-cost^="To make: dataset"]');
    const shown = await small.$eval(
      ".jp-CodeCell[data-cost]",
      (element) => getComputedStyle(element, "::before").content,
    );
    expect(shown).toContain("All models are trained after it.");
    await screenshot(small, "opened-cost");
  });
});
