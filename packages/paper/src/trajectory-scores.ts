/**
 * Scores of single trajectories in one readable file a system, and the verdicts that they carry: npm run lola -- verdicts
 */
import {readdir} from "node:fs/promises";
import path from "node:path";
import {checkOptions, committedFigures, shown} from "@lola-ts/core";
import {
  readPaperScores,
  readTrajectoryScores,
  toCsv,
  trajectoryRows,
  verdicts,
  type Horizon,
  type Result,
  type TrajectoryScores,
} from "lola/evaluate";
import {parameterBlocks, rivals, untrainedRivals, type Lab} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {systemNames, systemOf} from "@lola-ts/simulators";
import type {Claim} from "./claims/claim";
import {scoreClaims, type ClaimScores} from "./claims/score-claims";
import {printedTable} from "./score-tables";
import {overSeeds, seededMethods} from "./seeds";

/** Name of the file in a folder of figures. */
const FILE = "scores.csv";

/** Scores that claims are decided by: over the horizons and, as a horizon of its own, of the first state that is predicted. */
export async function claimScores(lab: Lab): Promise<TrajectoryScores> {
  const {config, methods} = lab;
  const evaluation = await lab.evaluation({methods: seededMethods(config, methods)});
  const first: Horizon = [config.stride, config.stride];
  const spans = [...config.horizons, first];
  const results = overSeeds({results: (all) => evaluation.results({...all, spans})}, config, {methods});
  return {results, blocks: parameterBlocks(await lab.dataset())};
}

const isFirst = ({horizon}: Result) => new Set(horizon.split(":")).size === 1;

/** Decide the claims about scores: about methods where emulators have several seeds, else about these models. */
export function claimsOf({results, blocks, relative}: TrajectoryScores & Pick<ClaimScores, "relative">): Claim[] {
  const [{dataset}] = results;
  const system = systemNames.map(systemOf).find(({short}) => short === dataset);
  const tables = system?.paper ? [6, system.paper.tables.spectrum, system.paper.tables.distribution] : [];
  const scores: ClaimScores = {
    results: results.filter((result) => !isFirst(result)),
    first: results.filter(isFirst),
    relative,
    paper: tables.flatMap((number) => readPaperScores(printedTable(number))).filter((one) => one.dataset === dataset),
  };
  const about = results.some(({bySeed}) => bySeed) ? "methods" : "models";
  return scoreClaims(scores, {about, blocks});
}

/**
 * Write the scores of each test trajectory to scores.csv in the laboratory's folder: of all methods and seeds, of the rivals at
 * the middle rate, and of those that need no training. The verb `verdicts` reads it.
 *
 * @returns the file.
 */
export async function saveTrajectoryScores(lab: Lab): Promise<string> {
  checkOptions("saveTrajectoryScores", labRule, lab, "lab");
  const {results, blocks} = await claimScores(lab);
  const {config} = lab;
  const beside: Result[] = [];
  for (const methods of [rivals(config), untrainedRivals(config)]) {
    const evaluation = await lab.evaluation({methods, trivial: false});
    beside.push(...evaluation.results().filter(({method}) => method !== "autoencoder"));
  }
  return lab.saveText(toCsv(trajectoryRows([...results, ...beside], blocks)), FILE);
}

/** Pairs of methods that are compared cell by cell, where both were scored. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["diffusion", "neural solver"],
  ["diffusion", "solver dressed with noise"],
  ["diffusion", "solver dressed with residuals"],
  ["diffusion, 64 members", "4 neural solvers"],
  ["diffusion, symmetries", "neural solver, symmetries"],
];

/** Say in lines what a system's file of scores decides. */
export function verdictLines(file: string): string[] {
  const scores = readTrajectoryScores(file);
  const count = scores.results[0].samples.length;
  const claims = claimsOf(scores).filter(({test}) => !test.startsWith("scores relative"));
  const width = (list: readonly string[]) => Math.max(...list.map(({length}) => length));
  const printed = width(claims.map((claim) => claim.printed));
  const main = scores.results.filter((result) => !isFirst(result));
  const pairs = PAIRS.flatMap((methods) => {
    if (!methods.every((method) => main.some((one) => one.method === method))) return [];
    const about = main.some(({method, bySeed}) => method === methods[0] && bySeed) ? "methods" : "models";
    const rows = verdicts(main, {methods, metrics: ["crps", "vrmse"], about, blocks: scores.blocks});
    return [...new Set(rows.map(({metric}) => String(metric)))].map((metric) => {
      const sides = rows.filter((row) => row.metric === metric).map(({verdict}) => String(verdict).split(":")[0]);
      const counts = [...new Set(sides)].map((side) => `${side} in ${sides.filter((one) => one === side).length}`);
      return `  ${metric.padEnd(5)} ${methods.join(" against ")}: ${counts.join(", ")} of ${sides.length}`;
    });
  });
  return [
    `${scores.results[0].dataset}, ${count} test trajectories (${shown(file)})`,
    ...claims.map(({claim, verdict, printed: paper}) => `  ${verdict.padEnd(12)}  ${paper.padEnd(printed)}  ${claim}`),
    ...pairs,
  ];
}

/** Run the verb `verdicts`. @throws Error naming the folder of a system without scores. */
export async function main({system}: {readonly system?: string}): Promise<void> {
  const folders = (system ? [system] : systemNames).map((name) => committedFigures(name));
  const files: string[] = [];
  for (const folder of folders) if ((await readdir(folder)).includes(FILE)) files.push(path.join(folder, FILE));
  if (files.length === 0) throw new Error(`${folders.map(shown).join(", ")}: expected ${FILE}, found none.`);
  process.stdout.write("verdict, the rule on the paper's numbers, claim\n\n");
  process.stdout.write(files.map((file) => `${verdictLines(file).join("\n")}\n`).join("\n"));
}
