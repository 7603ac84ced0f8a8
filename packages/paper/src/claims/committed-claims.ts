/**
 * Claims on trial: what the committed files of a system record of each claim, and what the same rule says of the committed scores
 * today. Nothing here needs a model.
 */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import path from "node:path";
import {committedFigures} from "@lola-ts/core";
import {
  countSides,
  readCsv,
  readPaperScores,
  readTrajectoryScores,
  verdictOf,
  type JudgeOptions,
  type Side,
  type TrajectoryScores,
  type Result,
  type Verdict,
} from "lola/evaluate";
import {systemNames, systemOf, type RegisteredSystem} from "@lola-ts/simulators";
import {printedTable} from "../tables/paper-table";
import {decide, mantelClaim, UNMEASURED, type Claim, type Statement} from "./claim";
import {CATALOGUE, numberOf} from "./catalogue";
import {rivalStatements, RIVALS} from "./rival-claims";
import {fewIn, type FewScores} from "./few-scores";
import {scoreClaims, scoreStatements, type ClaimScores} from "./score-claims";

export type Finding = Pick<Claim, "source" | "claim" | "verdict" | "printed" | "test">;

export interface Trial {
  readonly number: number;
  readonly system: string;
  /** Verdict in the committed files. */
  readonly recorded: Finding;
  /** Verdict of the rule on the committed scores. */
  readonly again: Finding;
  /** The committed files that both are read from. */
  readonly files: readonly string[];
}

/** Whether a score is of the first predicted state alone. */
export const isFirst = ({horizon}: Pick<Result, "horizon">) => new Set(horizon.split(":")).size === 1;

/** Find the system whose scores have this name of a dataset. */
export const systemWith = (dataset: string): RegisteredSystem =>
  systemNames.map(systemOf).find(({short}) => short === dataset)!;

/** Tables of the paper whose numbers are put to the same rule. */
export function printedTables(dataset: string): string[] {
  const {paper} = systemWith(dataset);
  return paper ? [6, paper.tables.spectrum, paper.tables.distribution].map(printedTable) : [];
}

type Scored = TrajectoryScores & Partial<FewScores>;

/** Sort scores by what claims ask of them, beside the paper's numbers of the same system. */
function claimScoresOf({results, ...few}: Scored): ClaimScores {
  const [{dataset}] = results;
  return {
    ...fewIn(results),
    ...few,
    results: results.filter((result) => !isFirst(result)),
    first: results.filter(isFirst),
    paper: printedTables(dataset)
      .flatMap(readPaperScores)
      .filter((one) => one.dataset === dataset),
  };
}

/** About methods where emulators have several seeds, else about these models. */
export const optionsOf = ({results, blocks}: TrajectoryScores): JudgeOptions => ({
  about: results.some(({bySeed}) => bySeed) ? "methods" : "models",
  blocks,
});

/** Decide the claims about scores, or those that are wanted. */
export const claimsOf = (scores: Scored, isWanted?: (claim: string) => boolean): Claim[] =>
  scoreClaims(claimScoresOf(scores), optionsOf(scores), isWanted);

export const statementsOf = (scores: TrajectoryScores): Statement[] => [
  ...scoreStatements(claimScoresOf(scores)),
  ...rivalStatements(scores.results),
];

/** Read what a system's committed files say of each claim: the paper's, as notebook 13 records them, and ours, by cells of notebook 12. */
export function recordedFindings(system: string): Finding[] {
  const folder = committedFigures(system);
  const findings = readCsv(path.join(folder, "findings.csv")).map((row): Finding => ({
    ...{source: row.source, claim: row.claim, verdict: row.verdict as Verdict},
    ...{printed: row["on the paper's numbers"], test: row.test},
  }));
  const TITLES = {crpsClimate: "CRPS / climate", vrmse: "VRMSE"};
  const ours = RIVALS.map(({claim, file, metric}): Finding => {
    const cells = readCsv(path.join(folder, `${file}.csv`)).flatMap((row) =>
      row.metric === TITLES[metric] ? [{side: row.verdict.split(":")[0] as Side}] : [],
    );
    return {source: "ours", claim, verdict: verdictOf(cells), printed: "–", test: countSides(cells)};
  });
  return [...findings, ...ours];
}

/**
 * Read the trials of a system.
 *
 * @param number of one claim. Default: all.
 * @throws Error naming a claim that is decided, but not recorded, or recorded, but not decided.
 */
export function trialsOf(system: string, number?: number): Trial[] {
  const isWanted = (claim: string) => number === undefined || numberOf(claim) === number;
  const folder = committedFigures(system);
  const [findings, scoresFile] = ["findings.csv", "scores.csv"].map((name) => path.join(folder, name));
  const all = recordedFindings(system).filter(({claim}) => isWanted(claim));
  const isRival = ({claim}: Finding) => RIVALS.some((one) => one.claim === claim);
  const recorded = all.filter((one) => !isRival(one));
  const scores = readTrajectoryScores(scoresFile);
  const scored = claimsOf(scores, isWanted);
  const missing = scored.find(({claim}) => !recorded.some((one) => one.claim === claim));
  if (missing) throw new Error(`${findings}: expected a verdict on "${missing.claim}", found none.`);
  const printed = printedTables(scores.results[0].dataset);
  const trials = recorded.map((one): Trial => {
    const own = scored.find(({claim}) => claim === one.claim);
    const distances = distancesOf(system, one);
    const table = distances && path.join(folder, distances.file);
    const again =
      own ?? (distances ? againFrom(table!, one, distances.symbol) : UNMEASURED.find(({claim}) => claim === one.claim));
    if (!again) throw new Error(`${scoresFile}: expected scores that decide "${one.claim}", found none.`);
    const isPrinted = one.printed !== "–";
    const files = [findings, ...(own ? [scoresFile] : []), ...(table ? [table] : []), ...(isPrinted ? printed : [])];
    return {number: numberOf(one.claim), system, recorded: one, again, files};
  });
  return [...trials, ...rivalTrials(system, scores, all.filter(isRival))];
}

/** A verdict in words: the paper's models are hundreds of times larger, so all are about "here". */
export type Word = "holds here" | "fails our rule here" | "undecided" | "out of range" | "not measured";

/** Say what a verdict of the judge means for the claim as it was made. */
export function wordFor(system: string, {claim, verdict}: Pick<Finding, "claim" | "verdict">): Word {
  if (verdict !== "not measured" && outOfRange(system, claim)) return "out of range";
  if (verdict === "holds") return "holds here";
  return verdict === "fails" ? "fails our rule here" : verdict;
}

/** Share of a forecast's squared error from which on compression alone counts as what limits it. */
const BOTTLENECK = 0.5;

/**
 * Say why a claim is about a regime that a system's models do not reach: where the claim needs forecasts with an error of their own,
 * and compression alone makes most of it at the highest rate on the first horizon. Undefined if they reach it.
 */
export function outOfRange(system: string, claim: string): string | undefined {
  if (!CATALOGUE[numberOf(claim) - 1].needsEmulatorError) return undefined;
  const rows = readCsv(path.join(committedFigures(system), "compression-floor.csv"));
  const highest = Math.max(...rows.map((row) => Number(row["÷"])));
  const [first] = rows.filter((row) => Number(row["÷"]) === highest);
  const share = Number(first["floor / diffusion, squared"]);
  if (share < BOTTLENECK) return undefined;
  return `at ÷${highest} compression alone makes ${Math.round(100 * share)} % of diffusion's squared error on the first horizon`;
}

/** Say whether a claim is the paper's or ours. */
export const isOurs = ({source}: Pick<Finding, "source">): boolean => source === "ours";

/** Write the word of a trial, and whether the paper's own numbers fail the same rule. */
export function saidOf({system, recorded}: Pick<Trial, "system" | "recorded">): string {
  const word = wordFor(system, recorded);
  return word.startsWith("fails") && recorded.printed.startsWith("fails")
    ? `${word}, and the paper's numbers fail it`
    : word;
}

/** Write the place of a claim in the paper: "4, Table 6" is section 4, Table 6. */
export function placeOf({source}: Pick<Finding, "source">): string {
  const parts = source
    .split(", ")
    .map((part) => part.replace(/^\d[\d.]*$/, "section $&").replace(/^[A-D]$/, "appendix $&"));
  return parts.join(", ");
}

export const digestOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Compare what is recorded with what the rule says today; a record that counts cells alone is compared by its counts. */
export const agrees = ({recorded, again}: Trial): boolean =>
  again.verdict === recorded.verdict && again.printed === recorded.printed && again.test.includes(recorded.test);

/** Read the trials of statements about rivals, whose cells notebook 12 records. */
function rivalTrials(system: string, scores: TrajectoryScores, all: readonly Finding[]): Trial[] {
  const statements = rivalStatements(scores.results);
  return all.map((recorded): Trial => {
    const place = RIVALS.findIndex(({claim}) => claim === recorded.claim);
    const files = [`${RIVALS[place].file}.csv`, "scores.csv"].map((name) => path.join(committedFigures(system), name));
    const again = decide(statements[place], optionsOf(scores));
    return {number: numberOf(recorded.claim), system, recorded, again, files};
  });
}

/** Find the table of distances that a claim about a parameter rests on, and the parameter's symbol. */
function distancesOf(system: string, {claim}: Finding): {readonly file: string; readonly symbol: string} | undefined {
  const {begins, distances = []} = CATALOGUE[numberOf(claim) - 1];
  const symbols = systemOf(system).scalars.map(({name, symbol = name}) => symbol);
  const place = symbols.findIndex((symbol) => claim.startsWith(`${begins} ${symbol} `));
  return place in distances ? {file: distances[place], symbol: symbols[place]} : undefined;
}

/** Repeat the test of Mantel on a committed table of distances: at its last lead time, if it has several. */
function againFrom(file: string, {source, claim}: Finding, symbol: string): Finding {
  const rows = readCsv(file);
  const last = rows[rows.length - 1]["lead time"];
  const own = rows.filter((row) => row["lead time"] === last && row[symbol] in row); // others are the paper's alone
  const names = own.map((row) => row[symbol]);
  const distances = own.map((row) => names.map((name) => Number(row[name])));
  return mantelClaim({source, claim}, names.map(Number), distances);
}
