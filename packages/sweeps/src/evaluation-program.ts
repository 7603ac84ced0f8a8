/** Program of evaluations: npm run lola -- evaluate --help */
import type {Overrides} from "./space";
import type {SlurmOptions} from "./slurm";
import {type Config, openLab, type EmulatorSpec} from "@lola-ts/laboratory/stages";
import {artifactKey} from "@lola-ts/cache";
import {jobOf, variantConfig} from "./trial-config";
import {print, report} from "./sweep-program";
import {collectEvaluation, evaluationRows, submitEvaluation} from "./evaluation-array";

/** Options of the command line, by environment/commands.cjs. */
interface EvaluationCommand extends SlurmOptions {
  readonly system: string;
  readonly preset: string;
  readonly set: Overrides;
  readonly methods?: readonly string[];
  readonly name?: string;
  readonly backend: "local" | "slurm";
  readonly collect?: string;
  readonly json: boolean;
}

export async function main(command: EvaluationCommand): Promise<void> {
  const {system, preset, set, backend, time, partition, cpus, gres, parallel, collect, json} = command;
  // Other output than the table would spoil its JSON
  if (json) process.stdout.write = process.stderr.write.bind(process.stderr);
  const base = openLab({system, preset});
  if (collect !== undefined) return report(json, await collectEvaluation(base.artifacts, collect));
  const config = variantConfig(base.config, set, "evaluate");
  const lab = Object.keys(set).length > 0 ? base.with(() => config) : base;
  const methods = command.methods?.map((word) => emulatorOf(lab.config, word)) ?? lab.methods;
  if (backend === "local") {
    return report(json, {rows: evaluationRows(await lab.evaluation({methods})), caption: lab.caption});
  }
  const name = command.name ?? artifactKey({config, methods}).slice(0, 12);
  print(await submitEvaluation(lab.artifacts, {name, config, methods}, {time, partition, cpus, gres, parallel}));
}

function emulatorOf(config: Config, word: string): EmulatorSpec {
  const job = jobOf(config, word);
  if (job.stage === "emulator") return job.method;
  throw new RangeError(`evaluate: expected emulators, whose autoencoders are scored beside them, found "${word}".`);
}
