// What a cell shows of an error: its sentence and the cell's line; places in the library only where it is at fault.
const path = require("node:path");

const root = path.resolve(__dirname, "../..");

const INTERRUPTED = "Interrupted: what was finished is kept, and running the cell again continues from there.";

/** Places in the library that are shown. */
const PLACES = 4;

/** Whether an error says that its cell was interrupted: the library's, the kernel's, or Node's. */
function isInterrupt(error) {
  const {code, message} = error ?? {};
  return (
    code === "interrupted" || code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" || message === "Interrupted asynchronously" // tslab's
  );
}

/** Whether an error is one of the library's, a sentence that says all; any other one is a fault of some program. */
const isSentence = ({name, message}) =>
  /\bexpected\b/.test(message) || (/\.$/.test(message) && !/^(Type|Reference|Syntax)Error$/.test(name));

const frames = (error) => (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));

/** Places of an error in files of the project: "obtain (packages/laboratory/dist/lab.js:12)". */
function projectPlaces(error) {
  return frames(error).flatMap((frame) => {
    const [, name, file, line] = /at (?:async )?(?:(.*) \()?(\/[^()]*):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (!file) return [];
    const relative = path.relative(root, file);
    if (/^(\.\.|environment\/)|(^|\/)node_modules\//.test(relative)) return [];
    return [name ? `${name} (${relative}:${line})` : `${relative}:${line}`];
  });
}

/** The lines of cells that an error went through, innermost first. */
function cellLines(error, {cells, current, waiting}) {
  const found = frames(error).flatMap((frame) => {
    const [, number, line, column] = /\bcell-(\d+):(\d+):(\d+)\)?$/.exec(frame) ?? [];
    const cell = cells.get(Number(number));
    const at = cell?.lineOf(Number(line), Number(column));
    return at === undefined ? [] : [{cell, at}];
  });
  const own = found.some(({cell}) => cell === current);
  if (!own && current && waiting !== undefined) found.push({cell: current, at: waiting});
  const lines = found.map(({cell, at}) => {
    const place = cell === current ? "cell line" : `cell [${cell.number}] line`;
    return `${place} ${at}: ${cell.lines[at - 1]?.trim() ?? ""}`;
  });
  return [...new Set(lines)];
}

/** Name and message; of an error that another one caused, or that stands for several, theirs too. */
function describe(error) {
  if (!(error instanceof Error)) return [String(error?.message ?? error)];
  const {name, message, cause, errors} = error;
  const others = [cause, ...(Array.isArray(errors) ? errors : [])].filter((one) => one instanceof Error);
  return [`${name}: ${message}`, ...others.map((one) => `because of ${one.name}: ${one.message}`)];
}

/**
 * Says in a few lines what went wrong.
 *
 * @param context the cells by number, the current one, and the line of its last `await`.
 */
function reportError(error, context) {
  if (isInterrupt(error)) return INTERRUPTED;
  if (!(error instanceof Error)) return describe(error)[0];
  const places = isSentence(error) ? [] : projectPlaces(error).slice(0, PLACES);
  return [...describe(error), ...cellLines(error, context), ...places.map((place) => `  in ${place}`)].join("\n");
}

module.exports = {reportError, isInterrupt};
