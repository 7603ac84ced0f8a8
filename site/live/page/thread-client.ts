/** The page's end of a thread: questions to it, and answers. */
import type {Progress} from "../engine/forecasts";
import type {Reply} from "../engine/thread";
import {loadFile} from "./files";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?(progress: Progress): void;
}

/** How a call is followed, and cancelled where its program looks. */
export interface Following {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

export class ThreadClient {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private reason?: Error;

  private constructor(private readonly thread: Worker) {
    thread.onmessage = ({data}: MessageEvent<Reply>) => this.receive(data);
    thread.onerror = ({message}) =>
      this.fail(new Error(`the thread ended: ${message || "no reason is known"}. Reload the page`));
  }

  /**
   * Start a program of the page's folder.
   *
   * @throws Error if the file is missing or the browser has no threads.
   */
  static async start(program: string): Promise<ThreadClient> {
    const address = URL.createObjectURL(new Blob([await loadFile(program)], {type: "text/javascript"}));
    try {
      return new ThreadClient(new Worker(address));
    } finally {
      setTimeout(() => URL.revokeObjectURL(address)); // the thread has begun to load it
    }
  }

  /** Ask for something. @throws Error that the program threw, or that the thread ended. */
  ask(name: string, parameters: readonly unknown[], {onProgress, signal}: Following = {}) {
    const id = ++this.lastId;
    signal?.addEventListener("abort", () => this.thread.postMessage({id, name: "cancel", parameters: [id]}), {
      once: true,
    });
    return new Promise<unknown>((resolve, reject) => {
      if (this.reason) return reject(this.reason);
      this.waiting.set(id, {resolve, reject, onProgress});
      this.thread.postMessage({id, name, parameters});
    });
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if ("progress" in reply) return waiting.onProgress?.(reply.progress);
    this.waiting.delete(reply.id);
    if ("error" in reply) waiting.reject(new Error(reply.error));
    else waiting.resolve(reply.value);
  }

  private fail(error: Error): void {
    this.reason = error;
    this.waiting.forEach((waiting) => waiting.reject(error));
    this.waiting.clear();
  }
}
