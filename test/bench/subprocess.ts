/** Measurements in a process of their own: memory and recorded programs of one do not disturb the next. */
import {fork} from "node:child_process";

export interface SubprocessOptions {
  /** What is measured, as an error names it. */
  readonly subject: string;
  /** Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Give the program `gc`. Default: false. */
  readonly exposeGc?: boolean;
}

/**
 * Run a program in a process of its own, and get what it hands to {@link answer}. Its standard output is dropped.
 *
 * @throws Error naming the subject if the process ends without an answer.
 */
export function runInSubprocess<T>(
  program: string,
  args: readonly string[],
  {subject, env = process.env, exposeGc = false}: SubprocessOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const execArgv = [...process.execArgv, ...(exposeGc ? ["--expose-gc"] : [])];
    const child = fork(program, args, {execArgv, env, stdio: ["ignore", "ignore", "inherit", "ipc"]});
    child.once("message", (message) => resolve(message as T));
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`bench: ${subject} ended early with code ${code}; see above.`)));
  });
}

/** Whether this process was started by {@link runInSubprocess}. */
export const isSubprocess = process.send !== undefined;

/** Send the answer to the process that asked, and end. */
export function answer(found: unknown): void {
  process.send!(found, () => process.exit(0));
}
