import {readFileSync} from "node:fs";
import path from "node:path";
import type TypeScript from "typescript";
import {adaptCompiler, OPTIONS, type Compiler} from "@lola-ts/kernel";
import type {SystemFacts} from "../../site/live/engine/facts";
import {cellOf} from "../../site/live/page/cells";
import {defaultState, viewNames} from "../../site/live/page/state";
import {cellsOf, importsOf, lessons, lessonsFolder, programOf, template, type Cell, type Program} from "./program";

/** The compiler of the kernel. */
const ts = jest.requireActual<typeof TypeScript>("@tslab/typescript-for-tslab");
const {getPreEmitDiagnostics} = adaptCompiler(ts as unknown as Compiler).ts as unknown as typeof TypeScript;

/** What the kernel would say of notebooks, all of which are one program: declarations are read once. */
function complaints(notebooks: Record<string, readonly Cell[]>): string[] {
  const programs = new Map(
    Object.entries(notebooks).map(([name, cells]) => [path.join(lessonsFolder, `${name}.ts`), programOf(cells, "tour")]),
  );
  const options: TypeScript.CompilerOptions = {
    ...(OPTIONS as TypeScript.CompilerOptions),
    ...{module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Node10, esModuleInterop: true},
    ...{target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], noEmit: true, skipLibCheck: true},
  };
  const host = ts.createCompilerHost(options);
  const {getSourceFile, fileExists} = host;
  host.fileExists = (name) => programs.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) =>
    programs.has(name)
      ? ts.createSourceFile(name, programs.get(name)!.source, version, true)
      : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([...programs.keys()], options, host);
  return [...programs].flatMap(([file, one]) => {
    const source = program.getSourceFile(file)!;
    const say = (at: number, text: string) => {
      const part = one.parts[one.at(source.getLineAndCharacterOfPosition(at).line)]?.name ?? "imports";
      return `${path.basename(file, ".ts")}, ${part}: ${text}`;
    };
    const wrong = getPreEmitDiagnostics(program, source).map(({start, messageText}) =>
      say(start!, ts.flattenDiagnosticMessageText(messageText, "\n")),
    );
    const early = notYetImported(source, program.getTypeChecker(), one);
    return [...wrong, ...early.map((node) => say(node.getStart(), `${node.text} is not imported yet.`))];
  });
}

/** Uses of names that neither their own part nor a cell before it imports: the kernel would not know them. */
function notYetImported(source: TypeScript.SourceFile, checker: TypeScript.TypeChecker, {parts, at}: Program) {
  const imported = parts.map((part) => new Set(importsOf(part).map(({name}) => name)));
  const found: TypeScript.Identifier[] = [];
  const visit = (node: TypeScript.Node): void => {
    const part = at(source.getLineAndCharacterOfPosition(node.getStart()).line);
    if (part >= 0 && ts.isIdentifier(node)) {
      const shorthand = ts.isShorthandPropertyAssignment(node.parent);
      const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(node.parent) : checker.getSymbolAtLocation(node);
      const known = imported.some((names, i) => names.has(node.text) && (i === part || (i < part && !parts[i].exercise)));
      const isImport = symbol?.declarations?.some((one) => one.getSourceFile() === source && ts.SymbolFlags.Alias & symbol.flags);
      if (isImport && !known) found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("cells and exercises of the lessons and the template have right types, and import what they use", () => {
  const notebooks = Object.fromEntries(lessons.map((name) => [name, cellsOf(path.join(lessonsFolder, name))]));
  expect(complaints({...notebooks, template: cellsOf(template)})).toEqual([]);
});

test("the README's sample has right types, and imports what it uses", () => {
  const readme: Cell = {cell_type: "markdown", source: readFileSync(path.join(lessonsFolder, "../README.md"), "utf8")};
  expect(programOf([readme], "tour").parts).toHaveLength(1);
  expect(complaints({README: [readme]})).toEqual([]);
});

test("samples of the documents have right types", () => {
  const samples = ["ask", "data", "sweeps"].map((name) => {
    const page = readFileSync(path.join(lessonsFolder, `../docs/${name}.md`), "utf8");
    const source = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, program]) => program).join("\n");
    return [name, [{cell_type: "code", source}]] as [string, Cell[]];
  });
  expect(complaints(Object.fromEntries(samples))).toEqual([]);
});

test("cells that the live page copies have right types, and import what they use", () => {
  const trajectories = [{index: 3, words: "", label: [], file: ""}];
  const facts = {
    ...{name: "kolmogorov", preset: "mini", stride: 4, window: 3, shape: [9, 16, 16, 3], trajectories},
    ...{shown: {channel: 0, image: [16, 16]}, defaults: {latentChannels: 16, steps: 4, order: 2}},
  } as unknown as SystemFacts;
  const state = {...defaultState(facts), seed: 1};
  const notebooks = viewNames.map((view): [string, Cell[]] => [
    view,
    [{cell_type: "code", source: cellOf(view, state, facts)}],
  ]);
  expect(complaints(Object.fromEntries(notebooks))).toEqual([]);
});

test("a wrong type, and a name that is imported too late, name their cell or exercise", () => {
  const wrong: Cell[] = [
    {cell_type: "code", source: 'import {openLab, type Lab} from "@lola-ts/laboratory";\n\nconst lab: Lab = openLab();'},
    {cell_type: "code", source: 'import {openLab} from "@lola-ts/laboratory";\n\nconst other = openLab().with(3).seed;'},
    {cell_type: "code", source: "const tensors = {tf};"},
    {cell_type: "code", source: 'import {tf} from "lola";\n\nconst mine = {tf}, zero = tf.scalar(0);'},
    {
      cell_type: "markdown",
      source:
        "**1. Why?**\n\n```ts tour\nconst other: string = lab.config.seed;\ncompare;\n```\n\n" +
        '**2. How?**\n\n```ts\nimport {compare} from "@lola-ts/laboratory";\ncompare;\n```\n',
    },
  ];
  expect(complaints({wrong})).toEqual([
    "wrong, cell 2: Argument of type 'number' is not assignable to parameter of type 'Change'.",
    "wrong, cell 2: Property 'seed' does not exist on type 'Lab'.",
    "wrong, exercise 1: Type 'number' is not assignable to type 'string'.",
    "wrong, cell 3: tf is not imported yet.",
    "wrong, exercise 1: compare is not imported yet.",
  ]);
});
