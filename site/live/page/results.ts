/**
 * Results for the views: the prepared ones where the parameters are those of the first view, else the engine's. Of each kind the
 * last one stays on the screen until the next is there, and only the newest question is answered.
 */
import type {LessonCall} from "../engine/worker";
import type {Progress} from "../engine/results";
import type {EngineClient} from "./engine-client";

/** What is known of a result. */
export interface Found<T> {
  /** The newest result, perhaps of other parameters. */
  readonly value?: T;
  /** Whether it is that of the parameters asked for. */
  readonly isExact: boolean;
  /** One sentence while something is missing. */
  readonly note?: string;
  readonly progress?: Progress;
}

/** A question to the engine. */
export interface Question {
  readonly call: LessonCall;
  readonly trajectory: number;
  readonly rate: number;
  readonly parameters: readonly unknown[];
  /** Milliseconds without another question before it is asked. Default: 0. */
  readonly patience?: number;
}

/** Number of results of a kind that are kept. */
const KEPT = 12;

/** State of the engine: on its way, there, or not to be had. */
export type EngineState = {readonly client?: EngineClient; readonly note?: string};

/** Results of one kind of computation. */
export class Results<T> {
  private readonly known = new Map<string, T>();
  private shown?: T;
  private wanted?: string;
  private asking?: {readonly key: string; readonly controller: AbortController};
  private timer?: ReturnType<typeof setTimeout>;
  private progress?: Progress;
  private error?: string;

  constructor(
    private readonly engine: () => EngineState,
    private readonly changed: () => void,
  ) {}

  /** Add a prepared result. */
  prepare(parameters: readonly unknown[], value: T): void {
    this.known.set(JSON.stringify(parameters), value);
  }

  /** Get the result of a question; if it is not known it is asked, and `changed` is called when it is there. */
  get(question: Question): Found<T> {
    const key = JSON.stringify(question.parameters);
    const value = this.known.get(key);
    if (value !== undefined) {
      this.shown = value;
      this.drop();
      return {value, isExact: true};
    }
    const {client, note} = this.engine();
    if (!client) return {value: this.shown, isExact: false, note};
    if (this.wanted !== key) this.want(key, question, client);
    const computing = this.progress
      ? `Computing: ${this.progress.done} of ${this.progress.total} windows.`
      : "Computing …";
    return {value: this.shown, isExact: false, note: this.error ?? computing, progress: this.progress};
  }

  /** Forget the open question. */
  drop(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
    this.progress = undefined;
    this.error = undefined;
    this.asking?.controller.abort();
  }

  private want(key: string, question: Question, client: EngineClient): void {
    this.drop();
    this.wanted = key;
    this.timer = setTimeout(() => void this.ask(key, question, client), question.patience ?? 0);
  }

  private async ask(key: string, question: Question, client: EngineClient): Promise<void> {
    if (this.asking) return; // its end asks again
    const controller = new AbortController();
    this.asking = {key, controller};
    try {
      await client.prepare(question.trajectory, question.rate);
      controller.signal.throwIfAborted();
      const onProgress = (progress: Progress) => {
        if (this.wanted !== key) return;
        this.progress = progress;
        this.changed();
      };
      const value = (await client.compute(question.call, question.parameters, {
        onProgress,
        signal: controller.signal,
      })) as T;
      this.keep(key, value);
    } catch (error) {
      if (this.wanted === key && !controller.signal.aborted)
        this.error = `This cannot be computed: ${(error as Error).message}`;
    } finally {
      this.asking = undefined;
      if (this.wanted !== key) this.wanted = undefined; // whoever shows it asks anew
      this.changed();
    }
  }

  private keep(key: string, value: T): void {
    this.known.set(key, value);
    if (this.known.size <= KEPT) return;
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest);
      return;
    }
  }
}
