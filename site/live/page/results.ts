/**
 * Results for the views: the prepared ones where the parameters are those of the first view, else the engine's. Of each kind the
 * last one stays on the screen until the next is there, and only the newest question is answered.
 */
import type {Progress} from "../engine/forecasts";
import type {EngineClient, Question} from "./engine-client";

export interface Found<T> {
  /** The newest result, perhaps of other parameters. */
  readonly value?: T;
  /** Whether it belongs to the parameters asked for. */
  readonly isExact: boolean;
  /** One sentence while something is missing. */
  readonly note?: string;
  readonly progress?: Progress;
  readonly isRunning?: boolean;
}

const KEPT = 12;

/** State of the engine: on its way, there, or not to be had. */
export interface EngineState {
  readonly client?: EngineClient;
  readonly note?: string;
}

export class Results<T> {
  private readonly prepared = new Map<string, T>();
  private readonly known = new Map<string, T>();
  private shown?: T;
  private wanted?: string;
  private asking?: AbortController;
  private timer?: ReturnType<typeof setTimeout>;
  private progress?: Progress;
  private error?: string;

  constructor(
    private readonly engine: () => EngineState,
    private readonly changed: () => void,
  ) {}

  prepare(parameters: readonly unknown[], value: T): void {
    this.prepared.set(JSON.stringify(parameters), value);
  }

  /** Get a result if it is known; nothing is computed. */
  peek(parameters: readonly unknown[]): T | undefined {
    const key = JSON.stringify(parameters);
    return this.prepared.get(key) ?? this.known.get(key);
  }

  /** Get the result of a question; if it is not known it is asked, and `changed` is called when it is there. */
  get(question: Question): Found<T> {
    const key = JSON.stringify(question.parameters);
    const value = this.peek(question.parameters);
    if (value !== undefined) {
      this.shown = value;
      this.drop();
      return {value, isExact: true};
    }
    const {client, note} = this.engine();
    if (!client) return {value: this.shown, isExact: false, note};
    if (this.wanted !== key) this.want(key, question, client);
    if (this.error) return {value: this.shown, isExact: false, note: this.error};
    return {value: this.shown, isExact: false, note: "Computing …", progress: this.progress, isRunning: true};
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
    this.progress = undefined;
    this.error = undefined;
    this.asking?.abort();
  }

  private want(key: string, question: Question, client: EngineClient): void {
    this.drop();
    this.wanted = key;
    this.timer = setTimeout(() => void this.ask(key, question, client), question.patience ?? 0);
  }

  private async ask(key: string, question: Question, client: EngineClient): Promise<void> {
    if (this.asking) return; // its end asks again
    const controller = new AbortController();
    this.asking = controller;
    try {
      const onProgress = (progress: Progress) => {
        if (this.wanted !== key) return;
        this.progress = progress;
        this.changed();
      };
      this.keep(key, (await client.compute(question, {onProgress, signal: controller.signal})) as T);
    } catch (error) {
      if (this.wanted === key && !controller.signal.aborted)
        this.error = `This cannot be computed: ${(error as Error).message}`;
    } finally {
      this.asking = undefined;
      if (this.wanted !== key || controller.signal.aborted) this.wanted = undefined; // its view asks again
      this.changed();
    }
  }

  private keep(key: string, value: T): void {
    this.known.set(key, value);
    const [oldest] = this.known.keys();
    if (this.known.size > KEPT) this.known.delete(oldest);
  }
}
