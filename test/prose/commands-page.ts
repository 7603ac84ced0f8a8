/** docs/commands.md, made from the list of commands and the help that they print. */
import {createRequire} from "node:module";

interface Commands {
  readonly commands: Readonly<Record<string, {readonly script?: string}>>;
  readonly variables: Readonly<Record<string, string>>;
  helpOf(verb: string): string;
}
const load = createRequire(__filename);
const {commands, helpOf} = load("../../environment/command-line.cjs") as Commands;
export const {variables} = load("../../environment/commands.cjs") as Commands;

const INTRODUCTION =
  "This page has the help of every command; `npm run lola` lists them, and `--help` after a command prints its part. Help needs " +
  "no set-up. Exit codes are 0, 1 for a failure, 2 for a wrong word and 130 after Ctrl-C.";

const VARIABLES =
  "An option on the command line comes before its variable. Besides, TensorFlow's `TF_NUM_INTRAOP_THREADS` and `OMP_NUM_THREADS` " +
  "set the number of threads, `PYTHON` and `CXX` name the programs that set-up uses, and downloads go through the proxy that " +
  "`HTTPS_PROXY` names.";

/** Write the page. */
export function commandsPage(): string {
  const verbs = Object.entries(commands).flatMap(([verb, {script}]) => [
    `## \`${script ?? `npm run lola -- ${verb}`}\``,
    `\`\`\`text\n${helpOf(verb).trimEnd()}\n\`\`\``,
  ]);
  const rows = Object.entries(variables).map(([name, text]) => `| \`${name}\` | ${text.replace(/</g, "&lt;")} |`);
  const table = ["| variable | does |", "| --- | --- |", ...rows].join("\n");
  return ["# Commands", INTRODUCTION, ...verbs, "## Environment variables", VARIABLES, table, ""].join("\n\n");
}
