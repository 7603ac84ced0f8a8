// Finds the statements of declaration files that a name reaches. A name counts as used wherever it is written, so more may
// be kept than is needed, and never less.
const {bindings, declaredNames, specifierOf} = require("./modules.cjs");

/** Whether a statement of a module adds to another module, or to the global names. */
const isAugmentation = (ts, statement) =>
  ts.isModuleDeclaration(statement) &&
  (ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0);

/** Whether a statement counts without being named. */
function isAlwaysKept(ts, statement) {
  if (ts.isImportDeclaration(statement)) return !statement.importClause;
  if (ts.isExportDeclaration(statement)) return statement.exportClause?.elements?.length === 0;
  return ts.isExportAssignment(statement) || isAugmentation(ts, statement);
}

/** Names of a module and the statements that declare, import or export them; "*" has those that export all of another. */
function indexNames(ts, file) {
  const statements = new Map();
  const add = (name, statement) => statements.set(name, [...(statements.get(name) ?? []), statement]);
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && !statement.exportClause) add("*", statement);
    else if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
      for (const [name] of bindings(ts, statement)) add(name, statement);
    else for (const name of declaredNames(ts, statement)) add(name, statement);
  }
  return statements;
}

/** Marks what names of modules reach: the set `kept` of statements. */
class Shaker {
  kept = new Set();
  #names = new Map();
  #done = new Set();
  #todo = [];

  /**
   * @param files those that may be kept, by their paths.
   * @param resolve returns the path that a module's name means in a file.
   */
  constructor(ts, files, resolve) {
    Object.assign(this, {ts, files, resolve});
  }

  /** Keeps what a name of a module reaches: "*" is all its names, "" none, only what the module adds to others. */
  need(path, name) {
    if (!this.files.has(path) || !this.#isNew(path, name)) return;
    this.#todo.push([this.files.get(path), name]);
    if (this.#todo.length > 1) return; // the call that is at work comes to it
    for (; this.#todo.length > 0; this.#todo.shift()) this.#serve(...this.#todo[0]);
  }

  /** Whether a statement that is kept names the module. */
  reaches(file) {
    return this.#names.has(file);
  }

  /** Keeps what a part of a file reaches. */
  visit(file, node) {
    const {ts} = this;
    if (ts.isIdentifier(node)) this.#needLocal(file, node.text);
    const target = specifierOf(ts, node);
    if (target) {
      let {qualifier} = node;
      while (qualifier?.left) qualifier = qualifier.left;
      this.need(this.resolve(target.text, file.fileName), qualifier?.text ?? "*");
    }
    ts.forEachChild(node, (child) => this.visit(file, child));
  }

  #isNew(...key) {
    const text = key.join("\0");
    return !this.#done.has(text) && this.#done.add(text);
  }

  #namesOf(file) {
    if (!this.#names.has(file)) {
      this.#names.set(file, indexNames(this.ts, file));
      for (const statement of file.statements) if (isAlwaysKept(this.ts, statement)) this.#keep(file, statement, "*");
    }
    return this.#names.get(file);
  }

  #needLocal(file, name, except) {
    for (const statement of this.#namesOf(file).get(name) ?? [])
      if (statement !== except) this.#keep(file, statement, name);
  }

  #serve(file, name) {
    const names = this.#namesOf(file);
    for (const each of name === "*" ? names.keys() : [name]) if (each !== "*") this.#needLocal(file, each);
    if (name === "" || (name !== "*" && names.has(name))) return;
    for (const statement of names.get("*") ?? []) {
      const path = this.resolve(statement.moduleSpecifier.text, file.fileName);
      if (this.files.has(path)) this.kept.add(statement);
      this.need(path, name);
    }
  }

  /** Keeps a statement, and what it reaches under one of its names. */
  #keep(file, statement, name) {
    if (!this.#isNew(file.fileName, statement.pos, name)) return;
    this.kept.add(statement);
    const {ts} = this;
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) {
      this.visit(file, statement);
      return;
    }
    const path = statement.moduleSpecifier && this.resolve(statement.moduleSpecifier.text, file.fileName);
    if (path) this.need(path, "");
    for (const [local, original] of bindings(ts, statement)) {
      if (local !== name && name !== "*") continue;
      if (path) this.need(path, original);
      else this.#needLocal(file, original, statement);
    }
  }
}

module.exports = {Shaker};
