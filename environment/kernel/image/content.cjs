// What the kernel's image holds. Node runs this file while it makes the image, as part of one program (bundle.cjs); what it has
// made by then is in the memory of each process that starts from the image, which goes on with `startKernel`.
const path = require("node:path");
const process = require("node:process");
const {startupSnapshot} = require("node:v8");
const {adaptCompiler} = require("../compiler.cjs");
const {Watching} = require("./watching.cjs");

const KERNEL = path.resolve(__dirname, "../../kernel.cjs");

/** The beginning of a notebook: the image then holds the functions that it needs of the compiler as Node has compiled them. */
const CELL =
  'import {openLab} from "@lola-ts/laboratory";\n\nconst lab = openLab();\nawait lab.showTable(lab.describe().slice(3), lab.caption);';

const compiler = require.resolve("@tslab/typescript-for-tslab");
const plain = require(compiler);
const watching = new Watching(plain.sys);
const {ts, lineOf} = adaptCompiler(plain);
require.cache[compiler].exports = ts;

const converters = require("tslab/dist/converter.js");
const {createConverter} = converters;
const converter = createConverter({isJS: false, isBrowser: false});

/** Converts and inspects a cell; then the compiler is as at the start of a notebook again. Completing loads what no image holds. */
function warm() {
  const {diagnostics} = converter.convert("", CELL);
  if (diagnostics.length > 0) throw new Error(diagnostics[0].messageText);
  converter.inspect("", CELL, CELL.indexOf("showTable"));
  converter.convert("", "");
}

/** Starts the kernel in a process that was started from the image. */
function startKernel() {
  const Module = require("node:module"); // not while the image is made: it keeps what it knows of that process
  if (process.argv[1] !== KERNEL) return Module.runMain(process.argv[1]); // a worker's child, which has its Node options
  process.execArgv.length = 0; // children of this process are other programs
  watching.begin();
  const load = Module.createRequire(KERNEL);
  Object.assign(load.cache, require.cache);
  let used = false;
  converters.createConverter = (options) => {
    if (used || options?.isJS || options?.isBrowser) return createConverter(options);
    used = true;
    return converter;
  };
  load(KERNEL).start(lineOf);
}

warm();
startupSnapshot.setDeserializeMainFunction(startKernel);
