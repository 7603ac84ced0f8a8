/** The compiler and tslab's converter, ready for the first cell. */
import type * as converters from "tslab/dist/converter";
import {adaptCompiler, type CellCompiler, type Compiler} from "./compiler";

/* eslint-disable @typescript-eslint/no-require-imports -- the order matters */
export interface Prepared {
  readonly compiler: CellCompiler;
  readonly converter: converters.Converter;
}

/**
 * Put the adapted compiler where tslab looks for it, and make a converter. Nothing of tslab may be loaded before.
 *
 * @param declarations files that are read now.
 */
export function prepare(declarations: readonly string[]): Prepared {
  const name = require.resolve("@tslab/typescript-for-tslab");
  const compiler = adaptCompiler(require("@tslab/typescript-for-tslab") as Compiler, declarations);
  require.cache[name]!.exports = compiler.ts;
  const {createConverter} = require("tslab/dist/converter") as typeof converters;
  const converter = createConverter({isJS: false, isBrowser: false});
  const inspect: converters.Converter["inspect"] = (...place) =>
    compiler.comments.during(() => converter.inspect(...place));
  return {compiler, converter: {...converter, inspect}};
}
