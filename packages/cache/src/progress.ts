/**
 * Progress of long work: one line with a bar, live values and the time left.
 *
 * In a notebook and in a terminal the line replaces itself; in a log it is printed now and then. Work of known cost shows its line
 * at once, or never if it takes less than 0.4 s. Other work shows none for the first 0.4 s, in a log for two seconds. A line is
 * removed if its work ended within two seconds.
 */
import {readFileSync} from "node:fs";
import path from "node:path";
import {checkOptions, escapeHtml, isPlainObject, machineName, number, parseJson, writeWhole} from "@lola-ts/core";
import {displayId, displayWriter, type DisplayWriter} from "./kernel-output";
import {current, type MovableLine} from "./work";

export interface ProgressOptions {
  /** Steps done before this process started (a resumed training): they do not count for the speed. */
  initial?: number;
  /** Milliseconds before the first line. Default: 400, in a log 2000. */
  patience?: number;
  /** Time of a step of earlier work, which the first line tells; the steps of this work are measured for later work. */
  time?: StepTime;
  /** The event that the line waits for, shown in place of the time left. Its `total` may be 0 while it is not known. */
  waiting?: string;
}

type Values = Readonly<Record<string, number>>;

const RELAYED = process.env.LOLA_RELAY === "1" && process.send !== undefined;

export interface ProgressMessage {
  readonly label: string;
  readonly total: number;
  readonly initial?: number;
  readonly waiting?: string;
  readonly done: number;
  readonly values: Values;
  readonly remark?: string;
}

/**
 * CSS hint that appears when a progress line has not been updated for 10 s: after a page reload the kernel cannot write to the
 * old output any more. Readers that strip styles always show it.
 */
const SILENT =
  "<style>@keyframes lola-silent {from {visibility: hidden} to {visibility: hidden}} " +
  ".lola-silent {animation: lola-silent 10s}</style>" +
  '<br><small class="lola-silent">No news for ten seconds. If this page was reloaded, the work continues, but this line does ' +
  "not: run the cell again, it waits for the work and then says how it ended.</small>";

/** How often a line is renewed, in milliseconds: on a screen, and in a log. */
const SCREEN = 250;
const LOG = 10_000;

const SOON = {screen: 400, log: 2000};

/** Write a time span for reading. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One line of progress. In a notebook it continues in the last cell that waits for its work. */
export class Progress implements MovableLine {
  private readonly scope = current();
  private send: DisplayWriter | undefined;
  private id = displayId();
  private readonly terminal: boolean;
  private begin = performance.now();
  private readonly timer: NodeJS.Timeout | undefined;
  private patience: number;
  private ended = false;
  private shownAt = -Infinity;
  private shows = 0;
  private origin: {time: number; done: number} | undefined;
  private count: number;
  private values: Values = {};
  private text = "";

  constructor(
    readonly label: string,
    private total: number,
    private readonly options: ProgressOptions = {},
  ) {
    checkOptions("Progress", number({min: 0}), total, "total");
    this.send = this.scope.work ? this.scope.work.add(this) : displayWriter();
    this.terminal = !this.send && process.stdout.isTTY;
    this.count = options.initial ?? 0;
    const isScreen = this.send !== undefined || this.terminal;
    this.patience = options.patience ?? SOON[isScreen ? "screen" : "log"];
    if (!isScreen || this.scope.watcher || RELAYED) return;
    if (options.time && !(this.expected() < SOON.screen)) this.patience = 0;
    if (this.patience === 0) this.announce();
    else this.timer = setTimeout(() => this.announce(), this.patience).unref();
  }

  /** Show the line before the first step has ended; the line of the first step follows without delay. */
  private announce(): void {
    this.update(this.count);
    this.shownAt = -Infinity;
  }

  /** Measure the time from now on: until here the work has waited. */
  restart(): void {
    this.begin = performance.now();
  }

  /** Report that `done` of the steps are done, with the current values, e.g. `{loss}`. Cheap: call it every step. */
  update(done: number, values: Values = this.values, total = this.total): void {
    this.count = done;
    this.values = values;
    this.total = total;
    const {listener, watcher} = this.scope;
    if (!this.options.waiting) listener?.(this.message());
    if (watcher) return watcher(this.message());
    const time = performance.now();
    if (RELAYED) return this.relay(time);
    // The first step prepares (recording, caches), so the speed is measured from its end.
    if (!this.origin && done > (this.options.initial ?? 0)) this.origin = {time, done};
    if (time - this.begin < this.patience) return;
    if (time - this.shownAt < (this.send || this.terminal ? SCREEN : LOG)) return;
    this.shownAt = time;
    this.show(this.line(time));
  }

  /** End the line with the time taken, the last values and a remark; nothing if no line was ever shown. */
  done(remark = ""): void {
    if (this.ended) return;
    this.ended = true;
    const {work} = this.scope;
    work?.remove(this);
    clearTimeout(this.timer);
    if (RELAYED) return this.relay(Infinity, remark);
    const perStep = this.perStep(performance.now());
    if (perStep !== undefined) this.options.time?.keep(perStep);
    if (this.shows === 0) return;
    if (this.options.patience === undefined && !remark && performance.now() - this.begin < SOON.log)
      return this.erase();
    if (work) work.shown = true;
    const span = formatSeconds((performance.now() - this.begin) / 1000);
    const parts = this.options.waiting
      ? [`waited ${span}`]
      : [`${this.count} of ${this.total} in ${span}`, ...this.texts()];
    this.show([this.label, ...parts, remark].filter(Boolean).join("  "), true);
  }

  /** Continue in another cell; the line so far ends with a hint to it. */
  moveTo(send: DisplayWriter | undefined): void {
    const {text} = this;
    if (this.shows > 0) this.show(`${this.label}  continues in the cell that waits for it now`, true);
    this.send = send;
    this.id = displayId();
    if (this.shows === 0) return;
    this.shows = 0;
    this.show(text);
  }

  private erase(): void {
    if (this.send) this.send({"text/plain": "", "text/html": ""}, {id: this.id, update: true});
    else if (this.terminal) process.stdout.write("\r\x1b[2K");
  }

  private relay(time: number, remark?: string): void {
    if (time - this.shownAt < SCREEN) return;
    this.shownAt = time;
    process.send?.({progress: {...this.message(), remark}});
  }

  private message(): ProgressMessage {
    const {label, total, count, values} = this;
    const {initial, waiting} = this.options;
    return {label, total, initial, waiting, done: count, values};
  }

  private line(time: number): string {
    const {label, count, total} = this;
    const {waiting} = this.options;
    const far = total > 0 ? [bar(count / total), `${Math.floor((100 * count) / total)} %`, `${count}/${total}`] : [];
    return [label, ...far, ...this.texts(), ...(waiting ? [waiting] : this.left(time))].join("  ");
  }

  private texts(): string[] {
    return Object.entries(this.values).map(([name, value]) => `${name} ${short(value)}`);
  }

  private left(time: number): string[] {
    const perStep = this.perStep(time);
    if (perStep !== undefined) return [`${formatSeconds(perStep * (this.total - this.count))} left`];
    if (!this.options.time || this.origin) return [];
    const expected = this.expected() / 1000;
    return [Number.isNaN(expected) ? "not timed here before" : `about ${formatSeconds(expected)}`];
  }

  private perStep(time: number): number | undefined {
    if (!this.origin || this.count <= this.origin.done) return undefined;
    return (time - this.origin.time) / (this.count - this.origin.done) / 1000;
  }

  /** Estimate the milliseconds of all remaining steps by earlier work; NaN if there was none. */
  private expected(): number {
    return 1000 * (this.total - this.count) * (this.options.time?.seconds ?? NaN);
  }

  private show(text: string, last = false): void {
    const update = this.shows++ > 0;
    this.text = text;
    if (this.send) {
      const html = `<code style="white-space: pre-wrap">${escapeHtml(text)}</code>${last ? "" : SILENT}`;
      this.send({"text/plain": text, "text/html": html}, {id: this.id, update});
    } else {
      process.stdout.write(this.terminal ? `\r\x1b[2K${text}${last ? "\n" : ""}` : `${text}\n`);
    }
  }
}

/** Run work with a progress line that ends however the work ends. */
export async function track<T>(
  label: string,
  total: number,
  work: (progress: Progress) => T | Promise<T>,
  options: ProgressOptions = {},
): Promise<T> {
  const progress = new Progress(label, total, options);
  try {
    const result = await work(progress);
    progress.done();
    return result;
  } catch (error) {
    progress.done("stopped");
    throw error;
  }
}

function bar(fraction: number, width = 20): string {
  const full = Math.max(0, Math.min(width, Math.round(width * fraction)));
  return "━".repeat(full) + "─".repeat(width - full);
}

/** Write a number in three digits; JSON, in which another process reports, has null for NaN. */
function short(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "not finite";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

/** Work that is over sooner than this, in milliseconds, is waited for in silence. */
const PATIENCE = 1000;

export class WaitingLine {
  private line: Progress | undefined;

  constructor(private readonly name: string) {}

  update(worker: {pid: number; host: string; note?: unknown} | undefined): void {
    const {done = 0, values, total} = (worker?.note ?? {}) as Partial<ProgressMessage>;
    const who = worker ? ` (process ${worker.pid} on ${worker.host})` : "";
    const waiting = `another run is making this${who}, waiting`;
    this.line ??= new Progress(this.name, 0, {patience: PATIENCE, waiting});
    this.line.update(done, values, total);
  }

  done(remark: string): void {
    this.line?.done(remark);
    this.line = undefined;
  }
}

/** Seconds of a step by the name of the work, by machine. */
type Times = Record<string, Record<string, number>>;

/** How long work takes on this machine: the time of a step is stored when work ends, and estimates the next work of its name. */
export class StepTime {
  /**
   * @param units parts of a step that take as long whatever the options. Default: 1.
   * @param before finds the seconds of a step where none was measured on this machine. Default: NaN.
   */
  constructor(
    private readonly root: string,
    private readonly name: string,
    private readonly units = 1,
    private readonly before: () => number = () => NaN,
  ) {}

  get seconds(): number {
    const unit = this.read()[machineName()]?.[this.name];
    return unit === undefined ? this.before() : unit * this.units;
  }

  /** Store a measured time. A failure costs nothing but the next estimate. */
  keep(seconds: number): void {
    const times = this.read();
    const machine = machineName();
    const changed = {...times[machine], [this.name]: Number((seconds / this.units).toPrecision(4))};
    void writeWhole(this.file, `${JSON.stringify({...times, [machine]: changed}, null, 1)}\n`).catch(() => undefined);
  }

  private get file(): string {
    return path.join(this.root, "times.json");
  }

  private read(): Times {
    try {
      const times: unknown = parseJson(readFileSync(this.file, "utf8"));
      return isPlainObject(times) ? (times as Times) : {};
    } catch {
      return {};
    }
  }
}
