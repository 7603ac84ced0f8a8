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
  compiled.set(filename, {source, data: new Uint8Array(made.cachedData)}); // a copy: the array belongs to its file of tests
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
 * Handles of the engine's tensors. One that a file of tests leaves keeps an array of that file, and with it all of its modules.
 */
const tensors = new Set();
const file = require.resolve("@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node");
const binding = require(file);
const noted = {
  createTensor(...options) {
    const id = binding.createTensor(...options);
    tensors.add(id);
    return id;
  },
  executeOp(...options) {
    const made = binding.executeOp(...options);
    for (const {id} of made) tensors.add(id);
    return made;
  },
  deleteTensor(id) {
    tensors.delete(id);
    binding.deleteTensor(id);
  },
};
require.cache[file].exports = Object.create(binding, Object.getOwnPropertyDescriptors(noted)); // its own cannot be replaced

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
    for (const id of tensors) binding.deleteTensor(id);
    tensors.clear();
  }
};
