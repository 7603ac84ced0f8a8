// The kernel's executor of cells: errors in a few lines that name the cell's line, and a hint where an `await` is missing.
const console = require("node:console");
const {types} = require("node:util");
const {isInterrupt, reportError} = require("./report.cjs");

/** Frames of a stack that are kept: deep inside the library, ten do not reach the cell. */
const STACK_FRAMES = 50;

const NOT_AWAITED = "a promise: write `await` before it";

/**
 * Wraps the function that makes an executor.
 *
 * @param lineOf returns the function from places in the program that was made last to lines of its cell.
 * @returns the function, and `reportLate` for errors that no cell waits for.
 */
function adaptExecutor(createExecutor, lineOf) {
  const cells = new Map();
  let current; // the cell that runs, or the last one that ran
  let interrupted = false;
  const report = (error) => {
    interrupted ||= isInterrupt(error);
    return reportError(error, {cells, current, waiting: globalThis.__tslab__?.line});
  };

  /** Converts cells as before, each as a program of its own name, which stacks then show. */
  const nameCells = (converter) => ({
    ...converter,
    convert(declarations, source) {
      const result = converter.convert(declarations, source);
      if (!result.output) return result;
      const of = lineOf();
      const count = result.output.split("\n").length;
      current.lineOf = (line, column) => (line < count ? of(line, column) : undefined); // the kernel's own call follows
      return {...result, output: `${result.output}\n//# sourceURL=cell-${current.number}`};
    },
  });

  const adapted = (folder, converters, output) => {
    Error.stackTraceLimit = STACK_FRAMES;
    let node;
    const named = {
      get node() {
        return (node ??= nameCells(converters.node));
      },
      get browser() {
        return converters.browser;
      },
      close: () => converters.close(),
    };
    const executor = createExecutor(folder, named, {
      log: (value) => output.log(types.isPromise(value) ? NOT_AWAITED : value),
      error: (...args) => (args.length === 1 ? output.error(report(args[0])) : output.error(...args)),
    });
    return {
      ...executor,
      execute(source) {
        current = {number: cells.size + 1, lines: source.split("\n"), lineOf: () => undefined};
        cells.set(current.number, current);
        interrupted = false;
        globalThis.__tslab__.line = undefined;
        return executor.execute(source);
      },
    };
  };

  /** Says what a promise failed of that no cell awaits, and an interrupt only once. */
  const reportLate = (kind) => (error) => {
    if (isInterrupt(error)) {
      if (!interrupted) console.error(report(error));
      return;
    }
    const hint =
      kind === "UnhandledPromiseRejection" ? "\nNothing waits for this promise: write `await` before it." : "";
    console.error(`${kind}: ${report(error)}${hint}`);
  };

  return {createExecutor: adapted, reportLate};
}

module.exports = {adaptExecutor};
