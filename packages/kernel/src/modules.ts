/** Modules that cells import: packages, and TypeScript files beside the notebook, which the converter compiles. */
import Module from "node:module";
import path from "node:path";

/** A module as Node's loader handles it inside. */
interface LoadedModule extends NodeJS.Module {
  _compile(text: string, file: string): void;
}

interface Loader {
  new (file: string, parent?: NodeJS.Module): LoadedModule;
  _nodeModulePaths(folder: string): string[];
}

export class CellModules {
  private readonly compiled = new Map<string, string>();
  private readonly loaded = new Map<string, LoadedModule>();

  constructor(private readonly folder: string) {}

  /** Take files that were compiled again: their next import loads the new version. */
  update(files: readonly {readonly path: string; readonly data: string}[]): void {
    for (const file of files) {
      this.compiled.set(file.path, file.data);
      this.loaded.delete(file.path);
    }
  }

  require(): NodeJS.Require {
    return this.hook(Module.createRequire(path.join(this.folder, "cell.js")), this.folder);
  }

  /** Let a `require` find compiled files, and the one copy of tslab that shows its displays. */
  private hook<T extends (name: string) => unknown>(load: T, folder: string): T {
    const apply = (_: unknown, self: unknown, [name, ...rest]: [string]): unknown => {
      if (name === "tslab") return Module.createRequire(__filename)(name);
      return this.local(path.join(folder, name))?.exports ?? Reflect.apply(load, self, [name, ...rest]);
    };
    return new Proxy<T & object>(load, {apply});
  }

  private local(name: string): NodeJS.Module | undefined {
    const file = path.extname(name) === "" ? `${name}.js` : name;
    const text = this.compiled.get(file);
    const cached = this.loaded.get(file);
    if (cached || text === undefined) return cached;
    const module = new (Module as unknown as Loader)(file);
    const folder = path.dirname(file);
    module.filename = file;
    module.paths = (Module as unknown as Loader)._nodeModulePaths(folder);
    module.require = this.hook(module.require.bind(module), folder);
    this.loaded.set(file, module);
    try {
      module._compile(text, file);
    } catch (error) {
      this.loaded.delete(file);
      throw error;
    }
    return module;
  }
}
