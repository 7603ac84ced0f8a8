/** An evaluation whose elements are test trajectories, on the disk: data/evaluations/name/evaluation.json says what it scores. */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {writeWhole, parseJson, shown} from "@lola-ts/core";
import {differences, inWords} from "../changes";
import type {Config} from "../config";
import type {EmulatorSpec} from "../stages/emulators";

/** What is scored: emulators of a configuration, their autoencoders and trivial forecasts. */
export interface EvaluationPlan {
  readonly name: string;
  readonly config: Config;
  readonly methods: readonly EmulatorSpec[];
}

/** The folder of an evaluation. */
export function evaluationFolder(root: string, name: string): string {
  return path.join(root, "evaluations", name);
}

/** Read an evaluation that was begun. @throws RangeError naming those that there are. */
export function readEvaluation(root: string, name: string): EvaluationPlan {
  const file = path.join(evaluationFolder(root, name), "evaluation.json");
  if (existsSync(file)) return {...(parseJson(readFileSync(file, "utf8")) as EvaluationPlan), name};
  const folder = path.join(root, "evaluations");
  const known = existsSync(folder) ? readdirSync(folder).join(", ") : "none";
  throw new RangeError(`evaluate: expected an evaluation of the name ${name} in ${shown(folder)}, found ${known}.`);
}

/** Write what an evaluation scores, unless it is there. @throws RangeError if another evaluation has the name. */
export async function beginEvaluation(root: string, {name, ...definition}: EvaluationPlan): Promise<void> {
  const folder = evaluationFolder(root, name);
  const file = path.join(folder, "evaluation.json");
  const text = `${JSON.stringify(definition, null, 1)}\n`;
  if (!existsSync(file)) return writeWhole(file, text);
  const {name: _, ...before} = readEvaluation(root, name);
  const [change] = differences(before, parseJson(text), "");
  if (!change) return;
  throw new RangeError(
    `evaluate: expected the evaluation ${name} as it was begun, found ${inWords([change])[0]} instead of ${change.preset}; ` +
      `give it another name, or remove ${shown(folder)}.`,
  );
}
