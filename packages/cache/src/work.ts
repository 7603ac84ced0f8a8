/**
 * Work that cells wait for.
 *
 * A cell makes a request; it may need several pieces of work, and several requests may wait for the same piece.
 * Its progress lines show in the cell that asked for it last. At the end a request says which artefacts of its own stage
 * were loaded, and is silent about those that it only needed as inputs.
 */
import {AsyncLocalStorage} from "node:async_hooks";
import {displayWriter, type DisplayWriter} from "./kernel-output";

export interface Note {
  readonly stage: string;
  /** Whether it was made now: then a progress line may have said so before. */
  readonly fresh: boolean;
  /** "diffusion-c16: loaded, trained for 1400 steps in 55 s" */
  readonly sentence: string;
  /** Whether a reader must see it, however much else was loaded. */
  readonly isFinding?: boolean;
}

export interface MovableLine {
  moveTo(send: DisplayWriter | undefined): void;
}

interface Request {
  readonly stage: string;
  readonly send: DisplayWriter | undefined;
  /** By sentence: one is said once. */
  readonly notes: Map<string, Note>;
}

/** Context of the code that runs now: the request and the piece of work that it is part of, and who hears its progress. */
interface Scope {
  readonly request?: Request;
  readonly work?: Work<unknown>;
  readonly listener?: (progress: unknown) => void;
  /** Shows progress in a form of its own: then no line is shown. */
  readonly watcher?: (progress: unknown) => void;
}

const scopes = new AsyncLocalStorage<Scope>();
export const current = (): Scope => scopes.getStore() ?? {};

/** Do something in a context that also has `scope`: a `listener` or a `watcher` of its progress. */
export function within<T>(scope: Scope, work: () => T): T {
  return scopes.run({...current(), ...scope}, work);
}

/** Do what a cell asks for, and say which artefacts of the stage were loaded for it; within another request, the outer one speaks. */
export async function request<T>(stage: string, print: (text: string) => void, ask: () => Promise<T>): Promise<T> {
  if (current().request) return ask();
  const notes = new Map<string, Note>();
  try {
    return await scopes.run({request: {stage, send: displayWriter(), notes}}, ask);
  } finally {
    if (notes.size > 0) print(inWords(stage, [...notes.values()]));
  }
}

/** A line for each artefact, but one for all that were loaded where there are more than two: a reader came for the picture. */
function inWords(stage: string, notes: readonly Note[]): string {
  const loaded = notes.filter(({fresh, isFinding}) => !fresh && !isFinding);
  const isMany = loaded.length > 2;
  const lines = notes.filter((note) => !isMany || !loaded.includes(note)).map(({sentence}) => sentence);
  return [...(isMany ? [`${loaded.length} ${stage.replace(/s?$/, "s")}: loaded`] : []), ...lines].join("\n");
}

/** Let a method say which artefacts of its stage were loaded, unless another such method calls it. */
export function says(stage: string) {
  return <A extends unknown[], R, L extends {readonly artifacts: {readonly report: (text: string) => void}}>(
    method: (this: L, ...options: A) => Promise<R>,
    _: ClassMethodDecoratorContext<L>,
  ) =>
    function (this: L, ...options: A): Promise<R> {
      return request(stage, this.artifacts.report, () => method.apply(this, options));
    };
}

export class Work<T> implements MovableLine {
  private readonly promise: Promise<T>;
  private readonly lines = new Set<MovableLine>();
  private notes: Note[] = [];
  private send: DisplayWriter | undefined = current().work?.send ?? current().request?.send ?? displayWriter();
  private ended = false;
  shown = false;
  /** Whether it was told to stop: it saves what it did, and fails. */
  stopping = false;

  constructor(make: () => Promise<T>) {
    this.promise = within({work: this}, make);
    this.promise.catch(() => undefined).finally(() => (this.ended = true));
  }

  /** Wait for the work; its progress lines continue in the cell that waits, or with the lines of the work that needs it. */
  async result(): Promise<T> {
    const {request: asked, work: outer} = current();
    const isLate = this.ended;
    if (asked && !isLate) this.moveTo(outer ? outer.send : asked.send);
    outer?.add(this);
    const result = await this.promise.finally(() => outer?.remove(this));
    if (asked) this.takeNotesFor(asked, isLate).forEach((note) => asked.notes.set(note.sentence, note));
    return result;
  }

  /**
   * Take the notes that a request reports, each once; what was made now had a progress line, unless the page was reloaded since.
   */
  private takeNotesFor({stage}: Request, isLate: boolean): Note[] {
    const isDue = (note: Note) => note.stage === stage && (isLate || !this.shown || !note.fresh);
    const due = this.notes.filter(isDue);
    this.notes = this.notes.filter((note) => !isDue(note));
    return due;
  }

  async end(): Promise<void> {
    await this.promise.catch(() => undefined);
  }

  add(line: MovableLine): DisplayWriter | undefined {
    this.lines.add(line);
    return this.send;
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

export const currentWork = (): Work<unknown> | undefined => current().work;
