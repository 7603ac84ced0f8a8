/**
 * Program of evaluations: npm run evaluate -- --help
 */
import type {TableRow} from "../../core/table";
import {textTable} from "../../figures/tables";
import {openLab} from "../open-lab";
import type {EmulatorSpec} from "../stages/emulators";
import {artifactKey} from "../store/artifacts";
import {exitCodeOf} from "../sweep/command-words";
import {subjectOf, variantConfig} from "../sweep/sweep-plan";
import {collectEvaluation, evaluationRows, submitEvaluation} from "./evaluation-array";
import {readEvaluationCommand} from "./evaluation-arguments";

const print = (text: string) => void process.stdout.write(`${text}\n`);
const printTable = process.stdout.write.bind(process.stdout);

async function main(): Promise<void> {
  const command = readEvaluationCommand(process.argv.slice(2));
  // What is printed besides the table would spoil its JSON
  if (command.json) process.stdout.write = process.stderr.write.bind(process.stderr);
  const report = (rows: readonly TableRow[], caption: string, lines: readonly string[] = []) => {
    if (command.json) return void printTable(`${JSON.stringify(rows, null, 1)}\n`);
    print([caption, ...(rows.length > 0 ? [textTable(rows)] : []), ...lines].join("\n"));
  };
  const {system, preset, overrides, backend, slurm, collect} = command;
  const base = openLab({system, preset});
  if (collect !== undefined) {
    const {rows, caption, lines} = await collectEvaluation(base.artifacts, collect);
    return report(rows, caption, lines);
  }
  const config = variantConfig(base.config, overrides);
  const lab = Object.keys(overrides).length > 0 ? base.with(() => config) : base;
  const methods = command.methods?.map((word) => emulatorOf(lab.config, word)) ?? lab.methods;
  if (backend === "local") return report(evaluationRows(await lab.evaluation({methods})), lab.caption);
  const name = command.name ?? artifactKey({config, methods}).slice(0, 12);
  print(await submitEvaluation(lab.artifacts, {name, config, methods}, slurm));
}

function emulatorOf(config: Parameters<typeof subjectOf>[0], word: string): EmulatorSpec {
  const subject = subjectOf(config, word);
  if (subject.kind === "emulator") return subject.spec;
  throw new RangeError(`evaluate: expected emulators, whose autoencoders are scored beside them, found "${word}".`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
});
