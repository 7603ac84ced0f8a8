/** Cells without Jupyter. */
import type * as sessions from "./session";
import {prepare} from "./prepare";
import type {Session} from "./session";

/**
 * Open a session, in which cells run one after the other in this process.
 *
 * @param folder imports are resolved from here. Default: the current folder.
 * @example
 * const session = openSession();
 * await session.run("const answer: number = await Promise.resolve(42);");
 * const {value} = await session.run("answer"); // "42"
 */
export function openSession(folder: string = process.cwd()): Session {
  const prepared = prepare([]);
  const {Session: Opened} = require("./session") as typeof sessions; // eslint-disable-line @typescript-eslint/no-require-imports -- after the compiler
  return new Opened({...prepared, folder, root: folder});
}
