import {spawnSync} from "node:child_process";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {
  appendText,
  cell,
  interrupt,
  newPage,
  openBrowser,
  openNotebook,
  root,
  runCell,
  screenshot,
  startLab,
  waitForEnd,
  waitForOutput,
  writeNotebook,
  type JupyterLab,
} from "./jupyter";

const CELLS = {
  open: 'import {openLab} from "@lola-ts/laboratory";\nconst lab = openLab({system: "euler", preset: "smoke"});\nawait lab.showTable(await lab.explain(), lab.caption);',
  picture: 'await lab.show({data: [{type: "bar", y: [2, 1]}], layout: {height: 300}}, {name: "bars"});',
  train:
    "const {model, history} = await lab.autoencoder(4, {steps: 10000});\nconsole.log(`trained ${history.loss.length} steps`)",
  compare: `import {compare} from "@lola-ts/laboratory";
const both = await compare({smoke: lab, "two steps": lab.with({rollout: {steps: 2}})}, {methods: [{kind: "diffusion", latentChannels: 16}]});
await both.showTable(both.table(), both.caption);
await both.show(both.figure5());`,
  typo: "lab.with({rollout: {stps: 2}});",
  complete: "lab.autoenco",
};
const names = Object.keys(CELLS);
const index = (name: keyof typeof CELLS) => names.indexOf(name);

let lab: JupyterLab;
let browser: Browser;
let page: Page;
let before: string;
/** Hosts that the page asked. */
const hosts = new Set<string>();

/** List the files that git would commit, where a notebook could leave some. */
const gitStatus = () =>
  spawnSync("git", ["status", "--porcelain", "data", "figures", "notebooks"], {cwd: root, encoding: "utf8"}).stdout;

beforeAll(async () => {
  before = gitStatus();
  [lab, browser] = await Promise.all([startLab(), openBrowser()]);
  page = await newPage(browser);
  page.on("request", (request) => {
    const {protocol, hostname} = new URL(request.url());
    if (/^(http|ws)/.test(protocol)) hosts.add(hostname);
  });
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
  await page.waitForSelector(`${output} img, ${output} .main-svg`);
  await page.hover(output);
  await page.waitForSelector(`${output} .barlayer path`);
  await screenshot(page, "workbench-picture");
});

test("a training shows its progress, stops when it is interrupted, and goes on when the cell runs again", async () => {
  const training = index("train");
  const progress = async (least: number) => {
    for (;;) {
      const text = await waitForOutput(page, training, /\d+\/10000/);
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
  await waitForEnd(page, training); // a cell that is queued before the end is given up with this one

  await runCell(page, training); // waits until the stopped training has saved what it did
  expect(await progress(1)).toBeGreaterThanOrEqual(later); // a new start would come by the first step again
  await interrupt(page);
  await waitForOutput(page, training, /Interrupted: what was/);
  await waitForEnd(page, training);
});

test("a what-if stands beside the original: a table with the difference, and a figure that fits the screen", async () => {
  const output = `${cell(index("compare"))} .jp-OutputArea-output`;
  await runCell(page, index("compare"));
  const table = await waitForOutput(page, index("compare"), /two steps/);
  expect(table).toContain("rollout.steps = 2");
  await page.waitForSelector(`${output} .main-svg`);
  const [figure, area] = await page.evaluate(
    (...places) => places.map((place) => document.querySelector(place)!.getBoundingClientRect().toJSON() as DOMRect),
    `${output} .main-svg`,
    `${cell(index("compare"))} .jp-OutputArea`,
  );
  expect(figure.width).toBeLessThanOrEqual(area.width);
  expect(figure.height).toBeLessThan(640);
  await screenshot(page, "workbench-compare");
});

test("long lines of code are broken on a projector's screen", async () => {
  await page.setViewport({width: 1024, height: 768});
  const [line, room] = await page.evaluate(
    (place) => {
      const {scrollWidth, clientWidth} = document.querySelector(place)!;
      return [scrollWidth, clientWidth];
    },
    `${cell(index("compare"))} .cm-scroller`,
  );
  expect(line).toBeLessThanOrEqual(room);
  await page.setViewport({width: 1440, height: 900});
});

test("a misspelt name is refused with the right one", async () => {
  await runCell(page, index("typo"));
  const text = await waitForOutput(page, index("typo"), /did you mean to write 'steps'/i); // its lines come one by one
  expect(text).toContain("stps");
});

test("Tab completes a name, Shift-Tab explains it", async () => {
  await appendText(page, index("complete"), "");
  await page.keyboard.press("Tab");
  await page.waitForSelector(".jp-Completer .jp-Completer-item", {visible: true});
  const items = await page.$$eval(".jp-Completer-item", (all) => all.map((item) => item.textContent));
  expect(items.join(" ")).toMatch(/autoencoders/);
  await screenshot(page, "workbench-completion");
  await page.keyboard.press("Escape");

  await appendText(page, index("complete"), "der");
  await page.keyboard.down("Shift");
  await page.keyboard.press("Tab");
  await page.keyboard.up("Shift");
  await page.waitForSelector(".jp-Tooltip", {visible: true});
  expect(await page.$eval(".jp-Tooltip", (tip) => tip.textContent)).toMatch(
    /latentChannels: number[\s\S]*Stage 2: train \(or load\) the autoencoder/,
  );
  await screenshot(page, "workbench-help");
});

test("no request leaves this machine", () => {
  expect([...hosts]).toEqual(["127.0.0.1"]);
});

test("nothing of it is left for git", () => {
  expect(gitStatus()).toBe(before);
});
