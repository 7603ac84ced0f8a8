/** Worker threads: each runs a compiled program of the library and answers requests in order. */
import {existsSync} from "node:fs";
import path from "node:path";
import {parentPort, Worker} from "node:worker_threads";

/**
 * Find a compiled program of a package, beside the module that asks or, where that runs as TypeScript (tests), below `dist`.
 *
 * @param folder of the module that asks: its `__dirname`.
 * @param name of the program, relative to it, e.g. `"trajectory-worker"`.
 * @throws Error naming the file if the package is not compiled.
 */
export function programFile(folder: string, name: string): string {
  const beside = path.join(folder, `${name}.js`);
  if (existsSync(beside)) return beside;
  let root = folder;
  while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);
  const file = path.join(root, "dist", path.relative(root, beside).replace(/^src\//, ""));
  if (existsSync(file)) return file;
  throw new Error(`Expected the compiled program ${file}, found none: run "npm run build".`);
}

type Reply<A> = {readonly answer: A} | {readonly failure: string};

interface Waiting<A> {
  readonly subject: string;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: Error) => void;
}

/** A worker thread that turns requests into answers; its program calls {@link serve}. */
export class Thread<Request, Answer> {
  private readonly worker: Worker;
  private readonly waiting: Waiting<Answer>[] = [];
  private end: string | undefined;

  /**
   * @param program path of its compiled file, as `programFile` finds it.
   * @param data the program's `workerData`.
   */
  constructor(program: string, data?: unknown) {
    this.worker = new Worker(program, {workerData: data});
    this.worker.on("message", (reply: Reply<Answer>) => {
      const {resolve, reject} = this.waiting.shift()!;
      if ("answer" in reply) resolve(reply.answer);
      else reject(new Error(reply.failure));
    });
    this.worker.on("error", (error) => this.fail(`failed: ${error.message}`));
    this.worker.on("exit", (code) => this.fail(`ended with code ${code}`));
  }

  /**
   * Send a request, also while others are pending.
   *
   * @param subject name of the request in errors, e.g. `"trajectory 3"`.
   * @throws Error with the program's message if the request fails; naming the subject if the thread ends first.
   */
  ask(request: Request, subject: string): Promise<Answer> {
    if (this.end !== undefined) return Promise.reject(this.ended(subject));
    return new Promise((resolve, reject) => {
      this.waiting.push({subject, resolve, reject});
      this.worker.postMessage(request);
    });
  }

  /** Terminate the thread, also in the middle of a request. */
  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(end: string): void {
    this.end ??= end;
    for (const {subject, reject} of this.waiting.splice(0)) reject(this.ended(subject));
  }

  private ended(subject: string): Error {
    return new Error(`The worker of ${subject} ${this.end}`);
  }
}

export interface ThreadsOptions {
  /** The program's `workerData`. */
  readonly data?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Start `count` threads of a program, run `part` with each, and terminate them.
 *
 * @throws The first error of a part; the signal's reason if it is aborted.
 */
export async function withThreads<Request, Answer>(
  program: string,
  count: number,
  part: (thread: Thread<Request, Answer>) => Promise<void>,
  {data, signal}: ThreadsOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const threads = Array.from({length: count}, () => new Thread<Request, Answer>(program, data));
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(signal?.reason as Error)));
  signal?.addEventListener("abort", abort);
  try {
    await Promise.race([Promise.all(threads.map(part)), aborted]);
  } finally {
    signal?.removeEventListener("abort", abort);
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

/**
 * Serve the requests of a {@link Thread} in order; called by the program of the thread.
 *
 * @param buffers memory of an answer, which is transferred instead of copied.
 */
export function serve<Request, Answer>(
  handle: (request: Request) => Answer | Promise<Answer>,
  buffers: (answer: Answer) => ArrayBufferLike[],
): void {
  const reply = async (request: Request): Promise<void> => {
    try {
      const answer = await handle(request);
      parentPort?.postMessage({answer} satisfies Reply<Answer>, buffers(answer) as ArrayBuffer[]);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({failure} satisfies Reply<Answer>);
    }
  };
  let last = Promise.resolve();
  parentPort?.on("message", (request: Request) => void (last = last.then(() => reply(request))));
}
