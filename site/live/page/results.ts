/**
 * Results for the views: the prepared ones where the parameters are those of the first view, else the engine's. Of each kind the
 * last one stays on the screen until the next is there, and only the newest question is answered.
 */
import type {Progress} from "../engine/forecasts";
import type {Question} from "./engine-client";

interface Reached {
  readonly done: number;
  readonly total: number;
}

export interface Found<T, P extends Reached = Reached> {
  /** The newest result, perhaps of other parameters. */
  readonly value?: T;
  /** Whether it belongs to the parameters asked for. */
  readonly isExact: boolean;
  /** One sentence while something is missing. */
  readonly note?: string;
  readonly progress?: P;
  /** Whether it is computed, or was stopped on request. */
  readonly work?: "running" | "stopped";
}

const STOPPED = "Stopped: the pictures show the last choice that was computed.";

const KEPT = 12;

/** What answers questions: the engine, or a race of engine and simulator. */
interface Client<P> {
  compute(question: Question, following: {onProgress: (progress: P) => void; signal: AbortSignal}): Promise<unknown>;
}

/** State of what answers: on its way, there, or not to be had. */
export interface ClientState<C> {
  readonly client?: C;
  readonly note?: string;
  readonly isPending?: boolean;
}

export class Results<T, P extends Reached = Progress> {
  private readonly prepared = new Map<string, T>();
  private readonly known = new Map<string, T>();
  private shown?: T;
  private wanted?: string;
  private asking?: AbortController;
  private timer?: ReturnType<typeof setTimeout>;
  private progress?: P;
  private error?: string;
  private stopped?: string;

  constructor(
    private readonly engine: () => ClientState<Client<P>>,
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
  get(question: Question): Found<T, P> {
    const key = JSON.stringify(question.parameters);
    const value = this.peek(question.parameters);
    if (value !== undefined) {
      this.shown = value;
      this.stopped = undefined;
      this.drop();
      return {value, isExact: true};
    }
    const {client, note} = this.engine();
    if (!client) return {value: this.shown, isExact: false, note};
    if (this.stopped === key) return {value: this.shown, isExact: false, note: STOPPED, work: "stopped"};
    if (this.wanted !== key) this.want(key, question, client);
    if (this.error) return {value: this.shown, isExact: false, note: this.error};
    return {value: this.shown, isExact: false, note: "Computing …", progress: this.progress, work: "running"};
  }

  /** Stop computing what is asked for, until something else is asked; again, go on. */
  toggle(): void {
    const isStopped = this.stopped !== undefined;
    this.stopped = isStopped ? undefined : this.wanted;
    this.drop();
    this.changed();
  }

  drop(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
    this.progress = undefined;
    this.error = undefined;
    this.asking?.abort();
  }

  private want(key: string, question: Question, client: Client<P>): void {
    this.drop();
    this.stopped = undefined;
    this.wanted = key;
    this.timer = setTimeout(() => void this.ask(key, question, client), question.patience ?? 0);
  }

  private async ask(key: string, question: Question, client: Client<P>): Promise<void> {
    if (this.asking) return; // its end asks again
    const controller = new AbortController();
    this.asking = controller;
    try {
      const onProgress = (progress: P) => {
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
