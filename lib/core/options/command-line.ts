/** The command line of a program, by the project's list of commands: environment/commands.cjs. */
import {createRequire} from "node:module";
import path from "node:path";
import {projectRoot} from "../paths";

/** A command line that cannot be. */
export class UsageError extends Error {}

/** Options of a command by their names, and the words without a name. */
export interface CommandLine<Values> {
  readonly values: Values;
  readonly words: readonly string[];
}

interface Commands {
  readCommandLine(command: string, argv: readonly string[]): CommandLine<unknown>;
}

/**
 * Read the words after a command's name.
 *
 * @typeParam Values the command's options: a switch is a boolean, others are texts, undefined where not given and without a
 *   default.
 * @param command name in the list of commands.
 * @throws UsageError naming the first word that cannot be, with the known options.
 */
export function readCommandLine<Values>(
  command: string,
  argv: readonly string[] = process.argv.slice(2),
): CommandLine<Values> {
  const commands = createRequire(__filename)(path.join(projectRoot(), "environment/commands.cjs")) as Commands;
  try {
    return commands.readCommandLine(command, argv) as CommandLine<Values>;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
