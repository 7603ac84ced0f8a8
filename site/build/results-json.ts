/** The committed results for programs: one file of JSON beside the site's pages. */
import path from "node:path";
import {committedFigures, shown} from "@lola-ts/core";
import {readCsv} from "lola/evaluate";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {CATALOGUE} from "../../packages/paper/src/claims/catalogue";
import {
  agrees,
  digestOf,
  placeOf,
  trialsOf,
  wordFor,
  type Trial,
} from "../../packages/paper/src/claims/committed-claims";

/** Verdict on a claim in one system. */
const resultOf = (trial: Trial) => ({
  ...{system: trial.system, claim: trial.recorded.claim, word: wordFor(trial.system, trial.recorded)},
  ...{verdict: trial.recorded.verdict, test: trial.recorded.test, onThePapersNumbers: trial.recorded.printed},
  computedAgain: agrees(trial) ? "the same" : "differs",
  evidence: trial.files.map((file) => ({file: shown(file), sha256: digestOf(file)})),
});

const asNumber = (text: string) => (text === "" || Number.isNaN(Number(text)) ? text : Number(text));

/** Write all claims with their verdicts, and the scorecard of each system. */
export function resultsJson(): string {
  const trials = systemNames.flatMap((system) => trialsOf(system));
  const claims = CATALOGUE.map(({title, sentence, since, limitation}, i) => {
    const own = trials.filter(({number}) => number === i + 1);
    const [{recorded}] = own;
    return {
      ...{number: i + 1, claim: title ?? recorded.claim, sentence, place: sentence && placeOf(recorded)},
      ...{conditionSet: since, limitation, command: `npm run lola -- claim ${i + 1}`, results: own.map(resultOf)},
    };
  });
  const systems = systemNames.map((name) => {
    const file = path.join(committedFigures(name), "scorecard.csv");
    const scores = readCsv(file).map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, text]) => [column, asNumber(text)])),
    );
    return {name, title: systemOf(name).title, file: shown(file), scores};
  });
  return `${JSON.stringify({claims, systems}, undefined, 1)}\n`;
}
