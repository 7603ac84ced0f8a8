/** Declarations after a cell that failed: its own up to the failure, and the earlier ones of the rest. */
import type TypeScript from "@tslab/typescript-for-tslab";
import type {Compiler} from "./compiler";

/** Keep the declarations whose names are chosen, in text that tslab made: one name per declaration, imports with several. */
function choose(ts: Compiler, text: string, isChosen: (name: string) => boolean): string {
  const {factory} = ts;
  const file = ts.createSourceFile("declarations.d.ts", text, ts.ScriptTarget.Latest, true);
  const printer = ts.createPrinter({newLine: ts.NewLineKind.LineFeed});
  const print = (node: TypeScript.Node) => printer.printNode(ts.EmitHint.Unspecified, node, file);

  const variables = (node: TypeScript.VariableStatement) => {
    const {declarationList: list} = node;
    const chosen = list.declarations.filter(({name}) => ts.isIdentifier(name) && isChosen(name.text));
    if (chosen.length === 0) return undefined;
    return factory.updateVariableStatement(node, node.modifiers, factory.updateVariableDeclarationList(list, chosen));
  };
  const imports = (node: TypeScript.ImportDeclaration) => {
    const {importClause: clause} = node;
    if (!clause) return undefined;
    const name = clause.name && isChosen(clause.name.text) ? clause.name : undefined;
    const bindings = clause.namedBindings && chosenBindings(clause.namedBindings);
    if (!name && !bindings) return undefined;
    const chosen = factory.updateImportClause(clause, clause.isTypeOnly, name, bindings);
    return factory.updateImportDeclaration(node, node.modifiers, chosen, node.moduleSpecifier, node.assertClause);
  };
  const chosenBindings = (bindings: TypeScript.NamedImportBindings) => {
    if (ts.isNamespaceImport(bindings)) return isChosen(bindings.name.text) ? bindings : undefined;
    const chosen = bindings.elements.filter(({name}) => isChosen(name.text));
    return chosen.length > 0 ? factory.updateNamedImports(bindings, chosen) : undefined;
  };
  const statement = (node: TypeScript.Statement): TypeScript.Node | undefined => {
    if (ts.isVariableStatement(node)) return variables(node);
    if (ts.isImportDeclaration(node)) return imports(node);
    const {name} = node as TypeScript.DeclarationStatement;
    return name && isChosen(name.text) ? node : undefined;
  };
  return file.statements
    .flatMap((node) => statement(node) ?? [])
    .map((node) => `${print(node)}\n`)
    .join("");
}

/**
 * Combine the declarations before a cell and those after it, for a cell that failed.
 *
 * @param missing names of values that the cell declares and had not initialised yet. Types need no value.
 */
export function declarationsOfFailed(
  ts: Compiler,
  before: string,
  after: string,
  missing: ReadonlySet<string>,
): string {
  return choose(ts, after, (name) => !missing.has(name)) + choose(ts, before, (name) => missing.has(name));
}
