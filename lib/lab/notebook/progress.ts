/**
 * Progress of long work: one line with a bar, live values and the time left.
 *
 * In a notebook the line replaces itself; in a terminal too; in a log it is printed now and then. Work that ends within
 * two seconds shows nothing.
 */
import {escapeHtml} from "../../core/html";
import {displayId, displayWriter} from "./kernel-output";

export interface ProgressOptions {
  /** Steps done before this process started (a resumed training): they do not count for the speed. */
  initial?: number;
  /** Milliseconds before the first line. */
  patience?: number;
  /** Clock in milliseconds and printer of lines, for tests. */
  now?: () => number;
  /** Where lines go outside a notebook. */
  print?: (text: string) => void;
}

type Values = Readonly<Record<string, number>>;

/** Whether the process that started this one shows its progress lines. */
const RELAYED = process.env.LOLA_RELAY === "1" && process.send !== undefined;

/** Progress of work in another process, as it is sent to the one that shows it. */
export interface ProgressMessage {
  readonly label: string;
  readonly total: number;
  readonly initial?: number;
  readonly done: number;
  readonly values: Values;
  /** Sent at the end only. */
  readonly remark?: string;
}

/** How often a line is renewed, in milliseconds: on a screen, and in a log. */
const SCREEN = 250;
const LOG = 10_000;

/** Write a time span for reading. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One line of progress. */
export class Progress {
  private readonly send = displayWriter();
  private readonly id = displayId("progress");
  private readonly now: () => number;
  private readonly terminal = !this.send && process.stdout.isTTY;
  private readonly begin: number;
  private shownAt = -Infinity;
  private shows = 0;
  private origin: {time: number; done: number} | undefined;
  private count: number;
  private values: Values = {};

  /**
   * @param label name of the work.
   * @param total how many steps it takes.
   */
  constructor(
    readonly label: string,
    readonly total: number,
    private readonly options: ProgressOptions = {},
  ) {
    this.now = options.now ?? (() => performance.now());
    this.begin = this.now();
    this.count = options.initial ?? 0;
  }

  /** Report that `done` of the steps are done, with the current values, e.g. `{loss}`. Cheap: call it every step. */
  update(done: number, values: Values = this.values): void {
    this.count = done;
    this.values = values;
    const time = this.now();
    if (RELAYED) return this.relay(time);
    // The first step prepares (recording, caches), so the speed is measured from its end.
    if (!this.origin && done > (this.options.initial ?? 0)) this.origin = {time, done};
    if (time - this.begin < (this.options.patience ?? 2000)) return;
    if (time - this.shownAt < (this.send || this.terminal ? SCREEN : LOG)) return;
    this.shownAt = time;
    this.show(this.line(time));
  }

  /** End the line with the time taken, the last values and a remark; nothing if no line was ever shown. */
  done(remark = ""): void {
    if (RELAYED) return this.relay(Infinity, remark);
    if (this.shows === 0) return;
    const parts = [`${this.count} of ${this.total} in ${formatSeconds((this.now() - this.begin) / 1000)}`];
    this.show([this.label, ...parts, ...this.texts(), remark].filter(Boolean).join("  "), true);
  }

  /** Leave showing to the process that started this one. */
  private relay(time: number, remark?: string): void {
    if (time - this.shownAt < SCREEN) return;
    this.shownAt = time;
    const {label, total, count, values} = this;
    process.send?.({progress: {label, total, initial: this.options.initial, done: count, values, remark}});
  }

  private line(time: number): string {
    const percent = Math.floor((100 * this.count) / this.total);
    return [this.label, bar(this.count / this.total), `${percent} %`, `${this.count}/${this.total}`]
      .concat(this.texts(), this.left(time))
      .join("  ");
  }

  private texts(): string[] {
    return Object.entries(this.values).map(([name, value]) => `${name} ${short(value)}`);
  }

  private left(time: number): string[] {
    if (!this.origin || this.count <= this.origin.done) return [];
    const perStep = (time - this.origin.time) / (this.count - this.origin.done);
    return [`${formatSeconds((perStep * (this.total - this.count)) / 1000)} left`];
  }

  private show(text: string, last = false): void {
    const update = this.shows++ > 0;
    if (this.send) {
      const html = `<code style="white-space: pre-wrap">${escapeHtml(text)}</code>`;
      this.send({"text/plain": text, "text/html": html}, {id: this.id, update});
    } else {
      const print = this.options.print ?? ((line: string) => void process.stdout.write(line));
      print(this.terminal ? `\r\x1b[2K${text}${last ? "\n" : ""}` : `${text}\n`);
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

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
