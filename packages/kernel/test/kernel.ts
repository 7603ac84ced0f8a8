/** A kernel of a test file, through Jupyter's client. Nothing here waits for a time: an answer comes, or the test's own limit. */
import {spawn, spawnSync, type ChildProcess} from "node:child_process";
import path from "node:path";
import {createInterface, type Interface} from "node:readline";

const root = path.resolve(__dirname, "../../..");
export const python = path.join(root, "environment/.venv/bin/python");
const program = path.join(root, "packages/kernel/dist/main.js");

export interface CellResult {
  readonly status: "ok" | "error" | "aborted";
  readonly number: number | null;
  /** Console text. */
  readonly text: string;
  readonly error: string | null;
  readonly displays: number;
  readonly messages: number;
  /** Channels that it opened. */
  readonly channels: readonly Channel[];
}

/** A channel to a widget. */
export interface Channel {
  readonly comm_id: string;
  readonly target_name: string;
  readonly version: string;
  readonly data: {readonly state: Readonly<Record<string, unknown>>};
}

/** What a place of a page shows, by MIME type. */
export type Place = Readonly<Record<string, unknown>>;

export interface Cells {
  readonly results: readonly CellResult[];
  /** State by state, and the index of the cell that it belongs to; null for another request. */
  readonly states: readonly [state: string, cell: number | null][];
}

/** Run Node without jest's options, and without the announcements of a project's own. */
const environment = {...process.env, NODE_OPTIONS: ""};

/** Install a kernel as its program does; returns the folder of Jupyter's descriptions. */
export function install(prefix: string, settings?: string): string {
  const options = ["--prefix", prefix, "--name", "tested", ...(settings ? ["--settings", settings] : [])];
  const {status, stderr} = spawnSync(process.execPath, [program, "install", ...options], {
    encoding: "utf8",
    env: environment,
  });
  if (status !== 0) throw new Error(stderr);
  return path.join(prefix, "share/jupyter");
}

export class Kernel {
  private readonly lines: AsyncIterableIterator<string>;

  private constructor(
    /** The client's process, which started the kernel. */
    readonly client: ChildProcess,
    private readonly reader: Interface,
  ) {
    this.lines = reader[Symbol.asyncIterator]();
  }

  pid = 0;
  connection = "";

  /** Start a kernel in a folder. */
  static async start(specs: string, folder: string): Promise<Kernel> {
    const client = spawn(python, [path.join(__dirname, "driver.py"), specs, "tested", folder], {
      stdio: ["pipe", "pipe", "inherit"],
      env: environment,
    });
    const kernel = new Kernel(client, createInterface(client.stdout));
    Object.assign(kernel, await kernel.answer());
    return kernel;
  }

  private async answer<T>(): Promise<T> {
    const {value, done} = (await this.lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new Error("expected an answer of the client, found its end");
    return JSON.parse(value) as T;
  }

  private order<T>(...order: unknown[]): Promise<T> {
    this.client.stdin!.write(`${JSON.stringify(order)}\n`);
    return this.answer();
  }

  /** Run a cell; it is interrupted once it has printed the given text. */
  async run(source: string, interrupt?: string): Promise<CellResult> {
    const {results} = await this.order<Cells>("cells", [source], interrupt);
    return results[0];
  }

  /** Interrupt whatever runs. */
  interrupt(): Promise<void> {
    return this.order("interrupt");
  }

  /** Run a cell; returns its text, or its error. */
  async show(source: string): Promise<string> {
    const {text, error} = await this.run(source);
    return (text + (error ?? "")).trimEnd();
  }

  /** Run cells that are asked for at once. */
  cells(sources: readonly string[], stop = true): Promise<Cells> {
    return this.order("cells", sources, null, stop);
  }

  /** Complete code while a cell waits. */
  during(source: string, code: string): Promise<Cells> {
    return this.order("during", source, code);
  }

  /** Complete code at the place of "|". */
  complete(code: string): Promise<{matches: string[]; cursor_start: number; cursor_end: number}> {
    return this.order("complete", code);
  }

  /** Inspect code at the place of "|". */
  inspect(code: string): Promise<string | null> {
    return this.order("inspect", code);
  }

  /** Run a cell that the page names; returns the marks of other cells that come and go, in their order. */
  named(cell: string, source: string): Promise<string[]> {
    return this.order("named", cell, source);
  }

  /** What the page shows, place by place. */
  page(): Promise<Place[]> {
    return this.order("page");
  }

  /** Move a knob twenty times a second, and read what is shown until a text appears. */
  moves(channel: string, states: readonly object[], until: string, pause = 0.05): Promise<string[]> {
    return this.order("moves", channel, states, until, pause);
  }

  /** Send a message of no reply; returns what it causes for all clients. */
  ask(kind: string, content: object): Promise<{type: string; content: Record<string, unknown>}[]> {
    return this.order("ask", kind, content);
  }

  /** Interrupt the kernel until a text appears. */
  stopWork(until: string): Promise<void> {
    return this.order("stop_work", until);
  }

  /** Restart the kernel under its page. */
  restart(): Promise<void> {
    return this.order("restart");
  }

  /** Run a cell that ends the kernel; returns its text. */
  lastWords(source: string): Promise<string> {
    return this.order("last_words", source);
  }

  /** End client and kernel. */
  async stop(): Promise<void> {
    this.reader.close();
    if (this.client.exitCode !== null || this.client.signalCode !== null) return;
    this.client.stdin!.end();
    await new Promise((resolve) => this.client.once("exit", resolve));
  }
}
