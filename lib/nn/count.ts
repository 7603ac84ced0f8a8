/**
 * Counts of parameters, without allocating them.
 */
import type {Model} from "./module";

/**
 * Count the trained parameters of a model's modules.
 *
 * @param modules official names of modules, e.g. "backbone.blocks"; by default the top-level ones, which together are the model.
 * @returns number of parameters by module; 0 for a module that does not exist.
 */
export function parameterCounts({layout: {entries}}: Pick<Model, "layout">, modules?: readonly string[]) {
  const names = modules ?? [...new Set(entries.map(({name}) => name.split(".")[0]))];
  const count = (module: string) =>
    entries
      .filter(({name}) => name === module || name.startsWith(`${module}.`))
      .reduce((total, {size}) => total + size, 0);
  return Object.fromEntries(names.map((name): [string, number] => [name, count(name)]));
}
