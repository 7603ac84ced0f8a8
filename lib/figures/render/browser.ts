/**
 * One page of the headless browser that `node environment/setup.mjs` unpacks, driven by the DevTools protocol: JSON
 * messages that end in a zero byte, over two pipes. The browser ends when its pipe closes, hence with this process, however
 * that ends. Chromium as npm ships it needs nothing of the system but the C library.
 */
import {spawn, type ChildProcess} from "node:child_process";
import {existsSync} from "node:fs";
import path from "node:path";
import type {Duplex} from "node:stream";
import {projectRoot, shown} from "../../core/paths";

export interface BrowserOptions {
  /** The browser's program. Default: chromium in environment/.build/browser. */
  program?: string;
  /** Seconds that the first start may take; each further one may take twice as long. Default: 5. */
  patience?: number;
  /** A script that the page runs before anything else. Default: none. */
  script?: string;
  /** Address of the page. Default: "about:blank"; a page that encodes video has to be a file. */
  page?: string;
}

/** The installation is at fault: trying again would not help. */
class Missing extends Error {}

/** The page threw. */
export class PageError extends Error {}

/** Starts before a browser that hangs or dies is given up. */
const STARTS = 3;

/** The page that a browser shows before any other. */
const BLANK = "about:blank";

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

interface Message {
  id?: number;
  result?: {
    sessionId?: string;
    targetInfos?: {targetId: string; type: string}[];
    result?: {value?: unknown};
    exceptionDetails?: {text: string; exception?: {description?: string; value?: string}};
  };
  error?: {message: string};
}

interface Call {
  resolve(result: NonNullable<Message["result"]>): void;
  reject(error: Error): void;
}

/** A running browser with one page. */
export class Browser {
  private readonly calls = new Map<number, Call>();
  private readonly pipes: Duplex[];
  private lastId = 0;
  private session: string | undefined;
  private unread: Buffer[] = [];
  private complaints = "";
  private ended: Error | undefined;

  private constructor(private readonly child: ChildProcess) {
    this.pipes = child.stdio.slice(2) as Duplex[];
    const [stderr, input, output] = this.pipes;
    stderr.on("data", (data) => (this.complaints = `${this.complaints}${data}`.slice(-2000)));
    for (const pipe of [input, output]) pipe.on("error", () => undefined); // the close event tells
    output.on("data", (data: Buffer) => this.read(data));
    child.on("error", (error) => this.fail(new Missing(`The browser cannot be started: ${error.message}.`)));
    child.on("close", (code, signal) =>
      this.fail(new Error(`The browser ended (${signal ?? `exit code ${code}`}): ${this.lastComplaint()}.`)),
    );
    this.keepAlive(false);
  }

  /**
   * Start a browser. One that hangs or dies is ended and started again, three times in all.
   *
   * @throws Error if the browser is not installed, or if no start succeeds.
   */
  static async start({program, patience = 5, script, page = BLANK}: BrowserOptions = {}): Promise<Browser> {
    const file = program ?? path.join(browserFolder(), "chromium");
    if (!existsSync(file)) {
      throw new Missing(
        `Pictures need the headless browser ${shown(file)} and it was not found: run \`node environment/setup.mjs\`.`,
      );
    }
    let reason: unknown;
    for (let start = 0; start < STARTS; start++) {
      const browser = new Browser(launch(file, page));
      const limit = 1000 * patience * 2 ** start;
      const impatient = setTimeout(() => browser.kill(`no answer within ${limit / 1000} s`), limit);
      try {
        await browser.attach();
        if (page !== BLANK) await browser.leaveBlank();
        clearTimeout(impatient);
        if (script !== undefined) await browser.evaluate(script, SCRIPT_SECONDS);
        return browser;
      } catch (error) {
        browser.kill("it did not start");
        if (error instanceof Missing || error instanceof PageError) throw error;
        reason = error;
      } finally {
        clearTimeout(impatient);
      }
    }
    throw new Error(`The browser did not start in ${STARTS} tries: ${(reason as Error).message}`);
  }

  /** Process id of the browser. */
  get pid(): number {
    return this.child.pid as number;
  }

  /** Say whether the browser still runs. */
  get alive(): boolean {
    return this.ended === undefined;
  }

  /**
   * Evaluate an expression in the page and await its value, which JSON can hold.
   *
   * @throws {@link PageError} if the expression throws, another Error if the browser ends or takes longer than `seconds`.
   */
  async evaluate(expression: string, seconds: number): Promise<unknown> {
    const limit = setTimeout(() => this.kill(`no answer within ${seconds} s`), 1000 * seconds);
    try {
      const parameters = {expression, awaitPromise: true, returnByValue: true};
      const {result, exceptionDetails: problem} = await this.call("Runtime.evaluate", parameters);
      if (problem) {
        const {description, value} = problem.exception ?? {};
        throw new PageError((description ?? value ?? problem.text).split("\n")[0]);
      }
      return result?.value;
    } finally {
      clearTimeout(limit);
    }
  }

  /** End the browser. */
  async close(): Promise<void> {
    if (!this.alive) return;
    const closed = new Promise<void>((resolve) => this.child.once("close", () => resolve()));
    this.kill("it was closed");
    this.keepAlive(true);
    await closed;
  }

  /** Attach to the page that the browser opens with. */
  private async attach(): Promise<void> {
    const {targetInfos = []} = await this.call("Target.getTargets");
    const page = targetInfos.find(({type}) => type === "page");
    if (!page) throw new Error("The browser came without a page.");
    const {sessionId} = await this.call("Target.attachToTarget", {targetId: page.targetId, flatten: true});
    this.session = sessionId;
  }

  /** Wait until the asked page has come: what a script defines in the blank one before it is lost. */
  private async leaveBlank(): Promise<void> {
    const address = "document.readyState === 'complete' ? location.href : 'about:blank'";
    for (let shown: unknown = BLANK; shown === BLANK;) {
      const {result} = await this.call("Runtime.evaluate", {expression: address, returnByValue: true});
      shown = result?.value;
    }
  }

  /** Send one command and await its answer. Only while waiting does the browser keep this process alive. */
  private async call(method: string, params: object = {}): Promise<NonNullable<Message["result"]>> {
    if (this.ended) throw this.ended;
    const id = ++this.lastId;
    this.keepAlive(true);
    try {
      return await new Promise((resolve, reject) => {
        this.calls.set(id, {resolve, reject});
        this.pipes[1].write(`${JSON.stringify({id, method, params, sessionId: this.session})}\0`);
      });
    } finally {
      this.calls.delete(id);
      if (this.calls.size === 0) this.keepAlive(false);
    }
  }

  private read(data: Buffer): void {
    let from = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, from)) {
      const text = Buffer.concat([...this.unread, data.subarray(from, end)]).toString();
      this.unread = [];
      from = end + 1;
      this.receive(text);
    }
    this.unread.push(data.subarray(from));
  }

  private receive(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      this.kill(`it answered "${text.slice(0, 80)}", expected JSON`);
      return;
    }
    const call = this.calls.get(message.id ?? 0); // events have no id
    if (message.error) call?.reject(new Error(`The browser refused: ${message.error.message}`));
    else call?.resolve(message.result ?? {});
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

  private fail(error: Error): void {
    this.ended ??= error;
    for (const call of this.calls.values()) call.reject(this.ended);
  }

  private keepAlive(on: boolean): void {
    for (const handle of [this.child, ...this.pipes] as {ref(): void; unref(): void}[]) {
      if (on) handle.ref();
      else handle.unref();
    }
  }

  private lastComplaint(): string {
    const lines = this.complaints.split("\n").filter((line) => line.trim());
    return lines.at(-1)?.trim() ?? "it gave no reason";
  }
}

/** Folder of the browser. */
const browserFolder = () => path.join(projectRoot(), "environment/.build/browser");

/** Spawn the browser with its own libraries and fonts, on a page. */
function launch(file: string, page: string): ChildProcess {
  const folder = browserFolder();
  const {LD_PRELOAD: _, ...env} = process.env;
  return spawn(file, [...ARGUMENTS, page], {
    env: {...env, LD_LIBRARY_PATH: path.join(folder, "al2023/lib"), FONTCONFIG_PATH: path.join(folder, "fonts")},
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    detached: true, // an interrupt of the notebook must not end the browser in the middle of a picture
  });
}
