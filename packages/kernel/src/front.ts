/** Services of the kernel for a cell's code beside text and displays: channels to widgets, own outputs, an end. */
import {AsyncLocalStorage} from "node:async_hooks";
import type {Stream} from "./output";
import type {Content, Message} from "./wire";

/** Name of the global symbol under which a cell's code finds the kernel's {@link Front}. */
export const FRONT = "@lola-ts/kernel/front";

/** The target of channels that Jupyter's widgets answer, and the version of what they say. */
const TARGET = "jupyter.widget";
const VERSION = "2.1.0";

/** Sends an output; with `update` in the place of the earlier one of its display id. */
export type Show = (content: Content, update?: boolean) => void;

/** Takes what code writes and shows, in place of the cell. */
export interface Sink {
  readonly write: (name: Stream, text: string) => void;
  readonly show: Show;
  /** Tells the code that nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** A cell, to which its code can come back after its end. */
export interface Page {
  readonly show: Show;
  /** Say that work continues until the promise is settled. */
  during(work: Promise<unknown>): void;
  /** Open a channel to a widget; `changed` hears whenever a client has changed its state. */
  open(id: string, state: Content, changed: (state: Content) => void): void;
  atEnd(end: () => void): void;
}

interface Widget {
  readonly state: Record<string, unknown>;
  readonly changed: (state: Content) => void;
}

type Publish = (type: string, content: Content, parent: Message, metadata?: Content) => void;

export class Front {
  private readonly sinks = new AsyncLocalStorage<Sink>();
  private readonly widgets = new Map<string, Widget>();
  /** Resources that end with the run of a cell, by the cell. */
  private readonly ends = new Map<string, (() => void)[]>();
  private readonly stops = new Set<() => void>();
  private readonly working = new Set<Message>();
  private cell: Message | undefined;

  /**
   * @param report says in a few lines what went wrong.
   * @param stateChanged hears when work of a cell that has ended begins or ends.
   */
  constructor(
    private readonly publish: Publish,
    readonly report: (error: unknown) => string,
    private readonly stateChanged: (cell: Message, works: boolean) => void,
  ) {}

  /** Begin a cell; what its last run left behind ends. */
  begin(message: Message): void {
    this.cell = message;
    const key = keyOf(message);
    const ends = this.ends.get(key) ?? [];
    this.ends.delete(key);
    ends.forEach((end) => end());
  }

  page(): Page {
    const message = this.cell!;
    const key = keyOf(message);
    const atEnd = (end: () => void) => void this.ends.set(key, [...(this.ends.get(key) ?? []), end]);
    return {
      show: (content, update) => this.publish(update ? "update_display_data" : "display_data", content, message),
      during: (work) => void this.during(message, work),
      open: (id, state, changed) => {
        this.widgets.set(id, {state: {...state}, changed});
        const content = {comm_id: id, target_name: TARGET, data: {state, buffer_paths: []}};
        this.publish("comm_open", content, message, {version: VERSION});
        atEnd(() => {
          if (this.widgets.delete(id)) this.publish("comm_close", {comm_id: id, data: {}}, message);
        });
      },
      atEnd,
    };
  }

  /** Call a function whose text and displays go to `sink`, also those that come later. */
  within<T>(sink: Sink, work: () => T): T {
    return this.sinks.run(sink, work);
  }

  /** Who takes the output of the code that runs now, if not its cell. */
  sink(): Sink | undefined {
    return this.sinks.getStore();
  }

  /** Hear of interrupts. @returns a function that ends it. */
  onInterrupt(stop: () => void): () => void {
    this.stops.add(stop);
    return () => void this.stops.delete(stop);
  }

  interrupt(): void {
    this.stops.forEach((stop) => stop());
  }

  /** The cell whose work continues, if there is one. */
  get busy(): Message | undefined {
    return [...this.working][0];
  }

  info(): Content {
    return {status: "ok", comms: Object.fromEntries([...this.widgets.keys()].map((id) => [id, {target_name: TARGET}]))};
  }

  take(message: Message): void {
    const {comm_id: id, data} = message.content as {comm_id: string; data: {method?: string; state?: Content}};
    const widget = this.widgets.get(id);
    switch (message.header.msg_type) {
      case "comm_open": // no channel of a client's own is known here
        return this.publish("comm_close", {comm_id: id, data: {}}, message);
      case "comm_close":
        return void this.widgets.delete(id);
      default:
        if (!widget) return; // of a kernel that was here before
        if (data.method === "request_state") this.describe(id, widget, message);
        if (data.method !== "update") return;
        Object.assign(widget.state, data.state);
        widget.changed(widget.state);
    }
  }

  /** Tell a page that was loaded again the state of a widget. Outputs of earlier cells do not reach such a page. */
  private describe(id: string, {state}: Widget, message: Message): void {
    const {description} = state;
    const hint = description ? {description: `${description as string} (run the cell again)`} : {};
    const data = {method: "update", state: {...state, ...hint}, buffer_paths: []};
    this.publish("comm_msg", {comm_id: id, data}, message);
  }

  private async during(cell: Message, work: Promise<unknown>): Promise<void> {
    this.working.add(cell);
    this.stateChanged(cell, true);
    await work.catch(() => undefined);
    this.working.delete(cell);
    this.stateChanged(cell, false);
  }
}

/** A cell by the name that JupyterLab gives it, else by its text. */
const keyOf = ({metadata, content}: Message): string => String(metadata.cellId ?? content.code);

/** Find the kernel that runs this code; undefined outside of a notebook. */
export const frontHere = (): Front | undefined =>
  (globalThis as unknown as Record<symbol, Front | undefined>)[Symbol.for(FRONT)];
