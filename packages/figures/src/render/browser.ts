/**
 * One page of the headless browser that `node environment/setup.mjs` unpacks, driven by puppeteer over two pipes. The browser
 * ends when its pipe closes, hence with this process, however that ends. Chromium as npm ships it needs nothing of the system
 * except the C library.
 */
import {spawn, type ChildProcess} from "node:child_process";
import {existsSync} from "node:fs";
import path from "node:path";
import type {Duplex} from "node:stream";
import type {Browser as Chromium, ConnectionTransport, Page} from "puppeteer-core";
import {projectRoot, shown} from "@lola-ts/core";

export interface BrowserOptions {
  /** The browser's program. Default: chromium in environment/.build/browser. */
  program?: string;
  /** Seconds that the first start may take; each further one may take twice as long. Default: 5. */
  patience?: number;
  /** A script that the page runs before anything else. Default: none. */
  script?: string;
}

/** The installation is at fault: trying again would not help. */
class Missing extends Error {}

/** The page threw. */
export class PageError extends Error {}

/** Starts before a browser that hangs or dies is given up. */
const STARTS = 3;

/** Seconds that the page's script may take. */
const SCRIPT_SECONDS = 60;

const ARGUMENTS = [
  "--remote-debugging-pipe",
  "--headless",
  "--no-sandbox", // which root may not use; the page is our own and loads nothing
  "--no-zygote",
  "--single-process",
  "--disable-gpu",
  "--disable-webgl",
  "--disable-dev-shm-usage",
  "--disable-breakpad",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
  "--hide-scrollbars",
  "--host-resolver-rules=MAP * ~NOTFOUND", // no request leaves
];

/** A running browser with one page. */
export class Browser {
  /** Whether the browser still runs. */
  alive = true;
  private chromium?: Chromium;
  private page?: Page;
  private waiting = 0;
  private complaints = "";
  private fail!: (error: Error) => void;
  /** Rejects when the browser ends. */
  private readonly end = new Promise<never>((_, reject) => (this.fail = reject));

  private constructor(private readonly child: ChildProcess) {
    this.end.catch(() => (this.alive = false));
    child.stderr!.on("data", (data) => (this.complaints = `${this.complaints}${data}`.slice(-2000)));
    child.on("error", (error) => this.fail(new Missing(`The browser cannot be started: ${error.message}.`)));
    child.on("close", (code, signal) => {
      const complaint = this.complaints.trim().split("\n").at(-1)!.trim() || "it gave no reason";
      this.fail(new Error(`The browser ended (${signal ?? `exit code ${code}`}): ${complaint}.`));
    });
    this.keepAlive(false);
  }

  /**
   * Start a browser. One that hangs or dies is ended and started again, three times in all.
   *
   * @throws Error if the browser is not installed, or if no start succeeds.
   */
  static async start({program, patience = 5, script}: BrowserOptions = {}): Promise<Browser> {
    const file = program ?? path.join(browserFolder(), "chromium");
    if (!existsSync(file)) {
      throw new Missing(
        `Pictures need the headless browser ${shown(file)} and it was not found: run \`node environment/setup.mjs\`.`,
      );
    }
    let reason: unknown;
    for (let start = 0; start < STARTS; start++) {
      const browser = new Browser(launch(file));
      try {
        await browser.within(patience * 2 ** start, () => browser.open());
        if (script !== undefined) await browser.evaluate(script, SCRIPT_SECONDS);
        return browser;
      } catch (error) {
        browser.kill("it did not start");
        if (error instanceof Missing || error instanceof PageError) throw error;
        reason = error;
      }
    }
    throw new Error(`The browser did not start in ${STARTS} tries: ${(reason as Error).message}`);
  }

  /** Process id of the browser. */
  get pid(): number {
    return this.child.pid as number;
  }

  /**
   * Evaluate an expression in the page and await its value, which JSON can hold.
   *
   * @throws {@link PageError} if it throws, another Error if the browser ends or takes longer than `seconds`.
   */
  evaluate(code: string, seconds: number): Promise<unknown> {
    return this.within(seconds, async () => {
      try {
        return await this.page!.evaluate(code);
      } catch (error) {
        if (!this.chromium!.connected) return this.end; // which says why
        throw new PageError(String(error).split("\n")[0]);
      }
    });
  }

  /** Print a page that loads nothing as PDF, with numbers of pages; its style says how large a sheet is. */
  print(html: string, seconds: number): Promise<Uint8Array> {
    return this.within(seconds, async () => {
      await this.page!.setContent(html);
      const footer = '<p style="font-size: 7pt; margin: auto"><span class="pageNumber"></span></p>';
      const paper = {
        preferCSSPageSize: true,
        displayHeaderFooter: true,
        headerTemplate: "<p></p>",
        footerTemplate: footer,
      };
      return this.page!.pdf({...paper, printBackground: true});
    });
  }

  /** End the browser. */
  async close(): Promise<void> {
    if (!this.alive) return;
    const closed = new Promise<void>((resolve) => this.child.once("close", () => resolve()));
    this.kill("it was closed");
    this.keepAlive(true);
    await closed;
  }

  /** Connect to the browser and take its page. */
  private async open(): Promise<void> {
    const {connect} = await import("puppeteer-core");
    const [input, output] = this.child.stdio.slice(3) as Duplex[];
    const options = {defaultViewport: null, protocolTimeout: 0, networkEnabled: false, issuesEnabled: false};
    const pipes = connect({transport: transport(input, output), ...options});
    this.chromium = await pipes.catch(() => this.end); // which says why
    [this.page] = await this.chromium.pages();
  }

  /** Await work of the browser for some seconds. Only while it works does the browser keep this process alive. */
  private async within<T>(seconds: number, work: () => Promise<T>): Promise<T> {
    if (!this.alive) return this.end;
    const limit = setTimeout(() => this.kill(`no answer within ${seconds} s`), 1000 * seconds);
    if (this.waiting++ === 0) this.keepAlive(true);
    try {
      return await Promise.race([work(), this.end]);
    } finally {
      clearTimeout(limit);
      if (--this.waiting === 0) this.keepAlive(false);
    }
  }

  /** End the browser and its children at once. */
  private kill(reason: string): void {
    this.fail(new Error(`The browser was ended: ${reason}.`));
    try {
      if (this.child.pid) process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // it ended before
    }
  }

  private keepAlive(on: boolean): void {
    for (const handle of [this.child, ...this.child.stdio.slice(2)] as {ref(): void; unref(): void}[]) {
      if (on) handle.ref();
      else handle.unref();
    }
  }
}

const browserFolder = () => path.join(projectRoot(), "environment/.build/browser");

/** Spawn the browser with its own libraries and fonts. */
function launch(file: string): ChildProcess {
  const folder = browserFolder();
  const {LD_PRELOAD: _, ...env} = process.env;
  return spawn(file, [...ARGUMENTS, "about:blank"], {
    env: {...env, LD_LIBRARY_PATH: path.join(folder, "al2023/lib"), FONTCONFIG_PATH: path.join(folder, "fonts")},
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    detached: true, // an interrupt of the notebook must not end the browser in the middle of a picture
  });
}

/** The browser's pipes as puppeteer uses them: messages that end in a zero byte. */
function transport(input: Duplex, output: Duplex): ConnectionTransport {
  const pipes: ConnectionTransport = {send: (message) => input.write(`${message}\0`), close: () => input.end()};
  let unread: Buffer[] = [];
  output.on("data", (data: Buffer) => {
    let from = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, from)) {
      const message = Buffer.concat([...unread, data.subarray(from, end)]).toString();
      unread = [];
      from = end + 1;
      pipes.onmessage?.(message);
    }
    unread.push(data.subarray(from));
  });
  output.on("close", () => pipes.onclose?.());
  for (const pipe of [input, output]) pipe.on("error", () => undefined); // the close event tells
  return pipes;
}
