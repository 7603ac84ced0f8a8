/**
 * The cells of a notebook, one after the other, in this process.
 *
 * A cell becomes a program that exports its names. What a cell had declared and initialised before it failed or was
 * interrupted stays; an older value of a name stays until the new one is there.
 */
import {AsyncLocalStorage} from "node:async_hooks";
import {inspect, types} from "node:util";
import {runInThisContext} from "node:vm";
import type {ConvertResult, Diagnostic} from "tslab/dist/converter";
import {getCodeMetadata} from "tslab/dist/metadata";
import {Cell, Values} from "./cell";
import {declarationsOfFailed} from "./declarations";
import {CellModules} from "./modules";
import {grouped} from "./output";
import type {Prepared} from "./prepare";
import {CellError, InterruptedError, isInterrupt, reportError} from "./report";
import type {Names} from "./stale";
import {CELL} from "./transforms";

/** Frames of a stack that are kept: deep inside a library, ten do not reach the cell. */
const STACK_FRAMES = 50;

const NOT_AWAITED = "a promise: write `await` before it";

const VALUE_CHARACTERS = 100_000;

export interface Outcome {
  readonly error?: {readonly name: string; readonly message: string; readonly report: string};
  /** The text of its last value, if it has one. */
  readonly value?: string;
}

/** Work that stops itself and keeps what it has listens to SIGINT while it runs. */
const workListens = (): boolean => process.listeners("SIGINT").some((listener) => !kernelListeners.has(listener));
const kernelListeners = new WeakSet<(...args: never[]) => void>();

export function onInterrupt(listener: () => void): void {
  kernelListeners.add(listener);
  process.on("SIGINT", listener);
}

/** Run a program that an interrupt ends. Node leaves no handler for listeners that it adds meanwhile: all are added again. */
function runInterruptibly(program: string): unknown {
  try {
    return runInThisContext(program, {breakOnSigint: true});
  } finally {
    const listeners = process.rawListeners("SIGINT") as NodeJS.SignalsListener[];
    process.removeAllListeners("SIGINT");
    for (const listener of listeners) process.on("SIGINT", listener);
  }
}

export function textOf(value: unknown): string {
  if (types.isPromise(value)) return NOT_AWAITED;
  let text: string;
  try {
    text = typeof value === "string" ? value : inspect(value);
  } catch (error) {
    return `The value cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  }
  const more = text.length - VALUE_CHARACTERS;
  if (more <= 0) return text;
  return `${text.slice(0, VALUE_CHARACTERS)}\n${grouped(more)} more characters of the value were left out: show a part of it.`;
}

export class Session {
  private readonly values = new Values();
  private readonly cells = new Map<number, Cell>();
  private readonly modules: CellModules;
  private readonly origins = new AsyncLocalStorage<Cell>();
  private readonly missing = new Map<string, number>();
  private declarations = "";
  private current: Cell | undefined;
  private interruptRunning: ((error: Error) => void) | undefined;
  private interrupted = false;

  /** @param options the compiler; the folder from which imports are resolved; the folder of files that errors name. */
  constructor(private readonly options: Prepared & {readonly folder: string; readonly root: string}) {
    Error.stackTraceLimit = STACK_FRAMES;
    this.modules = new CellModules(options.folder);
  }

  /** Run a cell. It begins within this call. */
  async run(source: string, number = this.cells.size + 1): Promise<Outcome> {
    const cell = new Cell(this.cells.size + 1, number, source, this.values);
    this.cells.set(cell.id, cell);
    this.current = cell;
    this.interrupted = false;
    let declarations = this.declarations;
    try {
      const {output, declOutput, hasToplevelAwait, lastExpressionVar} = this.compile(cell, source);
      declarations = declOutput ?? "";
      if (output !== undefined) await this.evaluate(cell, output, hasToplevelAwait ?? false);
      cell.succeed();
      this.declarations = declarations;
      cell.names.forEach((name) => this.missing.delete(name));
      return {value: this.takeLast(lastExpressionVar)};
    } catch (error) {
      return {error: this.failed(cell, declarations, error)};
    } finally {
      this.interruptRunning = undefined;
    }
  }

  /** Interrupt the cell that waits. */
  interrupt(): void {
    this.interruptRunning?.(new InterruptedError(workListens()));
  }

  /** Declarations and uses of the last cell. */
  get names(): Names {
    const {names: declared, used, imported} = this.current!;
    return {declared, used, imported};
  }

  /** The declarations of all cells, for completions and help. */
  get declared(): string {
    return this.declarations;
  }

  /** Say what failed of which no cell waits; undefined for an interrupt that was said already. */
  reportLate(error: unknown, kind: string, hint = ""): string | undefined {
    if (isInterrupt(error)) {
      const said = this.interrupted;
      this.interrupted = true;
      return said ? undefined : this.report(error);
    }
    return `${kind}: ${this.report(error)}${hint}`;
  }

  /** Say in a few lines what went wrong. */
  report(error: unknown, origin: Cell | undefined = this.origins.getStore()): string {
    return reportError(error, {cells: this.cells, current: this.current, origin, root: this.options.root});
  }

  private failed(cell: Cell, declarations: string, error: unknown): Outcome["error"] {
    this.interrupted ||= isInterrupt(error);
    const report = this.report(error);
    const missing = cell.missing();
    cell.fail(error);
    missing.forEach((name) => this.missing.set(name, cell.number));
    if (declarations !== this.declarations) {
      const {ts} = this.options.compiler;
      this.declarations = declarationsOfFailed(ts, this.declarations, declarations, missing);
    }
    const {name = "Error", message = String(error)} = error instanceof Error ? error : {};
    return {name, message, report};
  }

  private compile(cell: Cell, source: string): Partial<ConvertResult> {
    const {compiler, converter} = this.options;
    const metadata = getCodeMetadata(source);
    if (metadata.module) {
      this.refuse(cell, converter.addModule(metadata.module, source, metadata));
      return {declOutput: this.declarations};
    }
    const converted = converter.convert(this.declarations, source);
    this.modules.update(converted.sideOutputs ?? []);
    this.refuse(cell, converted.diagnostics);
    if (converted.output) {
      const program = compiler.program();
      const names = program.names.filter((name) => name !== converted.lastExpressionVar);
      cell.compiled({...program, names}, converted.output);
    }
    return converted;
  }

  /** @throws CellError with the complaints about a cell, if there are any. */
  private refuse(cell: Cell, diagnostics: readonly Diagnostic[]): void {
    if (diagnostics.length === 0) return;
    const sentences = diagnostics.map(({fileName, start, messageText}) => {
      const line = cell.lines[start.line]?.trim() ?? "";
      const place = fileName ? `${fileName} line ${start.line + 1}` : `cell line ${start.line + 1}: ${line}`;
      return `${messageText}${this.hintOf(messageText)}\n${place}`;
    });
    throw new CellError(sentences.join("\n"));
  }

  private hintOf(message: string): string {
    const [, name] = /^Cannot find name '([^']+)'/.exec(message) ?? [];
    const number = name && this.missing.get(name);
    return number ? `\n  Cell [${number}] declares it, and ended before it had a value: run that cell again.` : "";
  }

  /** Run a cell's program, until its end or an interrupt. */
  private async evaluate(cell: Cell, output: string, isAsync: boolean): Promise<void> {
    // A function of its own per cell: names can be declared again, and local variables are quick.
    const head = `(${isAsync ? "async " : ""}function (exports, require, ${CELL}) { `;
    const call = `\n})(...globalThis[Symbol.for("${CELL}")]())\n//# sourceURL=cell-${cell.id}`;
    Object.defineProperty(globalThis, Symbol.for(CELL), {
      value: () => [cell.exports(), this.modules.require(), cell],
      configurable: true,
    });
    const interruption = new Promise<never>((_, reject) => {
      this.interruptRunning = (error) => {
        reject(error);
        cell.fail(error);
      };
    });
    const running: unknown = this.origins.run(cell, () => runInterruptibly(head + output + call));
    if (isAsync) await Promise.race([running, interruption]);
  }

  private takeLast(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const {byName} = this.values;
    const value = byName[name];
    delete byName[name];
    return value == null ? undefined : textOf(value);
  }
}
