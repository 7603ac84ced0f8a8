/** The live page of a tiny system in a real browser, opened as a file. */
import {execFileSync} from "node:child_process";
import {cpSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {openBrowser, root} from "../jupyter";

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

/** The page and the browser that opens it. */
export class LivePage {
  /** Requests that left the page's folder. */
  readonly outside: string[] = [];
  /** Errors that nobody caught. */
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
    readonly answer: Answer,
  ) {}

  /** Build the page and start a browser. */
  static async start(): Promise<LivePage> {
    const folder = mkdtempSync(path.join(tmpdir(), "lola-live-"));
    const program = ["-r", "./environment/typescript.cjs", "test/browser/live/build.ts", path.join(folder, "page")];
    const printed = execFileSync(process.execPath, program, {
      cwd: root,
      maxBuffer: 1e8,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const answer = JSON.parse(printed.toString().trim().split("\n").at(-1)!) as Answer;
    return new LivePage(await openBrowser(), folder, answer);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, {recursive: true, force: true});
  }

  /** Open the page, or a copy of it in which something is wrong, and wait until its engine runs or was given up. */
  async open({fragment = "", damage, before, width = 1100}: OpenOptions = {}): Promise<Page> {
    let place = path.join(this.folder, "page");
    if (damage) {
      place = mkdtempSync(path.join(this.folder, "damaged-"));
      cpSync(path.join(this.folder, "page"), place, {recursive: true});
      damage(path.join(place, "files"));
    }
    const page = await this.browser.newPage();
    await page.setViewport({width, height: 800});
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(`file://${place}/`)) this.outside.push(url);
    });
    page.on("pageerror", (error) => this.errors.push(String(error)));
    if (before) await page.evaluateOnNewDocument(before);
    await page.goto(`file://${place}/index.html${fragment}`);
    await page.waitForFunction(() => document.documentElement.dataset.engine, {timeout: 120_000});
    return page;
  }
}

export const textOf = (page: Page, selector: string) => page.$eval(selector, (element) => element.textContent ?? "");

/** Wait until a view shows what its knobs say. */
export const isExact = (page: Page, view: string) =>
  page.waitForFunction((id) => !document.getElementById(id)!.classList.contains("stale"), {timeout: 120_000}, view);

/** Scroll to a view and give it time to draw. */
export const show = (page: Page, view: string) =>
  page.evaluate(async (id) => {
    document.getElementById(id)!.scrollIntoView();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }, view);
