/** Changes of a cell's program on its way to JavaScript. */
import type TypeScript from "@tslab/typescript-for-tslab";

/** The compiler that tslab brings. */
export type Compiler = typeof TypeScript;

type Factory = TypeScript.TransformerFactory<TypeScript.SourceFile>;

/** File name that tslab gives to a cell. */
export const SOURCE = /(^|\/)__tslab__\.ts$/;

/** File name of the declarations of earlier cells, whose values are properties of `exports`. */
const EARLIER = /(^|\/)__prev__\.d\.ts$/;

/** Lines that tslab puts before a cell's source. */
export const PREFIX_LINES = 1;

/** The name under which a cell's program knows its cell. */
export const CELL = "__cell__";

/** Make a transformer of cells alone. */
const ofCells =
  (
    transform: (file: TypeScript.SourceFile, context: TypeScript.TransformationContext) => TypeScript.SourceFile,
  ): Factory =>
  (context) =>
  (file) =>
    SOURCE.test(file.fileName) ? transform(file, context) : file;

/** Write each `await x` of a cell as `await __cell__.wait(line, x)`: not every stack leads back, and an interrupt ends the wait. */
export function noteAwaits(ts: Compiler): Factory {
  return ofCells((file, context) => {
    const {factory} = context;
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isFunctionLike(node)) return node;
      const visited = ts.visitEachChild(node, visit, context);
      if (!ts.isAwaitExpression(visited)) return visited;
      const {line} = ts.getLineAndCharacterOfPosition(
        file,
        (node as TypeScript.AwaitExpression).expression.getStart(file),
      );
      const wait = factory.createPropertyAccessExpression(factory.createIdentifier(CELL), "wait");
      const place = factory.createNumericLiteral(line + 1 - PREFIX_LINES);
      return factory.updateAwaitExpression(
        visited,
        factory.createCallExpression(wait, undefined, [place, visited.expression]),
      );
    };
    return ts.visitEachChild(file, visit, context);
  });
}

/**
 * Write names of properties so that tslab, which puts `exports.` before what earlier cells declared, sees the values alone:
 * `{steps}` becomes `{steps: exports.steps}` where an earlier cell declared steps, and `{mean: m} = …` stays where an earlier
 * cell's type declares the property.
 */
export function settleProperties(ts: Compiler, checker: TypeScript.TypeChecker): Factory {
  return ofCells((file, context) => {
    const {factory} = context;
    const isEarlier = (node: TypeScript.Node) =>
      checker
        .getShorthandAssignmentValueSymbol(node)
        ?.declarations?.some((declaration) => EARLIER.test(declaration.getSourceFile().fileName));
    /** A name of no declaration. */
    const settled = <N extends TypeScript.Node>(name: N) =>
      ts.isIdentifier(name) ? factory.createIdentifier(name.text) : name;
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer && isEarlier(node)) {
        const {text} = node.name;
        const value = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), text);
        return factory.createPropertyAssignment(text, value);
      }
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isPropertyAssignment(visited))
        return factory.updatePropertyAssignment(visited, settled(visited.name), visited.initializer);
      if (!ts.isBindingElement(visited) || !visited.propertyName) return visited;
      const {dotDotDotToken, propertyName, name, initializer} = visited;
      return factory.updateBindingElement(visited, dotDotDotToken, settled(propertyName), name, initializer);
    };
    return ts.visitEachChild(file, visit, context);
  });
}

/**
 * Leave out the statement that TypeScript writes first, `exports.a = exports.b = void 0;`: what an earlier cell left there stays
 * until the new value is ready.
 *
 * @param names takes the names of that statement.
 */
export function keepEarlierValues(ts: Compiler, names: string[]): Factory {
  const namesOf = (statement: TypeScript.Statement): string[] | undefined => {
    if (statement.pos >= 0 || !ts.isExpressionStatement(statement)) return undefined; // what the cell wrote has a place
    const exported: string[] = [];
    let node = statement.expression;
    while (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left)) {
      exported.push(node.left.name.text);
      node = node.right;
    }
    return ts.isVoidExpression(node) && exported.length > 0 ? exported : undefined;
  };
  return () => (file) => {
    const statements = file.statements.filter((statement) => {
      const exported = namesOf(statement);
      if (exported) names.push(...exported);
      return !exported;
    });
    return ts.factory.updateSourceFile(file, statements);
  };
}
