import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {
  newPage,
  openBrowser,
  openNotebook,
  runCell,
  screenshot,
  startLab,
  waitForOutput,
  writeNotebook,
  type JupyterLab,
} from "./jupyter";

let lab: JupyterLab;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab(), openBrowser()]);
  page = await newPage(browser);
});
afterAll(() => Promise.all([browser?.close(), lab?.stop()]));

test("a cell of a notebook runs, and its output appears below it", async () => {
  const file = path.join(lab.folder, "tiny.ipynb");
  writeNotebook(file, ["const twice = (x: number) => 2 * x;\nconsole.log(`twice 21 is ${twice(21)}`)"]);
  await openNotebook(page, lab, file);
  await runCell(page, 0);
  expect(await waitForOutput(page, 0, /twice/)).toBe("twice 21 is 42");
  await screenshot(page, "cell");
});
