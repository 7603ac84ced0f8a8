import {spawnSync} from "node:child_process";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {
  appendText,
  cell,
  interrupt,
  openBrowser,
  openNotebook,
  root,
  runCell,
  screenshot,
  startLab,
  waitForOutput,
  writeNotebook,
  type JupyterLab,
} from "./jupyter";

const CELLS = {
  open: 'import {openLab} from "lola";\nconst lab = openLab({system: "euler", preset: "smoke"});\nawait lab.showTable(lab.describe(), lab.caption);',
  picture: 'await lab.show({data: [{type: "bar", y: [2, 1]}], layout: {height: 300}}, {name: "bars"});',
  train:
    "const {model, history} = await lab.autoencoder(4, {steps: 10000});\nconsole.log(`trained ${history.loss.length} steps`)",
  compare: `const plain = await lab.autoencoder(16, {steps: 4});
const tanh = await lab.autoencoder(16, {steps: 4, model: {saturation: "tanh"}});
const row = (name: string, {history}: typeof plain) => ({name, "validation VRMSE": history.validation.at(-1)![1]});
await lab.showTable([row("plain", plain), row("with tanh", tanh)], "What if latents were bounded by tanh?");`,
  typo: "await lab.autoencodr(16);",
  complete: "lab.autoenco",
};
const names = Object.keys(CELLS);
const index = (name: keyof typeof CELLS) => names.indexOf(name);

jest.setTimeout(180_000); // the machine may be busy; alone it takes a sixth of this

let lab: JupyterLab;
let browser: Browser;
let page: Page;
let before: string;

/** List the files that git would commit, where a notebook could leave some. */
const gitStatus = () =>
  spawnSync("git", ["status", "--porcelain", "data", "figures", "notebooks"], {cwd: root, encoding: "utf8"}).stdout;

beforeAll(async () => {
  before = gitStatus();
  [lab, browser] = await Promise.all([startLab(), openBrowser()]);
  page = await browser.newPage();
  const file = path.join(lab.folder, "workbench.ipynb");
  writeNotebook(file, Object.values(CELLS));
  await openNotebook(page, lab, file);
});
afterAll(async () => {
  if (page) await screenshot(page, "workbench-end");
  await browser?.close();
  await lab?.stop();
});

test("a laboratory describes itself in a table", async () => {
  await runCell(page, index("open"));
  expect(await waitForOutput(page, index("open"), /smoke/)).toMatch(/euler/i);
});

test("a picture is drawn, and is alive under the mouse", async () => {
  const output = `${cell(index("picture"))} .jp-OutputArea-output`;
  await runCell(page, index("picture"));
  await page.waitForSelector(`${output} img, ${output} .main-svg`, {timeout: 40_000});
  await page.hover(output);
  await page.waitForSelector(`${output} .barlayer path`, {timeout: 20_000});
  await screenshot(page, "workbench-picture");
});

test("a training shows its progress, stops when it is interrupted, and goes on when the cell runs again", async () => {
  const training = index("train");
  const progress = async (least: number) => {
    for (;;) {
      const text = await waitForOutput(page, training, /\d+\/10000/, 60);
      const step = Number(/(\d+)\/10000/.exec(text)?.[1]);
      if (step >= least) return step;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await runCell(page, training);
  const first = await progress(1);
  const later = await progress(3 * first);
  await screenshot(page, "workbench-progress");
  await interrupt(page);
  await waitForOutput(page, training, /interrupted|stopped/i);
  await screenshot(page, "workbench-interrupted");

  for (let text = "stopped"; text.includes("stopped");) {
    await runCell(page, training); // while the stopped training still saves, it is said again that it stopped
    text = await waitForOutput(page, training, /\d+\/10000|stopped after step/, 60);
  }
  expect(await progress(1)).toBeGreaterThanOrEqual(later); // a new start would come by the first step again
  await interrupt(page);
  await waitForOutput(page, training, /interrupted|stopped/i);
});

test("a what-if stands beside the original", async () => {
  await runCell(page, index("compare"));
  const table = await waitForOutput(page, index("compare"), /with tanh/, 40);
  const errors = [...table.matchAll(/(?:plain|tanh)\s+(\d+\.\d+)/g)].map(([, error]) => Number(error));
  expect(errors).toHaveLength(2);
  expect(errors[0]).not.toBe(errors[1]);
  await screenshot(page, "workbench-compare");
});

test("a misspelt name is refused with the right one", async () => {
  await runCell(page, index("typo"));
  expect(await waitForOutput(page, index("typo"), /autoencodr/)).toMatch(/Did you mean 'autoencoder'/);
});

test("Tab completes a name, Shift-Tab explains it", async () => {
  await appendText(page, index("complete"), "");
  await page.keyboard.press("Tab");
  await page.waitForSelector(".jp-Completer .jp-Completer-item", {timeout: 30_000, visible: true});
  const items = await page.$$eval(".jp-Completer-item", (all) => all.map((item) => item.textContent));
  expect(items.join(" ")).toMatch(/autoencoders/);
  await screenshot(page, "workbench-completion");
  await page.keyboard.press("Escape");

  await appendText(page, index("complete"), "der");
  await page.keyboard.down("Shift");
  await page.keyboard.press("Tab");
  await page.keyboard.up("Shift");
  await page.waitForSelector(".jp-Tooltip", {timeout: 30_000, visible: true});
  expect(await page.$eval(".jp-Tooltip", (tip) => tip.textContent)).toMatch(/latentChannels: number/);
  await screenshot(page, "workbench-help");
});

test("nothing of it is left for git", () => {
  expect(gitStatus()).toBe(before);
});
