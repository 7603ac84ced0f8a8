// Starts the notebook kernel, tslab, adapted to the laboratory: it is ready sooner and checks a cell in about half the
// time, is strict about null, says errors in a few lines, and reports the language as notebooks store it. What is loaded is
// wrapped, no file is changed; another version of tslab starts as it is.
const {createRequire} = require("node:module");
const process = require("node:process");
const {adaptCompiler} = require("./kernel/compiler.cjs");
const {adaptExecutor} = require("./kernel/executor.cjs");

/** The version of tslab whose functions are wrapped. */
const VERSION = "1.0.22";

/** The language as notebooks are committed: JupyterLab stores what the kernel reports, and opening one would change it. */
const LANGUAGE = {name: "typescript", mimetype: "text/typescript", file_extension: ".ts"};

/** Puts the light compiler where the kernel will look for it. */
function installCompiler(kernel) {
  const requireBeside = createRequire(kernel);
  const name = requireBeside.resolve("@tslab/typescript-for-tslab");
  const {ts, lineOf} = adaptCompiler(requireBeside(name));
  require.cache[name].exports = ts;
  return lineOf;
}

/** @throws Error for another version of tslab. */
function checkVersion(kernel) {
  const {version} = createRequire(kernel)("../package.json");
  if (version !== VERSION) throw new Error(`it is for tslab ${VERSION}, found ${version}.`);
}

/**
 * Wraps the parts of the kernel.
 *
 * @param kernel path of tslab's main.js.
 * @param lineOf of the light compiler, if that is in its place already.
 * @returns what to do after its start.
 * @throws Error for another version of tslab.
 */
function install(kernel, lineOf) {
  checkVersion(kernel);
  lineOf ??= installCompiler(kernel);
  const requireBeside = createRequire(kernel);
  const executor = requireBeside("./executor.js");
  const {createExecutor, reportLate} = adaptExecutor(executor.createExecutor, lineOf);
  executor.createExecutor = createExecutor;

  const {prototype} = requireBeside("./jupyter.js").JupyterHandlerImpl;
  const {handleKernel} = prototype;
  prototype.handleKernel = function () {
    return {...handleKernel.call(this), language_info: LANGUAGE};
  };
  return () => {
    process.removeAllListeners("uncaughtException").on("uncaughtException", reportLate("UncaughtException"));
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", reportLate("UnhandledPromiseRejection"));
  };
}

/** Starts the kernel; for `lineOf` see {@link install}. */
function start(lineOf) {
  const kernel = require.resolve("tslab/dist/main.js");
  let afterStart;
  try {
    afterStart = install(kernel, lineOf);
  } catch (error) {
    process.stderr.write(`The kernel starts without environment/kernel.cjs: ${error.message}\n`);
  }
  require(kernel).main();
  afterStart?.();
}

module.exports = {checkVersion, install, installCompiler, start};

if (require.main === module) start();
