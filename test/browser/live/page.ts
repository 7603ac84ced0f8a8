/** The live page of a tiny system in a real browser, opened as a file. */
import {execFileSync} from "node:child_process";
import {createHash} from "node:crypto";
import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {exclusively} from "@lola-ts/cache";
import {newPage, openBrowser, root} from "../jupyter";

/** What the laboratory's own engine computes for trajectory 1, rate 2, three members, three steps, order 2 and seed 7. */
export interface Answer {
  readonly members: readonly number[];
  readonly vrmse: {readonly diffusion: readonly number[]; readonly solver: readonly number[]};
}

export interface OpenOptions {
  /** Fragment of the address. */
  readonly fragment?: string;
  /** Spoil the files of a copy of the page. */
  readonly damage?: (files: string) => void;
  /** Program that runs before the page's own. */
  readonly before?: string;
  /** Default: 1100. */
  readonly width?: number;
}

/** A page that was built, and what the laboratory's own engine computes. */
interface Built {
  readonly folder: string;
  readonly answer: Answer;
}

/** Hash of everything that the page is built from. */
function fingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(path.join(root, "package-lock.json")));
  for (const folder of ["lib", "packages", "site", "test/browser/live"]) {
    const files = readdirSync(path.join(root, folder), {recursive: true, encoding: "utf8"}).sort();
    for (const file of files.filter((name) => /^(?!(.*\/)?dist\/).*\.(ts|css|html)$/.test(name)))
      hash.update(file).update(readFileSync(path.join(root, folder, file)));
  }
  return hash.digest("hex");
}

/** Build the page, once for all files of tests and as long as nothing of it changes. */
export async function builtPage(): Promise<Built> {
  const place = path.join(root, ".out/live-test");
  const [folder, file] = [path.join(place, "page"), path.join(place, "answer.json")];
  mkdirSync(place, {recursive: true});
  const build = () => {
    const key = fingerprint();
    const stored = existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as {key: string; answer: Answer})
      : undefined;
    if (stored?.key === key) return {folder, answer: stored.answer};
    for (const old of [file, folder]) rmSync(old, {recursive: true, force: true});
    const printed = execFileSync(
      process.execPath,
      ["-r", "./environment/typescript.cjs", "test/browser/live/build.ts", folder],
      {cwd: root, maxBuffer: 1e8, stdio: ["ignore", "pipe", "ignore"]},
    );
    const answer = JSON.parse(printed.toString().trim().split("\n").at(-1)!) as Answer;
    writeFileSync(file, JSON.stringify({key, answer}));
    return {folder, answer};
  };
  return exclusively(path.join(place, "lock"), build, () => undefined);
}

/** The page and the browser that opens it. */
export class LivePage {
  /** Requests that left the page's folder. */
  readonly outside: string[] = [];
  /** Errors that nobody caught. */
  readonly errors: string[] = [];

  private readonly damaged = mkdtempSync(path.join(tmpdir(), "lola-live-"));

  private constructor(
    private readonly browser: Browser,
    private readonly built: Built,
  ) {}

  get answer(): Answer {
    return this.built.answer;
  }

  /** Build the page and start a browser. */
  static async start(...browser: Parameters<typeof openBrowser>): Promise<LivePage> {
    const built = await builtPage();
    return new LivePage(await openBrowser(...browser), built);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.damaged, {recursive: true, force: true});
  }

  /** Open the page, or a copy of it in which something is wrong, and wait until its engine runs or was given up. */
  async open({fragment = "", damage, before, width = 1100}: OpenOptions = {}): Promise<Page> {
    let place = this.built.folder;
    if (damage) {
      place = mkdtempSync(path.join(this.damaged, "page-"));
      cpSync(this.built.folder, place, {recursive: true});
      damage(path.join(place, "files"));
    }
    const page = await newPage(this.browser);
    await page.setViewport({width, height: 800});
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(`file://${place}/`)) this.outside.push(url);
    });
    page.on("pageerror", (error) => this.errors.push(String(error)));
    if (before) await page.evaluateOnNewDocument(before);
    await page.goto(`file://${place}/index.html${fragment}`);
    await page.waitForFunction(() => document.documentElement.dataset.engine);
    return page;
  }
}

/** Run something in the engine's thread before its own program. */
export const inEngine = (code: string) => (files: string) => {
  const file = path.join(files, "engine.js");
  const begin = '("engine", "';
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(begin, () => begin + JSON.stringify(code).slice(1, -1)),
  );
};

export const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent ?? "");

/** Wait until a view shows what its knobs say. */
export const isExact = (page: Page, view: string) =>
  page.waitForFunction((id) => !document.getElementById(id)!.classList.contains("stale"), {}, view);

/** Open a view by its link and give it time to draw. */
export const show = (page: Page, view: string) =>
  page.evaluate(async (name) => {
    document.querySelector<HTMLElement>(`#views [data-view="${name}"]`)!.click();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }, view);

/** Wait until the address says something. */
export const hashHas = (page: Page, text: string) =>
  page.waitForFunction((one) => location.hash.includes(one), {}, text);
