const {AsyncLocalStorage} = require("node:async_hooks");
const vm = require("node:vm");
const {TestEnvironment} = require("jest-environment-node");

/**
 * Every file of tests loads its modules again. A module's code is kept where it was compiled first, which spares the next
 * files of a worker most of the parsing. Kept code has no way to import more, so modules that do are left out.
 */
const {compileFunction} = vm;
const compiled = new Map();
vm.compileFunction = (source, parameters, options = {}) => {
  const {filename} = options;
  if (!filename || source.includes("import(")) return compileFunction(source, parameters, options);
  const known = compiled.get(filename);
  if (known?.source === source) return compileFunction(source, parameters, {...options, cachedData: known.data});
  const made = compileFunction(source, parameters, {...options, produceCachedData: true});
  compiled.set(filename, {source, data: made.cachedData});
  return made;
};

/** Storages in use: each makes every promise of the process slower, and jest, which makes one for each file, ends none. */
const used = new Set();
const {run} = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...options) {
  used.add(this);
  return run.apply(this, options);
};

/**
 * Node's environment, in which the globals that begin with a capital letter (Math, Map, Buffer, ...) are constants of the
 * scope of scripts: these are found first and at once, while a property of jest's sandbox takes about a microsecond each
 * time. Fake timers replace Date.
 */
module.exports = class QuickGlobals extends TestEnvironment {
  constructor(...options) {
    super(...options);
    const names = Object.getOwnPropertyNames(this.global).filter((name) => {
      const {configurable, value} = Object.getOwnPropertyDescriptor(this.global, name);
      return configurable && value !== undefined && /^[A-Z]\w+$/.test(name) && name !== "Date";
    });
    vm.runInContext(`const {${names.join()}} = globalThis;`, this.context);
  }

  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
};
