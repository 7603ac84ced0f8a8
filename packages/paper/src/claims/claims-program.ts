/** Claims on trial, from committed scores alone: npm run lola -- claims, and npm run lola -- claim 7 */
import path from "node:path";
import {LabError, shown} from "@lola-ts/core";
import {readTrajectoryScores} from "lola/evaluate";
import {systemNames} from "@lola-ts/simulators";
import {adversary} from "./adversary";
import {CATALOGUE} from "./catalogue";
import {agrees, digestOf, placeOf, saidOf, trialsOf, type Trial} from "./committed-claims";

interface Options {
  /** Number of one claim. Default: all are listed. */
  readonly words?: readonly number[];
  readonly system?: string;
}

/** Run the verbs. @returns 1 if a committed result is not what the committed scores give. */
export async function main({words, system}: Options): Promise<number> {
  const systems = system ? [system] : systemNames;
  const number = words?.[0];
  if (number !== undefined && !CATALOGUE[number - 1]) {
    throw new LabError("usage", `claim: expected a number from 1 to ${CATALOGUE.length}, found ${number}.`);
  }
  const trials = systems.flatMap((name) => trialsOf(name, number));
  process.stdout.write(number === undefined ? listOf(trials, systems) : reportOf(trials, number));
  return trials.every(agrees) ? 0 : 1;
}

const titleOf = (number: number, trials: readonly Trial[]) =>
  CATALOGUE[number - 1].title ?? trials.find((one) => one.number === number)!.recorded.claim;

const lineOf = (trial: Trial) => `${saidOf(trial)}${agrees(trial) ? "" : ", differs"}`;

/** List the claims with their verdicts on each system. */
function listOf(trials: readonly Trial[], systems: readonly string[]): string {
  const width = Math.max(...trials.map((trial) => lineOf(trial).length)) + 2;
  const columns = (cells: readonly string[]) => `    ${cells.map((cell) => cell.padEnd(width)).join("")}`.trimEnd();
  const numbers = [...new Set(trials.map(({number}) => number))].sort((a, b) => a - b);
  const lines = numbers.flatMap((number) => {
    const cells = systems.map((system) =>
      trials.flatMap((one) => (one.number === number && one.system === system ? [lineOf(one)] : [])).join("; "),
    );
    return [`${`${number}`.padStart(2)}  ${titleOf(number, trials)}`, columns(cells.map((cell) => cell || "–"))];
  });
  return [columns(systems), "", ...lines, ""].join("\n");
}

/** Say everything about one claim. */
function reportOf(trials: readonly Trial[], number: number): string {
  const {sentence, since, limitation, begins} = CATALOGUE[number - 1];
  const lines = trials.flatMap((trial) => {
    const {system, recorded, again, files} = trial;
    const scores = files.find((file) => path.basename(file) === "scores.csv");
    const flips = scores ? adversary(readTrajectoryScores(scores))(begins, again.verdict) : [];
    return [
      "",
      `${system}: ${lineOf(trial)}`,
      `  recorded    ${recorded.test}`,
      `  again       ${agrees(trial) ? "the same" : `${again.verdict}; ${again.test}`}`,
      `  paper       ${recorded.printed === "–" ? "prints no numbers" : `the rule ${recorded.printed} on its numbers`}`,
      ...flips.map(
        ({kind, flip}) => `  ${kind.padEnd(12)}${flip ? `${flip.change}: ${flip.verdict}` : "turns nothing"}`,
      ),
      ...files.map((file) => `  ${digestOf(file)}  ${shown(file)}`),
    ];
  });
  return [
    `${number}. ${titleOf(number, trials)}`,
    sentence ? `"${sentence}" (${placeOf(trials[0].recorded)})` : "A statement of ours.",
    `The pass condition was set on ${since}.${limitation ? ` ${limitation}` : ""}`,
    ...lines,
    "",
    trials.every(agrees) ? "The recorded results are what the committed scores give." : "A recorded result differs.",
    "",
  ].join("\n");
}
