/** Scores that scoringrules and xskillscore gave, recorded by scores.py. */
import {readFileSync} from "node:fs";
import path from "node:path";

/** An ensemble with its truth, and its scores if it has more than one member. */
export interface RecordedScores {
  readonly truth: number[];
  readonly members: number[][];
  readonly "crps, fair": number;
  readonly "crps, plain": number;
  readonly "energy, fair": number;
  readonly ranks: number[];
}

const {values} = JSON.parse(readFileSync(path.join(__dirname, "scores.json"), "utf8")) as {values: RecordedScores[]};

/** Ensembles of two members and more. */
export const recorded = values.filter(({members}) => members.length > 1);
