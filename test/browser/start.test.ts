import {writeFileSync} from "node:fs";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {newPage, openBrowser, root, screenshot, startLab, waitForKernel, type JupyterLab} from "./jupyter";

let lab: JupyterLab;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab(), openBrowser()]);
  page = await newPage(browser);
});
afterAll(() => Promise.all([browser?.close(), lab?.stop()]));

const texts = (selector: string) =>
  page.$$eval(selector, (elements) => elements.map(({textContent}) => textContent!.trim()));

test("a document's buttons cannot run commands of JupyterLab", async () => {
  const file = path.join(lab.folder, "buttons.md");
  writeFileSync(file, '<button data-commandlinker-command="application:close-all">Close</button>\n');
  const url = new URL(lab.url);
  url.pathname = `/lab/workspaces/buttons/tree/${path.relative(root, file)}`; // of its own, so that the first start is one
  await page.goto(url.href, {waitUntil: "domcontentloaded"});
  const button = await page.waitForSelector(".jp-MarkdownViewer:not(.lm-mod-hidden) button:not([class])");
  expect(await button!.evaluate((element) => element.outerHTML)).not.toContain("commandlinker");
});

test("a first start shows notebook 0 beside the start page, and no side bar", async () => {
  await page.goto(lab.url, {waitUntil: "domcontentloaded"});
  await page.waitForSelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell");
  expect(await texts("#jp-main-dock-panel .lm-TabBar-tabLabel")).toEqual(["README.md", "00-the-question.ipynb"]);
  expect(await page.$$eval("#jp-left-stack", ([stack]) => stack.classList.contains("lm-mod-hidden"))).toBe(true);
  await waitForKernel(page);
  await screenshot(page, "start");
});

test("the launcher offers the notebooks' kernel alone", async () => {
  await page.click("#jp-main-dock-panel .lm-TabBar-addButton");
  await page.waitForSelector(".jp-Launcher .jp-LauncherCard");
  expect(await texts('.jp-LauncherCard[data-category="Notebook"] .jp-LauncherCard-label')).toEqual(["TypeScript"]);
  await screenshot(page, "start-launcher");
});
