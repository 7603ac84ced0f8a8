// Starts the notebook kernel, tslab, with less work for its TypeScript compiler: the kernel is ready sooner and checks a
// cell in about half the time. Where this cannot be done (another version of tslab), the kernel starts as it is.
const {createRequire} = require("node:module");
const process = require("node:process");

/** Ambient types of a cell: those of Node. By default each package in node_modules/@types is read, those of tests too. */
const TYPES = ["node"];

/**
 * Wraps a program without the record of which file refers to which, which the compiler would make anew for each cell
 * over a thousand files. The kernel only asks it which source files a cell imports.
 */
function lightBuilder(ts) {
  return (roots, options, host, previous, ...rest) => {
    const builder = ts.createAbstractBuilder(roots, options, host, previous, ...rest);
    const program = builder.getProgram();
    program.getTypeChecker(); // finds the names that a cell declares, which the kernel reads from the source file
    builder.getAllDependencies = (file) => {
      const alone = program.getSourceFiles().every((other) => other === file || other.isDeclarationFile);
      if (alone) return [file.fileName];
      return ts.createSemanticDiagnosticsBuilderProgram(program, host).getAllDependencies(file);
    };
    return builder;
  };
}

/** The compiler's functions, with programs of cells made light. */
function lighten(ts) {
  const {createWatchCompilerHost, createAbstractBuilder, createSemanticDiagnosticsBuilderProgram} = ts;
  if (![createWatchCompilerHost, createAbstractBuilder, createSemanticDiagnosticsBuilderProgram].every(Boolean)) {
    return ts;
  }
  return {
    ...ts,
    createWatchCompilerHost: (roots, options, system, createProgram, ...rest) =>
      createWatchCompilerHost(roots, {types: TYPES, ...options}, system, createProgram ?? lightBuilder(ts), ...rest),
  };
}

/** Puts the light functions where the kernel will look for the compiler. */
function install(kernel) {
  const requireBeside = createRequire(kernel);
  const name = requireBeside.resolve("@tslab/typescript-for-tslab");
  const ts = requireBeside(name);
  require.cache[name].exports = lighten(ts);
}

module.exports = {install, lighten};

if (require.main === module) {
  const kernel = require.resolve("tslab/dist/main.js");
  try {
    install(kernel);
  } catch (error) {
    process.stderr.write(`The kernel starts without environment/kernel.cjs: ${error.message}\n`);
  }
  require(kernel).main();
}
