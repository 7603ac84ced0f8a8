/** A Jupyter kernel for TypeScript. Its program is `main.ts`; this door runs cells without Jupyter. */
import {prepare} from "./prepare";
import type * as sessions from "./session";

export {prepare, type Prepared} from "./prepare";
export type {Outcome, Session} from "./session";
export {adaptCompiler, OPTIONS, type CellCompiler, type Compiler} from "./compiler";

/**
 * Open a session, in which cells run one after the other in this process.
 *
 * @param folder imports are resolved from here. Default: the current folder.
 * @example
 * const session = openSession();
 * await session.run("const answer: number = await Promise.resolve(42);");
 * const {value} = await session.run("answer"); // "42"
 */
export function openSession(folder: string = process.cwd()): sessions.Session {
  const prepared = prepare([]);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- after the compiler
  const {Session} = require("./session") as typeof sessions;
  return new Session({...prepared, folder, root: folder});
}
