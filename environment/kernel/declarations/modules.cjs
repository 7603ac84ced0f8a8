// What declaration files say of each other: which statement declares which name, and which names of other modules it uses.
const path = require("node:path");

const root = path.resolve(__dirname, "../../..");

/** Options of the kernel that decide which files it reads. */
const optionsOf = (ts) => ({
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: ["node"],
});

/** The name of a file as a module: that of its package if it is its entry, else its path in the package. */
function moduleName(file, resolve) {
  const below = path.relative(root, file).replace(/^.*node_modules\/(@types\/)?|^lib\/(?=dist\/)/, "");
  const name = (file.startsWith(path.join(root, "lib/")) ? `lola/${below}` : below).replace(/\.d\.ts$/, "");
  const [packageName] = /^(@[^/]+\/)?[^/]+/.exec(name);
  return resolve(packageName, path.join(root, "index.ts")) === file ? packageName : name;
}

/** The literal by which a node names a module. */
function specifierOf(ts, node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  return ts.isImportTypeNode(node) ? node.argument.literal : undefined;
}

/** Names that a declaration gives. */
function declaredNames(ts, statement) {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({name}) => name.text);
  return statement.name && !ts.isNamespaceExportDeclaration(statement) ? [statement.name.text] : [];
}

/** Names that a statement brings into its module or out of it, each with the name it has in the module it comes from. */
function bindings(ts, statement) {
  const elements = (list) => list.map(({name, propertyName}) => [name.text, (propertyName ?? name).text]);
  if (ts.isExportDeclaration(statement)) {
    const {exportClause} = statement;
    if (!exportClause) return [];
    return ts.isNamedExports(exportClause) ? elements(exportClause.elements) : [[exportClause.name.text, "*"]];
  }
  const {name, namedBindings} = statement.importClause ?? {};
  const named = namedBindings && ts.isNamedImports(namedBindings) ? elements(namedBindings.elements) : [];
  if (namedBindings && ts.isNamespaceImport(namedBindings)) named.push([namedBindings.name.text, "*"]);
  return name ? [[name.text, "default"], ...named] : named;
}

/**
 * Reads the files that a program which imports lola needs, beside the language's own.
 *
 * @returns the files in order, the names of those that are modules, and `resolve(name, file)`.
 */
function readFiles(ts) {
  const options = optionsOf(ts);
  const program = ts.createProgram([path.join(root, "lib/dist/index.d.ts")], options);
  const cache = ts.createModuleResolutionCache(root, (name) => name, options);
  const resolve = (name, from) =>
    ts.resolveModuleName(name, from, options, ts.sys, cache).resolvedModule?.resolvedFileName;
  const files = program.getSourceFiles().filter((file) => !program.isSourceFileDefaultLibrary(file));
  const names = new Map(files.map(({fileName}) => [fileName, moduleName(fileName, resolve)]));
  return {files, names, resolve};
}

module.exports = {bindings, declaredNames, readFiles, root, specifierOf};
