/** Errors as a cell shows them: the sentence and the cell's line; places in the library only where it is at fault. */
import path from "node:path";
import type {LineOf} from "./compiler";

/** A cell that ran, as errors name it. */
export interface Place {
  readonly number: number;
  readonly lines: readonly string[];
  readonly lineOf: LineOf;
  /** Line of its last `await`. */
  readonly waiting?: number;
}

export interface Context {
  readonly cells: ReadonlyMap<number, Place>;
  /** The cell that shows the error. */
  readonly current?: Place;
  /** The cell that started the work that failed. */
  readonly origin?: Place;
  /** Files below this folder belong to the project. */
  readonly root: string;
}

/** An error of which a cell shows the message alone, such as a type error. */
export class CellError extends Error {}

const INTERRUPTED = "Interrupted.";

/** The error of a cell that was interrupted while it waited. */
export class InterruptedError extends Error {
  /** @param keeps whether the work that it waited for keeps what it has finished. */
  constructor(keeps: boolean) {
    super(
      keeps ? "Interrupted: what was finished is kept, and running the cell again continues from there." : INTERRUPTED,
    );
    this.name = "InterruptedError";
  }
}

const PLACES = 4;

const NODE_INTERRUPTED = "ERR_SCRIPT_EXECUTION_INTERRUPTED";

const codeOf = (error: unknown): unknown => (error as {code?: unknown} | null | undefined)?.code;

/** Tell whether an error says that its cell was interrupted: the library's, the kernel's, or Node's. */
export const isInterrupt = (error: unknown): boolean =>
  error instanceof InterruptedError || ["interrupted", NODE_INTERRUPTED].includes(codeOf(error) as string);

/** Tell whether an error is one of the library's, a sentence that says all; any other one is a fault of some program. */
const isSentence = ({name, message}: Error): boolean =>
  /\bexpected\b/.test(message) || (/\.$/.test(message) && !/^(Type|Reference|Syntax)Error$/.test(name));

const framesOf = ({stack}: Error): string[] => (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));

/** The kernel's own folder: its frames say nothing about a cell. */
const KERNEL = path.resolve(__dirname, "..");

/** Places of an error in files of the project: "obtain (packages/laboratory/dist/lab.js:12)". */
function projectPlaces(error: Error, root: string): string[] {
  return framesOf(error).flatMap((frame) => {
    const [, name, file, line] = /at (?:async )?(?:(.*) \()?(\/[^()]*):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (!file || file.startsWith(KERNEL + path.sep)) return [];
    const relative = path.relative(root, file);
    if (/^\.\.|(^|\/)node_modules\//.test(relative)) return [];
    return [name ? `${name} (${relative}:${line})` : `${relative}:${line}`];
  });
}

/** Name the cell that started what failed, where another one shows it. */
const startOf = ({current, origin}: Pick<Context, "current" | "origin">): string[] =>
  origin && origin !== current ? [`started by cell [${origin.number}]`] : [];

function cellLines(error: Error, {cells, current, origin}: Context): string[] {
  const places = framesOf(error).flatMap((frame) => {
    const [, number, line, column] = /\bcell-(\d+):(\d+):(\d+)\)?$/.exec(frame) ?? [];
    const cell = cells.get(Number(number));
    const at = cell?.lineOf(Number(line), Number(column));
    return cell && at !== undefined ? [{cell, at}] : [];
  });
  const started = origin ?? current;
  if (started?.waiting !== undefined && !places.some(({cell}) => cell === started))
    places.push({cell: started, at: started.waiting});
  const lines = places.map(({cell, at}) => {
    const place = cell === current ? "cell line" : `cell [${cell.number}] line`;
    return `${place} ${at}: ${cell.lines[at - 1]?.trim() ?? ""}`;
  });
  return lines.length > 0 ? [...new Set(lines)] : startOf({current, origin});
}

/** Name and message; of an error that another one caused, or that stands for several, theirs too. */
function describe(error: unknown): string[] {
  if (!(error instanceof Error)) {
    const message: unknown = (error as {message?: unknown} | null | undefined)?.message ?? error;
    return [String(message)];
  }
  const {errors} = error as Partial<AggregateError>;
  const others = [error.cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter(
    (other) => other instanceof Error,
  );
  const message = error.message.replace(/\nRequire stack:[^]*$/, ""); // of a module that Node does not find
  return [`${error.name}: ${message}`, ...others.map((cause) => `because of ${cause.name}: ${cause.message}`)];
}

/** Say in a few lines what went wrong. */
export function reportError(error: unknown, context: Context): string {
  if (isInterrupt(error)) return codeOf(error) === NODE_INTERRUPTED ? INTERRUPTED : (error as Error).message;
  if (error instanceof CellError) return error.message;
  if (!(error instanceof Error)) return [...describe(error), ...startOf(context)].join("\n");
  const places = isSentence(error) ? [] : projectPlaces(error, context.root).slice(0, PLACES);
  return [...describe(error), ...cellLines(error, context), ...places.map((place) => `  in ${place}`)].join("\n");
}
