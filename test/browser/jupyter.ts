/**
 * JupyterLab in the headless browser, as a student uses it: a server on a free port, a page, a notebook, its cells.
 */
import {spawn, type ChildProcess} from "node:child_process";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {createServer, type AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import path from "node:path";
import puppeteer, {type Browser, type Page} from "puppeteer-core";

export const root = path.resolve(__dirname, "../..");
const browserFolder = path.join(root, "environment/.build/browser");
const screenshots = path.join(root, ".out/screenshots");

/** Environment variables with which chromium finds its own libraries and fonts. */
const browserEnvironment = {
  LD_LIBRARY_PATH: path.join(browserFolder, "al2023/lib"),
  FONTCONFIG_PATH: path.join(browserFolder, "fonts"),
};

/** A running JupyterLab. */
export interface JupyterLab {
  /** Address with the token. */
  url: string;
  /** A temporary folder that it serves; git ignores it. */
  folder: string;
  /** End the server and its kernels, and remove the folder. */
  stop(): Promise<void>;
}

/** Find a port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Wait for the address that the server prints. */
function printedUrl(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (data: Buffer) => {
      output += data.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*token=\w+/.exec(output);
      if (url) resolve(url[0]);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.on("close", () => reject(new Error(`JupyterLab ended before it was ready:\n${output}`)));
  });
}

/** Start JupyterLab by the project's command, without the settings and the data of whoever runs the tests. */
export async function startLab(): Promise<JupyterLab> {
  const folder = mkdtempSync(path.join(root, "data/browser-"));
  const settings = mkdtempSync(path.join(tmpdir(), "jupyter-"));
  const environment = {
    JUPYTER_CONFIG_DIR: settings,
    JUPYTER_DATA_DIR: path.join(settings, "data"),
    JUPYTER_RUNTIME_DIR: path.join(settings, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: path.join(settings, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: path.join(settings, "workspaces"),
    LOLA_DATA: path.join(folder, "data"),
    LOLA_OUT: path.join(folder, "out"),
  };
  const server = spawn(
    process.execPath,
    ["environment/run.mjs", "lab", "--no-browser", "--port", `${await freePort()}`],
    {
      cwd: root,
      env: {...process.env, ...environment},
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const closed = new Promise<void>((resolve) => server.once("close", () => resolve()));
  const stop = async () => {
    server.kill("SIGTERM");
    await closed;
    for (const name of [folder, settings]) rmSync(name, {recursive: true, force: true});
  };
  try {
    return {url: await printedUrl(server), folder, stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Open a page. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000); // ends waits that hang, on a machine that does other things too
  return page;
}

/** Arguments with which the browser has a graphics processor, in software. */
export const WITH_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Start the project's browser. By default it has no graphics processor. */
export function openBrowser(graphics: readonly string[] = ["--disable-gpu"]): Promise<Browser> {
  return puppeteer.launch({
    executablePath: path.join(browserFolder, "chromium"),
    headless: "shell",
    pipe: true,
    protocolTimeout: 600_000,
    args: ["--no-sandbox", "--no-zygote", "--disable-dev-shm-usage", ...graphics],
    env: {...process.env, ...browserEnvironment},
    defaultViewport: {width: 1440, height: 900},
  });
}

/** Write a notebook of code cells. */
export function writeNotebook(file: string, cells: string[]): void {
  const notebook = {
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      execution_count: null,
      metadata: {},
      outputs: [],
      source,
    })),
    metadata: {kernelspec: {display_name: "TypeScript", language: "typescript", name: "tslab"}},
    nbformat: 4,
    nbformat_minor: 5,
  };
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, JSON.stringify(notebook, null, 1));
}

/** Open a notebook alone. */
export async function openPage(page: Page, lab: JupyterLab, file: string): Promise<void> {
  const url = new URL(lab.url);
  url.pathname = `/lab/tree/${path.relative(root, file)}`;
  url.searchParams.set("reset", ""); // no other document from an earlier page
  await page.goto(url.href, {waitUntil: "domcontentloaded"});
}

/** Open a notebook and wait until its kernel is idle. */
export async function openNotebook(page: Page, lab: JupyterLab, file: string): Promise<void> {
  await openPage(page, lab, file);
  await waitForKernel(page);
}

/** Wait until the kernel of the notebook in front is idle. */
export async function waitForKernel(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector("#jp-main-statusbar")?.textContent?.includes("TypeScript | Idle"),
    {},
  );
}

/** Selector of a cell, counted from 0. */
export const cell = (index: number) => `.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`;

/** Run one cell: wait until it has begun, not until its end. */
export async function runCell(page: Page, index: number): Promise<void> {
  const prompt = `${cell(index)} .jp-InputPrompt`;
  const before = await page.$eval(prompt, ({textContent}) => textContent);
  await page.click(`${cell(index)} .cm-content`);
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
  await page.waitForFunction(
    (selector, text) => document.querySelector(selector)?.textContent !== text,
    {},
    prompt,
    before,
  );
}

/** Type at the end of a cell, as a student would. */
export async function appendText(page: Page, index: number, text: string): Promise<void> {
  await page.click(`${cell(index)} .cm-content`);
  await page.keyboard.down("Control");
  await page.keyboard.press("End");
  await page.keyboard.up("Control");
  await page.keyboard.type(text);
}

/** Read the text of a cell's outputs. */
export function outputOf(page: Page, index: number): Promise<string> {
  return page.$$eval(`${cell(index)} .jp-OutputArea-output`, (outputs) =>
    outputs.map((output) => (output as HTMLElement).innerText.trim()).join("\n"),
  );
}

/** Wait until the text of a cell's outputs matches. @throws Error with that text after `seconds`. */
export async function waitForOutput(page: Page, index: number, pattern: RegExp, seconds = 300): Promise<string> {
  const end = performance.now() + 1000 * seconds;
  for (;;) {
    const text = await outputOf(page, index);
    if (pattern.test(text)) return text;
    if (performance.now() > end)
      throw new Error(`cell ${index}: expected ${pattern}, found after ${seconds} s:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Time for which tslab gives up every cell that is run after one that failed. */
const GIVEN_UP = 200;

/** Wait until a cell that failed has ended, so that another one can run: its prompt has a number again. */
export async function waitForEnd(page: Page, index: number): Promise<void> {
  await page.waitForFunction(
    (selector) => /\d/.test(document.querySelector(selector)?.textContent ?? ""),
    {},
    `${cell(index)} .jp-InputPrompt`,
  );
  await new Promise((resolve) => setTimeout(resolve, 2 * GIVEN_UP));
}

/** Interrupt the kernel as the keys I I do. */
export async function interrupt(page: Page): Promise<void> {
  for (const key of ["Escape", "i", "i"] as const) await page.keyboard.press(key);
}

/** Keep a picture of the page as .out/screenshots/name.png. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, {recursive: true});
  await page.screenshot({path: path.join(screenshots, `${name}.png`) as `${string}.png`});
}
