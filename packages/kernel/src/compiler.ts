/**
 * The compiler of cells: TypeScript as tslab's converter uses it, with less work for each cell, stricter about null, and able
 * to say which line of a cell a line of its program comes from.
 */
import type * as nodeModule from "node:module";
import type {SourceMap} from "node:module";
import type TypeScript from "@tslab/typescript-for-tslab";
import {putOffComments, type Comments} from "./comments";
import {keepEarlierValues, noteAwaits, settleProperties, PREFIX_LINES, SOURCE, type Compiler} from "./transforms";

export type {Compiler};

interface Inside {
  getPreEmitDiagnosticsOfFiles(
    this: void,
    program: TypeScript.Program,
    files: unknown,
  ): readonly TypeScript.Diagnostic[];
  bindSourceFile(this: void, file: TypeScript.SourceFile, options: TypeScript.CompilerOptions): void;
}

/**
 * Options of cells. Only the types of Node are ambient; by default every package in node_modules/@types is read, including
 * types of tests. `noImplicitAny` lets an empty list take the type of what is added to it; its complaints are dropped below.
 */
export const OPTIONS: TypeScript.CompilerOptions = {
  types: ["node"],
  strictNullChecks: true,
  noImplicitAny: true,
  inlineSourceMap: true,
};

/** File name that tslab gives to the emitted program of a cell. */
const EMITTED = /(^|\/)__tslab__\.js$/;

/** The cell's line of a place in its program, all counted from 1; undefined if the place is not the cell's. */
export type LineOf = (line: number, column: number) => number | undefined;

export interface Program {
  readonly lineOf: LineOf;
  readonly names: readonly string[];
}

export interface CellCompiler {
  readonly ts: Compiler;
  readonly comments: Comments;
  /** Describe the program that was made last. */
  program(): Program;
}

/** Split an emitted program into its text and its inline source map, which is still encoded. */
function splitMap(text: string): {text: string; map?: string} {
  const match = /\n?\/\/# sourceMappingURL=(?:data:application\/json;base64,(\S+)|\S+)\s*$/.exec(text);
  return match ? {text: text.slice(0, match.index + 1), map: match[1]} : {text};
}

/** Decode a source map. Node's class is loaded here, at the first error: while Node makes an image it cannot be. */
function decodeMap(map: string): SourceMap {
  const {SourceMap: Decoded} = require("node:module") as typeof nodeModule; // eslint-disable-line @typescript-eslint/no-require-imports
  return new Decoded(JSON.parse(Buffer.from(map, "base64").toString()) as ConstructorParameters<typeof SourceMap>[0]);
}

/** Follow a place back through the two steps that make a cell's program. */
function lineThrough(maps: readonly [string, string]): LineOf {
  let decoded: SourceMap[] | undefined;
  return (line, column) => {
    const [outer, inner] = (decoded ??= maps.map(decodeMap));
    const middle = outer.findEntry(line - 1, column - 1);
    if (!("originalLine" in middle)) return undefined;
    const entry = inner.findEntry(middle.originalLine, middle.originalColumn);
    return "originalLine" in entry ? entry.originalLine + 1 - PREFIX_LINES : undefined;
  };
}

/** Arguments of `createWatchCompilerHost`, in the form in which tslab calls it. */
type Host = TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;

/**
 * Make programs without the record of which file refers to which, which the compiler would rebuild for each cell over a
 * thousand files. tslab only asks it which source files a cell imports.
 */
function lightBuilder(ts: Compiler, emitted: (text: string, map: string | undefined) => void) {
  const {bindSourceFile} = ts as unknown as Inside;
  const create: TypeScript.CreateProgram<TypeScript.BuilderProgram> = (roots, options, host, previous, ...rest) => {
    const builder = ts.createAbstractBuilder(roots, options, host, previous, ...rest);
    const program = builder.getProgram();
    if (!previous) program.getTypeChecker(); // binds all declarations, as the kernel starts
    const cell = program.getSourceFiles().find(({fileName}) => SOURCE.test(fileName));
    if (cell) bindSourceFile(cell, program.getCompilerOptions()); // finds the names that it declares, which tslab reads
    builder.getAllDependencies = (file) => {
      const alone = program.getSourceFiles().every((other) => other === file || other.isDeclarationFile);
      if (alone) return [file.fileName];
      return ts.createSemanticDiagnosticsBuilderProgram(program, host!).getAllDependencies(file);
    };
    const emit = builder.emit.bind(builder);
    builder.emit = (file, write, token, onlyDeclarations, transformers) => {
      const writeWithoutMap: TypeScript.WriteFileCallback = (name, data, ...more) => {
        const {text, map} = splitMap(data);
        if (EMITTED.test(name)) emitted(text, map);
        write!(name, text, ...more);
      };
      const before = [settleProperties(ts, program.getTypeChecker()), noteAwaits(ts)];
      return emit(file, writeWithoutMap, token, onlyDeclarations, {...transformers, before});
    };
    return builder;
  };
  return create;
}

/** Drop complaints about types that are not written: a cell is no library. Say the hints of others in their text. */
function readable(ts: Compiler, diagnostics: readonly TypeScript.Diagnostic[]): TypeScript.Diagnostic[] {
  const flat = (text: string | TypeScript.DiagnosticMessageChain) => ts.flattenDiagnosticMessageText(text, "\n");
  return diagnostics
    .filter(({code}) => code < 7000 || code >= 8000)
    .map(({relatedInformation = [], ...diagnostic}) => {
      const hints = relatedInformation.map(({messageText}) => `  ${flat(messageText)}`);
      return {...diagnostic, messageText: [flat(diagnostic.messageText), ...hints].join("\n")};
    });
}

/**
 * Adapt the compiler's functions, so that programs of cells are light, strict and traceable.
 *
 * @param declarations files that are read when the kernel starts, while the page opens: the first cell, which imports them,
 *   need not wait.
 */
export function adaptCompiler(ts: Compiler, declarations: readonly string[] = []): CellCompiler {
  let first: {text?: string; map?: string} = {};
  let program: Program = {lineOf: () => undefined, names: []};
  const builder = lightBuilder(ts, (text, map) => (first = {text, map}));
  const comments = putOffComments(ts);

  /** Make a CommonJS program of a cell's emitted one. */
  const transpileModule: Compiler["transpileModule"] = (text, options) => {
    if (text !== first.text || !first.map) return ts.transpileModule(text, options);
    const names: string[] = [];
    const compilerOptions = {...options.compilerOptions, inlineSourceMap: true};
    const transformers = {after: [keepEarlierValues(ts, names)]};
    const result = ts.transpileModule(text, {...options, compilerOptions, transformers});
    const {text: outputText, map} = splitMap(result.outputText);
    program = {lineOf: lineThrough([map!, first.map]), names};
    return {...result, outputText};
  };

  const inside = ts as unknown as Inside;
  const adapted = {
    ...ts,
    transpileModule,
    getPreEmitDiagnosticsOfFiles: (...args: Parameters<Inside["getPreEmitDiagnosticsOfFiles"]>) =>
      readable(ts, inside.getPreEmitDiagnosticsOfFiles(...args)),
    getPreEmitDiagnostics: (...args: Parameters<Compiler["getPreEmitDiagnostics"]>) =>
      readable(ts, ts.getPreEmitDiagnostics(...args)),
    createWatchCompilerHost: (
      roots: string[],
      options: TypeScript.CompilerOptions,
      system: TypeScript.System,
      _: unknown,
      ...rest: [TypeScript.DiagnosticReporter, TypeScript.WatchStatusReporter]
    ): Host => {
      const readFile = comments.skip((...file) => system.readFile(...file));
      const light = Object.assign(Object.create(system), {readFile}) as TypeScript.System; // it inherits from another one
      return ts.createWatchCompilerHost([...roots, ...declarations], {...OPTIONS, ...options}, light, builder, ...rest);
    },
  };
  return {ts: adapted as unknown as Compiler, comments, program: () => program};
}
