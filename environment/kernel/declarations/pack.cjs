// Writes the declarations that notebooks use, lola's, Node's and those of packages that lola's names reach, into one file,
// each as a module of that file: the kernel would otherwise find and read a thousand files.
const {mkdirSync, renameSync, writeFileSync} = require("node:fs");
const {createRequire} = require("node:module");
const path = require("node:path");
const {PACKED} = require("./packed.cjs");
const {readFiles, specifierOf} = require("./modules.cjs");
const {Shaker} = require("./shake.cjs");

/** The kernel's own compiler: it reads what the kernel would read. */
const ts = createRequire(require.resolve("tslab/dist/main.js"))("@tslab/typescript-for-tslab");

/** Packages that are left out, those of the browser, and those without comments: plotly's are a megabyte. */
const LEFT_OUT = /node_modules\/(@tensorflow\/tfjs-backend-|@webgpu\/)/;
const WITHOUT_COMMENTS = /node_modules\/plotly\.js\//;

const COMMENT = /\/\*\*[^]*?\*\//g;

/** Text of a node with names of modules as they are in the packed file; of the comments before it, the last. */
function textOf(file, node, rename) {
  const {pos, end} = ts.getLeadingCommentRanges(file.text, node.pos)?.at(-1) ?? {pos: 0, end: 0};
  const comment = file.text.slice(pos, end);
  let text = comment.startsWith("/**") && !comment.includes("@license") ? `${comment}\n` : "";
  let at = node.getStart(file);
  const visit = (child) => {
    const literal = specifierOf(ts, child);
    if (literal) {
      text += file.text.slice(at, literal.getStart(file)) + JSON.stringify(rename(literal.text));
      at = literal.end;
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  text += file.text.slice(at, node.end);
  return WITHOUT_COMMENTS.test(file.fileName) ? text.replace(COMMENT, "") : text;
}

const block = (name, statements) => `declare module ${JSON.stringify(name)} {\n${statements.join("\n")}\n}`;

/** A module as blocks of the packed file: its own, and one for each module that it adds to. */
function packModule(file, statements, name, rename) {
  const addsToOther = (statement) => ts.isModuleDeclaration(statement) && ts.isStringLiteral(statement.name);
  const text = (statement) => textOf(file, statement, rename);
  const own = statements.filter((statement) => !addsToOther(statement));
  const imports = own.filter((statement) => ts.isImportDeclaration(statement)).map(text);
  const additions = statements.filter(addsToOther).map((statement) => {
    return block(rename(statement.name.text), [...imports, ...statement.body.statements.map(text)]);
  });
  return [block(name, own.map(text)), ...additions];
}

/** Name of a package, which a cell may import. */
const PACKAGE = /^(@[^/]+\/)?[^/]+$/;

/** Marks what the packages and the scripts reach; scripts, whose names are global, are kept whole. */
function shake({files, names, resolve}) {
  const shaker = new Shaker(ts, new Map(files.map((file) => [file.fileName, file])), resolve);
  for (const [file, name] of names) if (PACKAGE.test(name)) shaker.need(file, "*");
  for (const file of files.filter((each) => !ts.isExternalModule(each))) {
    shaker.visit(file, file);
    for (const {fileName} of file.referencedFiles) shaker.need(path.resolve(path.dirname(file.fileName), fileName), "");
  }
  return shaker;
}

function pack() {
  const all = readFiles(ts);
  const files = all.files.filter(({fileName}) => !LEFT_OUT.test(fileName));
  const shaken = shake({...all, files});
  const blocks = files.flatMap((file) => {
    const rename = (name) => all.names.get(all.resolve(name, file.fileName)) ?? name;
    if (!ts.isExternalModule(file)) return file.statements.map((statement) => textOf(file, statement, rename));
    if (!shaken.reaches(file)) return [];
    const statements = file.statements.filter((statement) => shaken.kept.has(statement));
    return packModule(file, statements, all.names.get(file.fileName), rename);
  });
  const libraries = new Set(files.flatMap((file) => file.libReferenceDirectives.map(({fileName}) => fileName)));
  const references = [...libraries].map((name) => `/// <reference lib="${name}" />`);
  mkdirSync(path.dirname(PACKED), {recursive: true});
  writeFileSync(`${PACKED}.tmp`, `${[...references, ...blocks].join("\n")}\n`);
  renameSync(`${PACKED}.tmp`, PACKED); // a kernel may start meanwhile
}

pack();
