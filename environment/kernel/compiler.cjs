// The kernel's TypeScript compiler: less work for each cell, stricter about null, and able to say which line of the cell a
// line of the emitted program comes from.
const {Buffer} = require("node:buffer");
const {existsSync} = require("node:fs");
const path = require("node:path");

/**
 * Options of cells. Ambient types are those of Node; by default each package in node_modules/@types is read, those of tests
 * too. `noImplicitAny` lets an empty list take the type of what is added to it; its complaints are dropped below.
 */
const OPTIONS = {types: ["node"], strictNullChecks: true, noImplicitAny: true, inlineSourceMap: true};

/** Declarations that are read when the kernel starts, while the page opens: the first cell, which imports them, need not wait. */
const EARLY = ["lib", "packages/figures", "packages/laboratory", "packages/official-runs", "packages/paper"]
  .map((name) => path.resolve(__dirname, "../..", name, "dist/index.d.ts"))
  .filter(existsSync);

/** File names that the kernel gives to a cell's source and its emitted program. */
const SOURCE = /(^|\/)__tslab__\.ts$/;
const EMITTED = /(^|\/)__tslab__\.js$/;

/** File name of the declarations of earlier cells, whose values the kernel keeps in `exports`. */
const EARLIER = /(^|\/)__prev__\.d\.ts$/;

/** Lines that the kernel puts before a cell's source. */
const PREFIX_LINES = 1;

const NEEDED = [
  ...["createWatchCompilerHost", "createAbstractBuilder", "createSemanticDiagnosticsBuilderProgram"],
  ...["getPreEmitDiagnosticsOfFiles", "getPreEmitDiagnostics", "transpileModule", "visitEachChild", "bindSourceFile"],
];

/** Splits an emitted program into its text and its inline source map, which is still encoded. */
function splitMap(text) {
  const match = /\n?\/\/# sourceMappingURL=(?:data:application\/json;base64,(\S+)|\S+)\s*$/.exec(text);
  return match ? {text: text.slice(0, match.index + 1), map: match[1]} : {text};
}

/** Decodes a source map. Node's class is loaded here, at the first error: while Node makes an image it cannot be. */
function decodeMap(map) {
  const {SourceMap} = require("node:module");
  return new SourceMap(JSON.parse(Buffer.from(map, "base64").toString()));
}

/** A transformer that notes the line of each `await` of a cell before it waits: not every stack leads back to the cell. */
function noteAwaits(ts) {
  return (context) => (file) => {
    if (!SOURCE.test(file.fileName)) return file;
    const {factory} = context;
    const note = (line) =>
      factory.createAssignment(
        factory.createPropertyAccessExpression(factory.createIdentifier("__tslab__"), "line"),
        factory.createNumericLiteral(line),
      );
    const visit = (node) => {
      if (ts.isFunctionLike(node)) return node;
      const visited = ts.visitEachChild(node, visit, context);
      if (!ts.isAwaitExpression(visited)) return visited;
      const {line} = ts.getLineAndCharacterOfPosition(file, node.expression.getStart(file));
      const expression = factory.createComma(note(line + 1 - PREFIX_LINES), visited.expression);
      return factory.updateAwaitExpression(visited, factory.createParenthesizedExpression(expression));
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/** A transformer that writes `{steps}` as `{steps: exports.steps}` where an earlier cell declared steps: the kernel overlooks it. */
function expandShorthands(ts, checker) {
  return (context) => (file) => {
    if (!SOURCE.test(file.fileName)) return file;
    const {factory} = context;
    const isEarlier = (node) =>
      checker
        .getShorthandAssignmentValueSymbol(node)
        ?.declarations?.some((declaration) => EARLIER.test(declaration.getSourceFile().fileName));
    const visit = (node) => {
      if (!ts.isShorthandPropertyAssignment(node) || node.objectAssignmentInitializer || !isEarlier(node))
        return ts.visitEachChild(node, visit, context);
      const {text} = node.name;
      const value = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), text);
      return factory.createPropertyAssignment(text, value);
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/**
 * Wraps a program without the record of which file refers to which, which the compiler would make anew for each cell
 * over a thousand files. The kernel only asks it which source files a cell imports.
 */
function lightBuilder(ts, keepMap) {
  return (roots, options, host, previous, ...rest) => {
    const builder = ts.createAbstractBuilder(roots, options, host, previous, ...rest);
    const program = builder.getProgram();
    if (!previous) program.getTypeChecker(); // binds all declarations, as the kernel starts
    const cell = program.getSourceFiles().find(({fileName}) => SOURCE.test(fileName));
    if (cell) ts.bindSourceFile(cell, program.getCompilerOptions()); // finds the names that it declares, which the kernel reads
    builder.getAllDependencies = (file) => {
      const alone = program.getSourceFiles().every((other) => other === file || other.isDeclarationFile);
      if (alone) return [file.fileName];
      return ts.createSemanticDiagnosticsBuilderProgram(program, host).getAllDependencies(file);
    };
    const {emit} = builder;
    builder.emit = (file, write, token, onlyDeclarations, transformers) => {
      const writeWithoutMap = (name, data, ...more) => {
        const {text, map} = splitMap(data);
        if (EMITTED.test(name)) keepMap(text, map);
        write(name, text, ...more);
      };
      const before = [expandShorthands(ts, program.getTypeChecker()), noteAwaits(ts)];
      return emit(file, writeWithoutMap, token, onlyDeclarations, {...transformers, before});
    };
    return builder;
  };
}

/** Drops complaints about types that are not written: a cell is no library. */
const withoutImplicitAny = (diagnostics) => diagnostics.filter(({code}) => code < 7000 || code >= 8000);

/**
 * The compiler's functions, with programs of cells made light, strict and traceable.
 *
 * @returns the functions, and `lineOf(line, column)`: the cell's line of a place in the program that was made last, all
 *   counted from 1; undefined if the place is not the cell's. Another compiler is returned as it is.
 */
function adaptCompiler(ts) {
  const lines = {of: () => undefined};
  if (!NEEDED.every((name) => ts[name])) return {ts, lineOf: () => () => undefined};
  const first = {};
  const keepMap = (text, map) => Object.assign(first, {text, map});

  /** Makes a CommonJS program of a cell's emitted one, and follows both steps back. */
  const transpileModule = (text, options) => {
    if (text !== first.text || !first.map) return ts.transpileModule(text, options);
    const compilerOptions = {...options.compilerOptions, inlineSourceMap: true};
    const result = ts.transpileModule(text, {...options, compilerOptions});
    const {text: outputText, map} = splitMap(result.outputText);
    const encoded = [map, first.map];
    let decoded;
    lines.of = (line, column) => {
      decoded ??= encoded.map(decodeMap);
      const [outer, inner] = decoded;
      const middle = outer.findEntry(line - 1, column - 1);
      const entry =
        middle.originalLine === undefined ? {} : inner.findEntry(middle.originalLine, middle.originalColumn);
      return entry.originalLine === undefined ? undefined : entry.originalLine + 1 - PREFIX_LINES;
    };
    return {...result, outputText};
  };

  return {
    ts: {
      ...ts,
      transpileModule,
      getPreEmitDiagnosticsOfFiles: (...args) => withoutImplicitAny(ts.getPreEmitDiagnosticsOfFiles(...args)),
      getPreEmitDiagnostics: (...args) => withoutImplicitAny(ts.getPreEmitDiagnostics(...args)),
      createWatchCompilerHost: (roots, options, system, createProgram, ...rest) => {
        const builder = createProgram ?? lightBuilder(ts, keepMap);
        return ts.createWatchCompilerHost([...roots, ...EARLY], {...OPTIONS, ...options}, system, builder, ...rest);
      },
    },
    lineOf: () => lines.of,
  };
}

module.exports = {OPTIONS, adaptCompiler};
