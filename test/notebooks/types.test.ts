import {readdirSync} from "node:fs";
import path from "node:path";
import type TypeScript from "typescript";
import {cellsOf, programOf, type Cell} from "./program";

/** The compiler of the kernel. */
const ts = jest.requireActual<typeof TypeScript>("@tslab/typescript-for-tslab");
const {getPreEmitDiagnostics} = jest
  .requireActual<{adaptCompiler(ts: unknown): {ts: typeof TypeScript}}>("../../environment/kernel/compiler.cjs")
  .adaptCompiler(ts).ts;

const folder = path.resolve(__dirname, "../../notebooks");

/** What the kernel would say of notebooks, all of which are one program: declarations are read once. */
function complaints(notebooks: Record<string, readonly Cell[]>): string[] {
  const programs = new Map(
    Object.entries(notebooks).map(([name, cells]) => [path.join(folder, `${name}.ts`), programOf(cells, "tour")]),
  );
  const options: TypeScript.CompilerOptions = {
    ...{module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Node10, esModuleInterop: true},
    ...{target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], types: ["node"], noEmit: true, skipLibCheck: true},
    ...{strictNullChecks: true, noImplicitAny: true, resolveJsonModule: true},
  };
  const host = ts.createCompilerHost(options);
  const {getSourceFile, fileExists} = host;
  host.fileExists = (name) => programs.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) =>
    programs.has(name)
      ? ts.createSourceFile(name, programs.get(name)!.source, version)
      : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([...programs.keys()], options, host);
  return [...programs].flatMap(([file, {at}]) => {
    const source = program.getSourceFile(file)!;
    return getPreEmitDiagnostics(program, source).map(({start, messageText}) => {
      const part = at(source.getLineAndCharacterOfPosition(start!).line);
      return `${path.basename(file, ".ts")}, ${part}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  });
}

test("cells and exercises of all notebooks have right types", () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  const notebooks = Object.fromEntries(names.map((name) => [name, cellsOf(path.join(folder, name))]));
  expect(complaints(notebooks)).toEqual([]);
});

test("a wrong type names its cell or exercise", () => {
  const wrong: Cell[] = [
    {cell_type: "code", source: 'import {openLab, type Lab} from "lola";\n\nconst lab: Lab = openLab();'},
    {cell_type: "code", source: 'import {openLab} from "lola";\n\nconst other = openLab().with(3).seed;'},
    {cell_type: "markdown", source: "**1. Why?**\n\n```ts tour\nconst other: string = lab.config.seed;\n```\n"},
  ];
  expect(complaints({wrong})).toEqual([
    "wrong, cell 2: Argument of type 'number' is not assignable to parameter of type 'Change'.",
    "wrong, cell 2: Property 'seed' does not exist on type 'Lab'.",
    "wrong, exercise 1: Type 'number' is not assignable to type 'string'.",
  ]);
});
