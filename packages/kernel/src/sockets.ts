/**
 * The kernel's sockets, in a thread beside the one that computes cells.
 *
 * So output arrives, heartbeats are answered and interrupts are heard while a cell computes without a pause; and the kernel
 * ends with the process that started it.
 */
import {Session as Inspector} from "node:inspector";
import {isMainThread, parentPort, workerData} from "node:worker_threads";
import {Publisher, Reply, Router} from "zeromq";
import {JoinedText} from "./joined-text";
import {Sender} from "./sender";
import {addressOf, framesOf, readMessage, replyTo, type Connection, type Content, type Message} from "./wire";

/** Name of the global symbol under which the computing thread has the function that empties its stack of contexts. */
export const LEAVE = "@lola-ts/kernel/leave";

/** Index of a number that grows whenever the computing thread hears of an interrupt. */
export const HEARD = 0;

/** Index of a number that is 1 when all messages are on their way. */
export const ENDED = 1;

/** Milliseconds that messages have to leave when the process ends. */
export const LINGER_MS = 1000;

export interface SocketsData {
  readonly connection: Connection;
  /** What both threads know, see {@link HEARD} and {@link ENDED}. */
  readonly shared: Int32Array;
  /** The process that started the kernel. */
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

/** Milliseconds between two looks at the parent. */
const PARENT_MS = 1000;

/** Milliseconds that code has to hear of an interrupt: a long step of a computation must not be cut. */
const PATIENCE_MS = 10_000;

/** Milliseconds after which a second interrupt ends code that has not heard of the first, and after which a signal is repeated. */
const AGAIN_MS = 1000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Interrupts the computing thread. Code that does not return to the event loop after an `await` never hears of it: it is ended. */
class Interrupts {
  private pressed = 0;
  private pending = false;

  constructor(private readonly shared: Int32Array) {}

  async press(): Promise<void> {
    this.pressed++;
    process.kill(process.pid, "SIGINT");
    if (this.pending) return;
    this.pending = true;
    const [before, first, begin] = [Atomics.load(this.shared, HEARD), this.pressed, performance.now()];
    const isHeard = () => Atomics.load(this.shared, HEARD) !== before;
    for (let sent = begin; !isHeard(); await sleep(20)) {
      const now = performance.now();
      if (now - begin > PATIENCE_MS || (now - begin > AGAIN_MS && this.pressed > first)) {
        terminate();
        break;
      }
      if (now - sent < AGAIN_MS) continue;
      process.kill(process.pid, "SIGINT"); // one that comes while Node changes its handlers is lost
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

/** End this process, whatever it computes. */
function end(): void {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), END_MS);
}

/** End this process with the one that started it. */
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
  private readonly published = new Sender(this.iopub);
  private readonly replies = {shell: new Sender(this.shell), control: new Sender(this.control)};
  private readonly text = new JoinedText((content, parent) => this.publish("stream", content, parent));
  private readonly interrupts: Interrupts;

  constructor(private readonly data: SocketsData) {
    this.interrupts = new Interrupts(data.shared);
  }

  /** @throws Error if a port is taken. */
  async open(): Promise<void> {
    const {connection} = this.data;
    // ZeroMQ's binding ends the loop that reads a socket for a message that comes while the socket is bound: a kernel would then
    // answer one request and no other. So reading begins when all are bound.
    await this.iopub.bind(addressOf(connection, connection.iopub_port));
    await this.shell.bind(addressOf(connection, connection.shell_port));
    await this.control.bind(addressOf(connection, connection.control_port));
    await this.stdin.bind(addressOf(connection, connection.stdin_port));
    await this.heartbeat.bind(addressOf(connection, connection.hb_port));
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
      await this.replies[channel].settled();
      end();
    } else this.tell({request: message, channel});
  }

  private take(message: ToSockets): void {
    if ("publish" in message) {
      const {publish: type, content, parent, metadata} = message;
      if (type === "stream") return this.text.add(content as {name: string; text: string}, parent);
      this.text.flush();
      this.publish(type, content, parent, metadata);
    } else if ("reply" in message) this.reply(message.channel, message.to, message.reply);
    else if ("echo" in message) this.tell({echo: true});
    else void this.close();
  }

  private publish(type: string, content: Content, parent: Message | undefined, metadata?: Content): void {
    this.published.send(framesOf(this.data.connection.key, parent, type, content, [`kernel.${type}`], metadata));
  }

  private reply(channel: Channel, to: Message, content: Content): void {
    this.replies[channel].send(
      framesOf(this.data.connection.key, to, replyTo(to.header.msg_type), content, to.identities),
    );
  }

  /** Send what is left, and end this thread. */
  private async close(): Promise<void> {
    this.text.flush();
    await Promise.all([this.published, ...Object.values(this.replies)].map((sender) => sender.settled()));
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
