/**
 * Work that cells wait for.
 *
 * What a cell asks for is a request; it may need several pieces of work, and several requests may wait for the same piece.
 * Its progress lines show in the cell that asked for it last. At the end a request says which artefacts of its own stage
 * were loaded, and is silent about those that it only needed as inputs.
 */
import {AsyncLocalStorage} from "node:async_hooks";
import {displayWriter, type DisplayWriter} from "./kernel-output";

/** A sentence about an artefact that is there now. */
export interface Note {
  readonly stage: string;
  /** Whether it was made now: then a progress line may have said so before. */
  readonly fresh: boolean;
  /** "diffusion-c16: loaded, trained for 1400 steps in 55 s" */
  readonly sentence: string;
}

/** A progress line, as it goes from one cell to another. */
export interface MovableLine {
  moveTo(send: DisplayWriter | undefined): void;
}

/** Context of the code that runs now: the request and the piece of work that it is part of, and who hears its progress. */
interface Scope {
  readonly request?: Request;
  readonly work?: Work<unknown>;
  readonly listener?: (progress: unknown) => void;
  readonly watcher?: (progress: unknown) => void;
}

const scopes = new AsyncLocalStorage<Scope>();
const current = (): Scope => scopes.getStore() ?? {};

/** What one cell asks for. */
class Request {
  readonly send = displayWriter();
  private readonly sentences = new Set<string>();

  constructor(readonly stage: string) {}

  /** Add a note to the report. */
  report({sentence}: Note): void {
    this.sentences.add(sentence);
  }

  /** Print the report in one piece. */
  end(print: (text: string) => void): void {
    if (this.sentences.size > 0) print([...this.sentences].join("\n"));
  }
}

/**
 * Do what a cell asks for, and say which artefacts of the stage were loaded for it. Within another request, the outer one
 * speaks.
 */
export async function request<T>(stage: string, print: (text: string) => void, ask: () => Promise<T>): Promise<T> {
  if (current().request) return ask();
  const asked = new Request(stage);
  try {
    return await scopes.run({request: asked}, ask);
  } finally {
    asked.end(print);
  }
}

/** A piece of work: done once, whoever waits for it. */
export class Work<T> implements MovableLine {
  private readonly promise: Promise<T>;
  private readonly lines = new Set<MovableLine>();
  /** Notes that no cell has reported yet. */
  private notes: Note[] = [];
  private send: DisplayWriter | undefined = current().work?.send ?? current().request?.send ?? displayWriter();
  private shown = false;
  private ended = false;
  private stopped = false;

  constructor(make: () => Promise<T>) {
    this.promise = scopes.run({...current(), work: this}, make);
    this.promise.catch(() => undefined).finally(() => (this.ended = true));
  }

  /**
   * Wait for the work; its progress lines continue in the cell that waits, or with those of the work that needs it.
   *
   * @throws whatever the work throws.
   */
  async result(): Promise<T> {
    const {request: asked, work: outer} = current();
    const isLate = this.ended;
    if (asked && !isLate) this.moveTo(outer ? outer.send : asked.send);
    outer?.add(this);
    const result = await this.promise.finally(() => outer?.remove(this));
    if (asked) this.takeNotesFor(asked, isLate).forEach((note) => asked.report(note));
    return result;
  }

  /**
   * Take the notes that a request reports: each note once, by the first request for its stage. Artefacts that were made now
   * already had a progress line, unless the request came after the work had ended (after a page reload, for example).
   */
  private takeNotesFor({stage}: Request, isLate: boolean): Note[] {
    const isDue = (note: Note) => note.stage === stage && (isLate || !this.shown || !note.fresh);
    const due = this.notes.filter(isDue);
    this.notes = this.notes.filter((note) => !isDue(note));
    return due;
  }

  /** Whether it was told to stop: it saves what it did, and fails. */
  get stopping(): boolean {
    return this.stopped;
  }

  /** Remember that it was told to stop. */
  stop(): void {
    this.stopped = true;
  }

  /** Wait until it has ended, however it does. */
  async end(): Promise<void> {
    await this.promise.catch(() => undefined);
  }

  /** Take a new line in. @returns where it shows. */
  add(line: MovableLine): DisplayWriter | undefined {
    this.lines.add(line);
    return this.send;
  }

  /** Remember that a line was shown. */
  show(): void {
    this.shown = true;
  }

  remove(line: MovableLine): void {
    this.lines.delete(line);
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  moveTo(send: DisplayWriter | undefined): void {
    if (send === this.send) return;
    this.send = send;
    for (const line of this.lines) line.moveTo(send);
  }
}

/** The work that the caller belongs to, if any. */
export const currentWork = (): Work<unknown> | undefined => current().work;

/** The listener that the caller's progress goes to, if any. */
export const currentListener = (): Scope["listener"] => current().listener;

/** Who shows the caller's progress in a form of its own, if anybody does: then no line is shown. */
export const currentWatcher = (): Scope["watcher"] => current().watcher;

/** Do something whose progress `watcher` shows, and no line of its own. What it needs may be waited for by others, too. */
export function watched<T>(watcher: (progress: unknown) => void, work: () => T): T {
  return scopes.run({...current(), watcher}, work);
}

/** Do something while `listener` hears of its progress. */
export function listening<T>(listener: (progress: unknown) => void, work: () => T): T {
  return scopes.run({...current(), listener}, work);
}
