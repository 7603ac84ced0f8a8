/** The output of work that follows knobs: run by run in the same place of its cell. */
import {AsyncLocalStorage} from "node:async_hooks";
import {randomUUID} from "node:crypto";
import type {Front, Page, Sink} from "./front";
import {CellText, type Stream} from "./output";
import type {Content} from "./wire";

/** Results that are kept: a figure has up to half a megabyte. */
const KEPT = 100;

/** Milliseconds in which what is shown is collected. */
const TOGETHER_MS = 50;

const NOTHING: Content = {data: {"text/plain": "", "text/html": ""}, metadata: {}};

const textOutput = (text: string): Content => ({data: {"text/plain": text}, metadata: {}});

const outOfDate = () => Object.assign(new Error("A knob moved: this run is out of date."), {code: "interrupted"});

type Compute = (signal: AbortSignal) => unknown;

/** Places of a cell, of which each shows an output that can be replaced. */
class Places {
  private readonly id = randomUUID();
  private readonly shown: Content[] = [];

  constructor(private readonly page: Page) {}

  /** Show outputs, each in its place, where another one is. @param isAll whether further places become empty. */
  show(outputs: readonly Content[], isAll: boolean): void {
    const others = isAll ? this.shown.slice(outputs.length).map(() => NOTHING) : [];
    const [first, ...rest] = [...outputs, ...others].map((output, i) => () => this.place(output, i));
    const order = this.shown.length === 0 ? [first, ...rest] : [...rest, first]; // what is said of results comes after them
    order.forEach((place) => place());
  }

  private place(output: Content, i: number): void {
    if (this.shown[i] === output) return;
    this.page.show({...output, transient: {display_id: `${this.id}-${i}`}}, i < this.shown.length);
    this.shown[i] = output;
  }
}

/** One run, and what it has shown so far. */
class Run implements Sink {
  readonly outputs: Content[] = [];
  readonly signal: AbortSignal;
  failure: {readonly error: unknown} | undefined;
  /** Whether the work came to its end. */
  isDone = false;
  private readonly controller = new AbortController();
  private readonly ids: (string | undefined)[] = [];
  private readonly text = new CellText((_, text) => this.addText(text));
  private timer: NodeJS.Timeout | undefined;
  private abandon!: () => void;
  private readonly abandoned = new Promise<void>((resolve) => (this.abandon = resolve));

  /**
   * @param values of the knobs, in words.
   * @param changed shows the outputs.
   */
  constructor(
    readonly values: string,
    private readonly changed: () => void,
  ) {
    this.signal = this.controller.signal;
  }

  /** Run; never throws. */
  async do(compute: Compute): Promise<void> {
    const work = async () => {
      try {
        await compute(this.signal);
        this.isDone = true;
      } catch (error) {
        this.failure = {error};
      }
    };
    await Promise.race([work(), this.abandoned]);
    this.text.end();
    clearTimeout(this.timer);
  }

  cancel(): void {
    this.controller.abort(outOfDate());
  }

  leave(): void {
    this.cancel();
    this.abandon();
  }

  readonly write = (name: Stream, text: string): void => this.text.write(name, text);

  readonly show = (content: Content, update = false): void => {
    const {display_id: id} = (content.transient ?? {}) as {display_id?: string};
    const at = update ? this.ids.indexOf(id) : this.outputs.length;
    if (at < 0) return; // of a run before this one
    this.outputs[at] = {data: content.data, metadata: content.metadata};
    this.ids[at] = id;
    this.change();
  };

  private addText(text: string): void {
    const last = this.outputs.length - 1;
    const isText = last >= 0 && this.ids[last] === TEXT;
    const before = isText ? (this.outputs[last].data as {"text/plain": string})["text/plain"] : "";
    const at = isText ? last : last + 1;
    this.outputs[at] = textOutput(before + text);
    this.ids[at] = TEXT;
    this.change();
  }

  private change(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed();
    }, TOGETHER_MS);
  }
}

/** In the place of a display's id: console text, which grows. */
const TEXT = "console";

/** Runs work whenever it is told to, one run at a time; results are kept by the values of the knobs. */
export class LiveOutput {
  private readonly places: Places;
  private readonly results = new Map<string, readonly Content[]>();
  private readonly inCell = AsyncLocalStorage.snapshot();
  private running: Run | undefined;
  private wanted: string | undefined;

  constructor(
    private readonly front: Front,
    private readonly page: Page,
    private readonly compute: Compute,
    /** Whether the work looks at its signal: then a run that is out of date may have ended early. */
    private readonly hears: boolean,
  ) {
    this.places = new Places(page);
    const end = front.onInterrupt(() => this.stop("interrupted"));
    page.atEnd(() => {
      end();
      this.stop();
    });
  }

  /** Run for the first time, and again while knobs move. @throws whatever the last of these runs throws. */
  async begin(values: string): Promise<void> {
    const run = await this.follow(values);
    if (run?.failure) throw run.failure.error;
  }

  move(values: string): void {
    if (this.running?.values === values && !this.running.signal.aborted) return;
    this.running?.cancel();
    this.wanted = undefined;
    const result = this.results.get(values);
    if (result) return this.places.show([said(values), ...result], true);
    if (this.running) {
      this.wanted = values;
      return this.places.show([said(values, "waiting for the last run to stop")], false);
    }
    this.page.during(this.again(values));
  }

  private async again(values: string): Promise<void> {
    const run = await this.follow(values);
    if (!run?.failure) return;
    const report = textOutput(this.inCell(() => this.front.report(run.failure!.error)));
    this.places.show([said(run.values, "failed"), ...run.outputs, report], true);
  }

  /** Run with values, and with those that come meanwhile; returns the last run, if it is not out of date. */
  private async follow(first: string): Promise<Run | undefined> {
    let last: Run | undefined;
    for (let values: string | undefined = first; values !== undefined; values = this.wanted) {
      this.wanted = undefined;
      last = await this.run(values);
    }
    return last;
  }

  private async run(values: string): Promise<Run | undefined> {
    const isShown = () => this.running === run && !run.signal.aborted;
    const show = () => isShown() && this.places.show([said(values, "computing"), ...run.outputs], false);
    const run: Run = new Run(values, show);
    this.running = run;
    show();
    await this.inCell(() => this.front.within(run, () => run.do(this.compute)));
    this.running = undefined;
    const isLate = run.signal.aborted;
    const isWhole = run.isDone && !(isLate && this.hears);
    if (isWhole) this.keep(values, run.outputs);
    if (isLate && !(isWhole && this.wanted !== undefined)) return undefined;
    this.places.show([said(values), ...run.outputs], true);
    return run;
  }

  private keep(values: string, outputs: readonly Content[]): void {
    const [oldest] = this.results.keys();
    if (this.results.size >= KEPT) this.results.delete(oldest);
    this.results.set(values, outputs);
  }

  private stop(remark?: string): void {
    if (!this.running) return;
    const {values} = this.running;
    this.wanted = undefined;
    this.running.leave();
    if (remark) this.places.show([said(values, remark)], false);
  }
}

/** Say which values an output belongs to, also without the knobs. */
function said(values: string, remark = ""): Content {
  const text = [values, remark].filter(Boolean).join(": ");
  const html = `<small>${text.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</small>`;
  return {data: {"text/plain": text, "text/html": html}, metadata: {}};
}
