/**
 * The kernel's sockets, in a thread beside the one that computes cells.
 *
 * So output arrives, heartbeats are answered and interrupts are heard while a cell computes without a pause; and the kernel
 * ends with the process that started it.
 */
import {Session as Inspector} from "node:inspector";
import {isMainThread, parentPort, workerData} from "node:worker_threads";
import {Publisher, Reply, Router} from "zeromq";
import {framesOf, readMessage, type Connection, type Content, type Frames, type Message} from "./wire";

/** Name of the global symbol under which the computing thread has the function that empties its stack of contexts. */
export const LEAVE = "@lola-ts/kernel/leave";

/** Index of a number that grows whenever the computing thread hears of an interrupt. */
export const HEARD = 0;

/** Index of a number that is 1 when all messages are on their way. */
export const ENDED = 1;

/** Index of a number that is 1 while a thread reads or changes {@link HEARD} and acts on it. */
const LOCK = 2;

export const sharedNumbers = () => new Int32Array(new SharedArrayBuffer(12));

/** Act on {@link HEARD} while the other thread does not: no signal is sent after its interrupt was heard. */
export function locked(shared: Int32Array, act: () => void): void {
  while (Atomics.compareExchange(shared, LOCK, 0, 1) !== 0) Atomics.wait(shared, LOCK, 1);
  try {
    act();
  } finally {
    Atomics.store(shared, LOCK, 0);
    Atomics.notify(shared, LOCK);
  }
}

/** Milliseconds that messages have to leave when the process ends. */
export const LINGER_MS = 1000;

export interface SocketsData {
  readonly connection: Connection;
  /** Memory that both threads share, see {@link HEARD}, {@link ENDED} and {@link LOCK}. */
  readonly shared: Int32Array;
  readonly parent: number;
}

export type Channel = "shell" | "control";

/** From this thread: the sockets are bound, a request has come, or all that came before an echo was asked for is there. */
export type FromSockets = {ready: true} | {request: Message; channel: Channel} | {echo: true};

/** To this thread: a message for all clients, a reply to one, a wish for an echo, the end. */
export type ToSockets =
  | {publish: string; content: Content; parent?: Message; metadata?: Content}
  | {reply: Content; channel: Channel; to: Message}
  | {echo: true}
  | {end: true};

/** Milliseconds that the process has to end by itself. */
const END_MS = 3000;

const PARENT_MS = 1000;

/** Milliseconds that code has to hear of an interrupt: a long step of a computation must not be cut. */
const PATIENCE_MS = 10_000;

/** Milliseconds after which a second interrupt ends code that has not heard of the first, and after which a signal is repeated. */
const AGAIN_MS = 1000;

/** Milliseconds in which lines of the console are collected, and characters that are sent without waiting for more. */
const TOGETHER_MS = 50;
const PIECE = 1 << 16;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Interrupts the computing thread. Code that does not return to the event loop after an `await` never hears of it: it is ended. */
class Interrupts {
  private pressed = 0;
  private pending = false;

  constructor(private readonly shared: Int32Array) {}

  async press(): Promise<void> {
    this.pressed++;
    const before = Atomics.load(this.shared, HEARD); // the signal may be heard before the next line
    process.kill(process.pid, "SIGINT");
    if (this.pending) return;
    this.pending = true;
    const [first, begin] = [this.pressed, performance.now()];
    const isHeard = () => Atomics.load(this.shared, HEARD) !== before;
    for (let sent = begin; !isHeard(); await sleep(20)) {
      const now = performance.now();
      if (now - begin > PATIENCE_MS || (now - begin > AGAIN_MS && this.pressed > first)) {
        locked(this.shared, () => {
          if (!isHeard()) terminate();
        });
        break;
      }
      if (now - sent < AGAIN_MS) continue;
      locked(this.shared, () => {
        if (!isHeard()) process.kill(process.pid, "SIGINT"); // one that comes while Node changes its handlers is lost
      });
      sent = now;
    }
    this.pending = false;
  }
}

/**
 * End the function that the computing thread is in; its event loop continues.
 *
 * Node keeps a stack of asynchronous contexts that such an end does not unwind: {@link LEAVE} empties it before.
 */
function terminate(): void {
  const inspector = new Inspector();
  inspector.connectToMainThread();
  inspector.post("Runtime.evaluate", {expression: `globalThis[Symbol.for("${LEAVE}")]()`}, () =>
    inspector.post("Runtime.terminateExecution", () => inspector.disconnect()),
  );
}

function end(): void {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), END_MS);
}

function watchParent(parent: number): void {
  // Jupyter tells its number: the parent may have ended while the kernel started.
  const {JPY_PARENT_PID: jupyter = "1"} = process.env;
  const isAdopted = () => process.ppid === 1 && jupyter !== "1";
  const timer = setInterval(() => {
    if (process.ppid === parent && !isAdopted()) return;
    clearInterval(timer);
    end();
  }, PARENT_MS);
}

const options = {linger: LINGER_MS, sendHighWaterMark: 0}; // no limit: beyond one, ZeroMQ drops messages silently

class Sockets {
  private readonly iopub = new Publisher(options);
  private readonly shell = new Router(options);
  private readonly control = new Router(options);
  private readonly stdin = new Router(options);
  private readonly heartbeat = new Reply({linger: LINGER_MS});
  /** By socket the message that was sent last: ZeroMQ's binding takes one at a time. */
  private readonly sent = {iopub: Promise.resolve(), shell: Promise.resolve(), control: Promise.resolve()};
  /** Console text on its way: lines that come close together travel as one message. */
  private text: {readonly name: string; readonly parent?: Message; content: string} | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly interrupts: Interrupts;

  constructor(private readonly data: SocketsData) {
    this.interrupts = new Interrupts(data.shared);
  }

  /** @throws Error if a port is taken. */
  async open(): Promise<void> {
    const {connection} = this.data;
    // ZeroMQ's binding ends the loop that reads a socket for a message that comes while the socket is bound: a kernel would then
    // answer one request and no other. So reading begins when all are bound.
    const sockets = {
      iopub: this.iopub,
      shell: this.shell,
      control: this.control,
      stdin: this.stdin,
      hb: this.heartbeat,
    };
    for (const [name, socket] of Object.entries(sockets))
      await socket.bind(
        `${connection.transport}://${connection.ip}:${connection[`${name as keyof typeof sockets}_port`]}`,
      );
    parentPort!.on("message", (message: ToSockets) => this.take(message));
    this.tell({ready: true});
    void this.read("shell");
    void this.read("control");
    for await (const frames of this.heartbeat) await this.heartbeat.send(frames);
  }

  private tell(message: FromSockets): void {
    parentPort!.postMessage(message);
  }

  private async read(channel: Channel): Promise<void> {
    for await (const frames of this[channel]) {
      let message: Message;
      try {
        message = readMessage(this.data.connection.key, frames);
      } catch {
        continue; // no client of this kernel
      }
      await this.receive(channel, message);
    }
  }

  private async receive(channel: Channel, message: Message): Promise<void> {
    const {msg_type: type} = message.header;
    if (type === "interrupt_request") {
      void this.interrupts.press();
      this.reply(channel, message, {status: "ok"});
    } else if (type === "shutdown_request") {
      this.reply(channel, message, {status: "ok", restart: message.content.restart ?? false});
      await this.sent[channel];
      end();
    } else this.tell({request: message, channel});
  }

  private take(message: ToSockets): void {
    if ("publish" in message) {
      const {publish: type, content, parent, metadata} = message;
      if (type === "stream") return this.addText(content as {name: string; text: string}, parent);
      this.flush();
      this.publish(type, content, parent, metadata);
    } else if ("reply" in message) this.reply(message.channel, message.to, message.reply);
    else if ("echo" in message) this.tell({echo: true});
    else void this.close();
  }

  private addText({name, text}: {name: string; text: string}, parent: Message | undefined): void {
    const last = this.text;
    if (last && (last.name !== name || last.parent?.header.msg_id !== parent?.header.msg_id)) this.flush();
    this.text ??= {name, parent, content: ""};
    this.text.content += text;
    if (this.text.content.length > PIECE) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), TOGETHER_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.text) return;
    const {name, parent, content} = this.text;
    this.text = undefined;
    this.publish("stream", {name, text: content}, parent);
  }

  private publish(type: string, content: Content, parent: Message | undefined, metadata?: Content): void {
    this.send("iopub", framesOf(this.data.connection.key, parent, type, content, [`kernel.${type}`], metadata));
  }

  private reply(channel: Channel, to: Message, content: Content): void {
    const type = to.header.msg_type.replace(/_request$/, "_reply");
    this.send(channel, framesOf(this.data.connection.key, to, type, content, to.identities));
  }

  private send(socket: "iopub" | Channel, frames: Frames): void {
    this.sent[socket] = this.sent[socket].then(() => this[socket].send([...frames]));
  }

  /** Send what is left, and end this thread. */
  private async close(): Promise<void> {
    this.flush();
    await Promise.all(Object.values(this.sent));
    for (const socket of [this.iopub, this.shell, this.control, this.stdin, this.heartbeat]) socket.close();
    Atomics.store(this.data.shared, ENDED, 1);
    Atomics.notify(this.data.shared, ENDED);
    process.exit();
  }
}

if (!isMainThread) {
  const data = workerData as SocketsData;
  watchParent(data.parent);
  void new Sockets(data).open(); // a fault of it is one of the thread
}
