/**
 * Counts of parameters, without allocating them.
 */
import {having, checkOptions, list, optional, text} from "@lola-ts/core";
import type {Model} from "./module";

/**
 * Count the trained parameters of a model's modules.
 *
 * @param modules official names of modules, e.g. "backbone.blocks"; by default the top-level ones, which together are the model.
 * @throws RangeError unless it is a model and modules are names.
 * @returns number of parameters by module; 0 for a module that does not exist.
 */
export function parameterCounts(model: Pick<Model, "layout">, modules?: readonly string[]) {
  checkOptions("parameterCounts", having("a model", "layout"), model, "model");
  checkOptions("parameterCounts", optional(list(text, {empty: true})), modules, "modules");
  const {entries} = model.layout;
  const names = modules ?? [...new Set(entries.map(({name}) => name.split(".")[0]))];
  const count = (module: string) =>
    entries
      .filter(({name}) => name === module || name.startsWith(`${module}.`))
      .reduce((total, {size}) => total + size, 0);
  return Object.fromEntries(names.map((name): [string, number] => [name, count(name)]));
}
