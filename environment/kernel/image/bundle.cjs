// One program of a module and all modules that it loads. Node makes an image of a single file, which finds built-in modules only.
const {readFileSync} = require("node:fs");
const {createRequire, isBuiltin} = require("node:module");

const REQUEST = /\brequire(?:\.resolve)?\(["']([^"']+)["']\)/g;

/** What a module loads: files by the names that it asks for. Those that are missing it can do without. */
function loadsOf(file, text) {
  const {resolve} = createRequire(file);
  const loads = {};
  for (const [, name] of text.matchAll(REQUEST)) {
    if (isBuiltin(name)) continue;
    try {
      loads[name] = resolve(name);
    } catch {
      // an optional package
    }
  }
  return loads;
}

/** Reads a module and what it loads, each once. */
function readModules(file, modules = new Map()) {
  if (modules.has(file)) return modules;
  const content = readFileSync(file, "utf8");
  const text = file.endsWith(".json") ? `module.exports = ${content}` : content;
  const loads = loadsOf(file, text);
  modules.set(file, {text, loads});
  for (const other of Object.values(loads)) readModules(other, modules);
  return modules;
}

/** Loads modules as Node does, with `require.cache` and `require.resolve`. The text of this function is part of the program. */
function run(modules, main, requireBuiltin) {
  const cache = {};
  const folderOf = (file) => file.slice(0, file.lastIndexOf("/"));
  const load = (file) => {
    if (cache[file]) return cache[file].exports;
    const module = (cache[file] = {id: file, filename: file, loaded: true, exports: {}});
    const {loads, execute} = modules[file];
    const resolve = (name) => loads[name] ?? name;
    const require = (name) => (modules[resolve(name)] ? load(resolve(name)) : requireBuiltin(name));
    Object.assign(require, {cache, resolve});
    execute.call(module.exports, module.exports, require, module, file, folderOf(file));
    return module.exports;
  };
  load(main);
}

/** The program that loads a module, as text. */
function bundle(main) {
  const modules = [...readModules(main)].map(([file, {text, loads}]) => {
    const execute = `function (exports, require, module, __filename, __dirname) {${text}\n}`;
    return `${JSON.stringify(file)}: {loads: ${JSON.stringify(loads)}, execute: ${execute}}`;
  });
  return `(${run})({${modules.join(",\n")}}, ${JSON.stringify(main)}, require);\n`;
}

module.exports = {bundle};
