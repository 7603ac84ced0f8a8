/** One program of a module and all modules that it loads. Node makes an image of a single file, which finds built-in modules only. */
import {readFileSync} from "node:fs";
import {createRequire, isBuiltin} from "node:module";

const REQUEST = /\brequire(?:\.resolve)?\(["']([^"']+)["']\)/g;

interface Source {
  readonly text: string;
  readonly loads: Readonly<Record<string, string>>;
}

/** List what a module loads. Modules that are missing it can do without. */
function loadsOf(file: string, text: string): Record<string, string> {
  const {resolve} = createRequire(file);
  const loads: Record<string, string> = {};
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

function readModules(file: string, modules = new Map<string, Source>()): Map<string, Source> {
  if (modules.has(file)) return modules;
  const content = readFileSync(file, "utf8");
  const text = file.endsWith(".json") ? `module.exports = ${content}` : content;
  const loads = loadsOf(file, text);
  modules.set(file, {text, loads});
  for (const other of Object.values(loads)) readModules(other, modules);
  return modules;
}

interface Bundled {
  readonly loads: Source["loads"];
  readonly execute: (this: unknown, ...scope: readonly unknown[]) => void;
}

/** Load modules as Node does, with `require.cache` and `require.resolve`. The text of this function is part of the program. */
function run(modules: Record<string, Bundled>, main: string, requireBuiltin: (name: string) => unknown): void {
  const cache: Record<string, {exports: unknown}> = {};
  const folderOf = (file: string) => file.slice(0, file.lastIndexOf("/"));
  const load = (file: string): unknown => {
    if (cache[file]) return cache[file].exports;
    const module = {id: file, filename: file, loaded: true, exports: {} as unknown};
    cache[file] = module;
    const {loads, execute} = modules[file];
    const resolve = (name: string) => loads[name] ?? name;
    const require = (name: string) => (modules[resolve(name)] ? load(resolve(name)) : requireBuiltin(name));
    Object.assign(require, {cache, resolve});
    execute.call(module.exports, module.exports, require, module, file, folderOf(file));
    return module.exports;
  };
  load(main);
}

/** Write characters of 16 bits as "\\u…": a single one doubles the memory of the whole text, which stays with its functions. */
const narrow = (text: string): string =>
  text.replace(/[^\0-\xff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

export function bundle(main: string): string {
  const modules = [...readModules(main)].map(([file, {text, loads}]) => {
    const execute = `function (exports, require, module, __filename, __dirname) {${text}\n}`;
    return `${JSON.stringify(file)}: {loads: ${JSON.stringify(loads)}, execute: ${execute}}`;
  });
  return narrow(`(${String(run)})({${modules.join(",\n")}}, ${JSON.stringify(main)}, require);\n`);
}
