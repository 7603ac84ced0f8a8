/** The kernel as Jupyter's clients see it: requests, replies, and the state that they are told. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {Worker} from "node:worker_threads";
import {isCompleteCode, type Converter} from "tslab/dist/converter";
import * as tslab from "tslab/dist/jupyter";
import {complete, explain} from "./help";
import {Front, FRONT, type Show} from "./front";
import {CellText, type Stream} from "./output";
import type {Prepared} from "./prepare";
import {onInterrupt, Session} from "./session";
import type {Settings} from "./settings";
import {
  ENDED,
  HEARD,
  LEAVE,
  LINGER_MS,
  locked,
  sharedNumbers,
  type Channel,
  type FromSockets,
  type SocketsData,
  type ToSockets,
} from "./sockets";
import {StaleCells} from "./stale";
import {INFO, type Connection, type Content, type Message} from "./wire";

interface Request {
  readonly message: Message;
  readonly channel: Channel;
}

interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly stop_on_error?: boolean;
}

/** Jupyter counts characters, and JavaScript units of 16 bits. */
const unitsOf = (code: string, characters: number): number => [...code].slice(0, characters).join("").length;
const charactersOf = (code: string, units: number): number => [...code.slice(0, units)].length;

/** Wait until the event loop has taken what was there. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

class Server {
  private readonly shared = sharedNumbers();
  private readonly queue: Request[] = [];
  private sockets!: Worker;
  private working = false;
  private running: Message | undefined;
  private text = new CellText(() => undefined);
  private count = 0;
  /** Failures outside of cells since the last cell began, with their counts. */
  private readonly late = new Map<string, number>();
  private echoed = () => {};
  private readonly stale: StaleCells;
  private readonly front = new Front(
    (...message) => this.publish(...message),
    (error) => this.session.report(error),
    (cell, works) => {
      if (works && !this.running) this.publishState("busy", cell);
      else if (!works) this.publishIdle(cell);
    },
  );

  constructor(
    private readonly session: Session,
    private readonly converter: Converter,
    root: string,
  ) {
    this.stale = new StaleCells((...message) => this.publish(...message), root);
  }

  /**
   * Answer requests.
   *
   * @throws Error if a port is taken: Jupyter starts the kernel again, with other ports.
   */
  async start(connection: Connection): Promise<void> {
    const workerData: SocketsData = {connection, shared: this.shared, parent: process.ppid};
    this.sockets = new Worker(path.join(__dirname, "sockets.js"), {workerData, execArgv: []});
    await new Promise<void>((resolve, reject) => {
      this.sockets.on("error", reject);
      this.sockets.on("message", (message: FromSockets) => {
        if ("ready" in message) resolve();
        else if ("echo" in message) this.echoed();
        else this.receive({message: message.request, channel: message.channel});
      });
    });
    this.sockets.on("exit", () => process.exit()); // programs that were started here end with it
    process.on("SIGTERM", () => process.exit());
    process.on("exit", () => {
      this.tell({end: true});
      Atomics.wait(this.shared, ENDED, 0, LINGER_MS); // what was said last arrives, also where a cell ends the process
    });
    onInterrupt(() => {
      this.hear();
      this.session.interrupt();
      this.front.interrupt();
    });
    Object.assign(globalThis, {[Symbol.for(FRONT)]: this.front});
    this.captureText();
    this.catchLate();
    this.publish("status", {execution_state: "starting"});
  }

  private tell(message: ToSockets): void {
    this.sockets.postMessage(message);
  }

  private receive(request: Request): void {
    if (request.message.header.msg_type !== "execute_request") return this.answer(request);
    this.queue.push(request);
    if (!this.working) void this.work();
  }

  /** Answer a request at once, also while a cell waits. */
  private answer({message, channel}: Request): void {
    this.publishState("busy", message);
    try {
      const content = this.contentFor(message);
      if (content) this.tell({reply: content, channel, to: message});
    } catch (error) {
      const {name, message: evalue} = error as Error;
      this.tell({reply: {status: "error", ename: name, evalue, traceback: []}, channel, to: message});
    }
    this.publishIdle(message);
  }

  private contentFor(message: Message): Content | undefined {
    const {header, content} = message;
    const {code = "", cursor_pos: cursor = 0} = content as {code?: string; cursor_pos?: number};
    const {declared} = this.session;
    switch (header.msg_type) {
      case "kernel_info_request":
        return INFO;
      case "complete_request": {
        const completion = complete(this.converter, declared, code, unitsOf(code, cursor));
        const [start, end] = [charactersOf(code, completion.start), charactersOf(code, completion.end)];
        return {status: "ok", matches: completion.names, cursor_start: start, cursor_end: end, metadata: {}};
      }
      case "inspect_request": {
        const text = explain(this.converter.inspect(declared, code, unitsOf(code, cursor)));
        return {status: "ok", found: text !== "", data: text === "" ? {} : {"text/plain": text}, metadata: {}};
      }
      case "is_complete_request": {
        const {completed, indent = ""} = isCompleteCode(code);
        return completed ? {status: "complete"} : {status: "incomplete", indent};
      }
      case "comm_info_request":
        return this.front.info();
      case "history_request":
        return {status: "ok", history: []};
      case "comm_open":
      case "comm_msg":
      case "comm_close":
        return void this.front.take(message); // needs no reply
      default:
        return undefined; // unknown requests must not be answered
    }
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      for (const {message, channel} of await this.execute(next)) {
        this.publishState("busy", message);
        this.tell({reply: {status: "aborted"}, channel, to: message});
        this.publishState("idle", message);
      }
    }
    this.working = false;
  }

  /** Run a cell and answer; returns the requests that are given up with it. */
  private async execute({message, channel}: Request): Promise<readonly Request[]> {
    const {code, silent = false, ...request} = message.content as unknown as ExecuteRequest;
    const {store_history: stored = !silent, stop_on_error: stops = true} = request;
    this.running = message;
    this.publishState("busy", message);
    if (stored) this.count++;
    const execution_count = this.count;
    if (!silent) this.publish("execute_input", {code, execution_count}, message);
    this.text.end();
    this.text = new CellText((name, text) => this.publish("stream", {name, text}, message));
    this.late.clear();
    this.showDisplays(message);
    this.front.begin(message);

    await turn();
    await turn(); // signals come last in a turn of the event loop: an interrupt of the cell before must not end this one
    const {value, error} = await this.session.run(code, this.count);
    this.hear();
    if (value !== undefined && !silent) this.text.write("stdout", `${value}\n`);
    this.stale.note(message, this.count, this.session.names);
    const failure = error && {ename: error.name, evalue: error.message, traceback: error.report.split("\n")};
    if (failure) this.publish("error", failure, message);
    await turn(); // what the cell's promises reject is said before the end
    this.text.end();
    const aborted = failure && stops ? await this.givenUp() : [];
    this.running = undefined;
    const status = failure ? {status: "error", ...failure} : {status: "ok", user_expressions: {}, payload: []};
    this.tell({reply: {execution_count, ...status}, channel, to: message});
    this.publishIdle(message);
    return aborted;
  }

  private async givenUp(): Promise<readonly Request[]> {
    await new Promise<void>((resolve) => {
      this.echoed = resolve;
      this.tell({echo: true});
    });
    return this.queue.splice(0);
  }

  /** Tell the other thread that an interrupt, if there was one, has been heard. */
  private hear(): void {
    locked(this.shared, () => Atomics.add(this.shared, HEARD, 1));
  }

  /** Let tslab's `display`, and libraries that find it, show their outputs in a cell. */
  private showDisplays(message: Message): void {
    const show: Show = (content, update) =>
      this.publish(update ? "update_display_data" : "display_data", content, message);
    const get = () => this.front.sink()?.show ?? show;
    Object.defineProperty(tslab, "lastWriteDisplayData", {get, configurable: true});
  }

  /** Send what code writes to the cell that runs, or ran last. */
  private captureText(): void {
    for (const name of ["stdout", "stderr"] satisfies Stream[]) {
      const decoder = new TextDecoder();
      process[name].write = (data: string | Uint8Array, ...rest: unknown[]) => {
        const text = typeof data === "string" ? data : decoder.decode(data, {stream: true});
        (this.front.sink() ?? this.text).write(name, text);
        const done = rest.find((value) => typeof value === "function") as (() => void) | undefined;
        if (done) process.nextTick(done);
        return true;
      };
    }
  }

  /** Say what fails outside of cells. */
  private catchLate(): void {
    const late = (kind: string, hint?: string) => (error: unknown) => {
      const text = this.session.reportLate(error, kind, hint);
      if (text === undefined) return;
      const times = (this.late.get(text) ?? 0) + 1;
      this.late.set(text, times);
      if (times === 1) this.text.write("stderr", `${text}\n`);
      if (times === 2) this.text.write("stderr", "The same failed again; further times are not shown.\n"); // a timer repeats
    };
    const ending = new Error("The function is ended.");
    const {_fatalException: handle} = process as unknown as {_fatalException(this: void, error: Error): void};
    Object.assign(globalThis, {[Symbol.for(LEAVE)]: () => handle(ending)});
    const uncaught = late("UncaughtException");
    process.on("uncaughtException", (error) => error !== ending && uncaught(error));
    const hint = "\nNothing waits for this promise: write `await` before it.";
    process.on("unhandledRejection", late("UnhandledPromiseRejection", hint));
  }

  private publish(type: string, content: Content, parent?: Message, metadata?: Content): void {
    this.tell({publish: type, content, parent, metadata});
  }

  private publishState(state: "busy" | "idle", parent: Message): void {
    this.publish("status", {execution_state: state}, parent);
  }

  /** Say that a request is done. The last state that a client hears is the true one. */
  private publishIdle(parent: Message): void {
    this.publishState("idle", parent);
    const busy = this.running ?? this.front.busy;
    if (busy) this.publishState("busy", busy);
  }
}

export async function serve(file: string, {root}: Settings, prepared: Prepared): Promise<void> {
  const session = new Session({...prepared, folder: process.cwd(), root});
  await new Server(session, prepared.converter, root).start(JSON.parse(readFileSync(file, "utf8")) as Connection);
}
