/**
 * Pictures of figures by kaleido, a headless browser in the project's Python environment that reads one JSON request a
 * line and answers in one line. The process is started by the first picture, serves one request at a time, rests after a
 * while, and ends with this process because its input closes.
 */
import {spawn, type ChildProcessWithoutNullStreams} from "node:child_process";
import {existsSync, readdirSync} from "node:fs";
import path from "node:path";
import {createInterface} from "node:readline";
import {projectRoot} from "../../core/paths";

/** Size of a picture. */
export interface ImageSize {
  /** Width in CSS pixels. Default: the layout's own, or 900. */
  width?: number;
  /** Height in CSS pixels. Default: the layout's own, or 500. */
  height?: number;
  /** Pixels of the file per CSS pixel. Default: 1. */
  scale?: number;
}

/** Compute the size of a figure's picture in CSS pixels. */
export function sizeOf(figure: object, {width, height}: ImageSize = {}): {width: number; height: number} {
  const {layout = {}} = figure as {layout?: {width?: number; height?: number}};
  return {width: width ?? layout.width ?? 900, height: height ?? layout.height ?? 500};
}

export interface KaleidoOptions {
  /** Folder of kaleido's program. Default: found in environment/.venv. */
  folder?: string;
  /** The plotly.js file that draws. Default: that of the installed package. */
  plotly?: string;
  /** Seconds without a request after which the browser is closed. Default: 20. */
  rest?: number;
  /** Seconds that one picture may take. Default: 60. */
  limit?: number;
}

interface Answer {
  code: number;
  message: string | null;
  result: string | null;
}

/**
 * Find the folder where `pip install kaleido==0.2.1` puts the browser.
 *
 * @throws Error naming the command to run if it is not there.
 */
function installedFolder(): string {
  const lib = path.join(projectRoot(), "environment/.venv/lib");
  const version = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith("python3")) : undefined;
  const folder = path.join(lib, version ?? "python3", "site-packages/kaleido/executable");
  if (!existsSync(path.join(folder, "bin/kaleido"))) {
    throw new Missing(
      "Pictures need kaleido 0.2.1 in environment/.venv and it was not found: run `node environment/setup.mjs`.",
    );
  }
  return folder;
}

/** One kaleido process and the queue of requests to it. */
export class Kaleido {
  private child: ChildProcessWithoutNullStreams | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private receive: ((answer: Answer | Error) => void) | undefined;
  private complaints = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: KaleidoOptions = {}) {}

  /** Process id of the browser while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Draw a plotly specification. Requests wait for each other; one that the browser dies of is tried once more.
   *
   * @returns the picture: base64 for PNG, text for SVG.
   * @throws Error if kaleido is missing, refuses the specification, or dies twice.
   */
  image(figure: object, format: "png" | "svg", size: ImageSize = {}): Promise<string> {
    const request = JSON.stringify({data: figure, format, ...sizeOf(figure, size), scale: size.scale ?? 1});
    const turn = this.queue.then(async () => {
      clearTimeout(this.timer);
      try {
        return await this.request(request).catch((error: unknown) => {
          if (error instanceof Refused || error instanceof Missing) throw error;
          return this.request(request);
        });
      } finally {
        this.timer = setTimeout(() => void this.close(), 1000 * (this.options.rest ?? 20)).unref();
      }
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** End the browser. A later request starts another. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    const {child} = this;
    if (!child) return;
    this.child = undefined;
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.stdin.end();
    const impatient = setTimeout(() => child.kill("SIGKILL"), 2000);
    await closed;
    clearTimeout(impatient);
  }

  private async request(request: string): Promise<string> {
    if (!this.child) await this.start();
    const answer = await this.exchange(`${request}\n`);
    if (answer.code !== 0 || answer.result === null) {
      throw new Refused(`kaleido cannot draw this figure: ${answer.message ?? "no picture came back"}.`);
    }
    return answer.result;
  }

  private async start(): Promise<void> {
    const folder = this.options.folder ?? installedFolder();
    const plotly = this.options.plotly ?? path.join(projectRoot(), "node_modules/plotly.js/dist/plotly.min.js");
    if (!existsSync(plotly)) throw new Missing(`Pictures need plotly.js and ${plotly} was not found: run \`npm ci\`.`);
    // As in kaleido's own start script; without the shell there is no second process to lose.
    const {LD_PRELOAD: _, ...env} = process.env;
    const child = spawn(
      path.join(folder, "bin/kaleido"),
      [
        "plotly",
        `--plotlyjs=${plotly}`,
        "--disable-gpu",
        "--no-sandbox",
        "--disable-breakpad",
        "--disable-dev-shm-usage",
        "--allow-file-access-from-files",
      ],
      {
        cwd: folder,
        env: {
          ...env,
          LD_LIBRARY_PATH: [path.join(folder, "lib"), env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
          FONTCONFIG_PATH: path.join(folder, "etc/fonts"),
          XDG_DATA_HOME: path.join(folder, "xdg"),
        },
        detached: true, // an interrupt of the notebook must not end the browser in the middle of a picture
      },
    );
    this.child = child;
    this.complaints = "";
    child.stdin.on("error", () => undefined); // the close event tells
    child.stderr.on("data", (data) => (this.complaints = `${this.complaints}${data}`.slice(-2000)));
    createInterface({input: child.stdout}).on("line", (line) => this.receive?.(parse(line)));
    const ended = (error: Error) => {
      if (this.child === child) this.child = undefined;
      this.receive?.(error);
    };
    child.on("error", (error) => ended(new Missing(`kaleido cannot be started: ${error.message}.`)));
    child.on("close", (code, signal) =>
      ended(new Error(`kaleido ended (${signal ?? `exit code ${code}`}) while drawing: ${this.lastComplaint()}`)),
    );
    const greeting = await this.exchange("");
    if (greeting.code !== 0) throw new Error(`kaleido did not start: ${greeting.message}.`);
  }

  /** Send a line and wait for the next one. Only while waiting does the browser keep this process alive. */
  private async exchange(line: string): Promise<Answer> {
    const {child} = this;
    if (!child) throw new Error(`kaleido ended: ${this.lastComplaint()}`);
    const sockets = [child.stdin, child.stdout, child.stderr] as unknown as {ref(): void; unref(): void}[];
    for (const handle of [child, ...sockets]) handle.ref();
    const seconds = this.options.limit ?? 60;
    const limit = setTimeout(() => child.kill("SIGKILL"), 1000 * seconds);
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.receive = (answer) => (answer instanceof Error ? reject(answer) : resolve(answer));
        if (line) child.stdin.write(line);
      });
    } finally {
      this.receive = undefined;
      clearTimeout(limit);
      for (const handle of [child, ...sockets]) handle.unref();
    }
  }

  private lastComplaint(): string {
    const lines = this.complaints.split("\n").filter((line) => line.trim() && !line.includes("locale_file_path"));
    return lines.at(-1)?.trim() ?? "it gave no reason";
  }
}

/** The figure is at fault: trying again would not help. */
class Refused extends Error {}

/** The installation is at fault. */
class Missing extends Error {}

function parse(line: string): Answer | Error {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return new Error(`kaleido answered "${line.slice(0, 80)}", expected JSON.`);
  }
}
