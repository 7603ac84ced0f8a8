/** Scores of the trained models of every system, from the tables that were written with their Figures 3 and 5. */
import {existsSync} from "node:fs";
import path from "node:path";
import {checkOptions, committedFigures, defaultRun} from "@lola-ts/core";
import {readCsv, readPaperScores} from "lola/evaluate";
import {
  lines,
  type Curve,
  type ErrorCurve,
  type Figure,
  type ReconstructionRow,
  type SystemRollouts,
} from "@lola-ts/figures";
import {systemNames, systemOf, type RegisteredSystem} from "@lola-ts/simulators";
import type {Lab} from "@lola-ts/laboratory";
import {labRule, shippedLab, type Evaluation} from "@lola-ts/laboratory/stages";
import {printedTable} from "./tables/paper-table";
import {onOtherTrajectories} from "./studies/other-trajectories";
import {viewRollouts} from "./views/rollout-view";

/** Scores of one system for Figures 3 and 8. */
export interface SystemScores {
  readonly title: string;
  readonly reconstructions: readonly ReconstructionRow[];
  readonly curves: readonly Curve[];
  /** Preset, seed and sizes of its models. Default: not known. */
  readonly caption?: string;
}

/**
 * Find the folder of a system's tables and figures: the laboratory's folder for its own system, the committed folder for others.
 */
function folderOf(lab: Lab, {name}: RegisteredSystem): string {
  return name === lab.system.name ? lab.folder : committedFigures(name);
}

/**
 * Read the scores of every system that has some: of the laboratory's own from its folder, of the others from figures/, which
 * holds those of their trained models.
 *
 * @throws Error naming the file and line of a damaged table.
 * @example
 * const all = everySystem(lab);
 * await lab.show(figure3(all.flatMap(({reconstructions}) => reconstructions)), {name: "figure-03-all"});
 * await lab.show(figure8(all), {name: "figure-08"});
 */
export function everySystem(lab: Lab): SystemScores[] {
  checkOptions("everySystem", labRule, lab, "lab");
  return systemNames.flatMap((name) => {
    const system = systemOf(name);
    const [reconstructions, curves] = ["figure-03.csv", "figure-05.csv"].map((file) =>
      path.join(folderOf(lab, system), file),
    );
    if (!existsSync(reconstructions) || !existsSync(curves)) return [];
    const {caption} = shippedLab(lab, name) ?? (name === lab.system.name ? lab : {caption: undefined});
    return {
      title: system.title,
      reconstructions: reconstructionsIn(reconstructions),
      curves: curvesIn(curves),
      caption,
    };
  });
}

/** Methods of the paper's question, whose errors are drawn over the compression rate. */
const METHODS = ["autoencoder", "neural solver", "diffusion"];

/** Read a method's errors over compression rates in latent space on the first horizon, from the lowest rate. */
function overRates(name: string, rows: readonly RateRow[], muted = false): ErrorCurve[] {
  const sorted = rows.filter(({rate}) => rate > 1).sort((a, b) => a.rate - b.rate);
  if (sorted.length === 0) return [];
  const error = sorted.map((row) => row.error);
  const isKnown = error.every((value) => value !== undefined);
  return [{name, x: sorted.map(({rate}) => rate), y: sorted.map(({value}) => value), ...(isKnown && {error}), muted}];
}

interface RateRow {
  readonly rate: number;
  readonly value: number;
  readonly error?: number;
}

/**
 * Draw the paper's question: the error of autoencoder, neural solver and diffusion over the compression rate, on the first
 * horizon. One panel a system whose models come trained with the project; in grey the numbers that the paper prints.
 *
 * @param own scores of a laboratory's own models, `lab.evaluation()`, drawn beside the trained models of its system. Default: none.
 * @throws Error naming the file and line of a damaged table.
 * @example await lab.show(questionFigure(lab, await lab.evaluation()), {name: "question"});
 */
export function questionFigure(lab: Lab, own?: Pick<Evaluation, "results">): Figure {
  checkOptions("questionFigure", labRule, lab, "lab");
  const printed = readPaperScores(printedTable(6)).filter(({metric}) => metric === "vrmse");
  const panels = systemNames.flatMap((name) => {
    const file = path.join(committedFigures(name), "scorecard.csv");
    if (!existsSync(file)) return [];
    const {short, common} = systemOf(name);
    const scores = readCsv(file).filter(({space}) => space === "latent");
    const [{horizon}] = scores;
    const results = name === lab.system.name && own ? own.results().filter(({metric}) => metric === "vrmse") : [];
    const curves = METHODS.flatMap((method) => [
      ...overRates(
        method,
        scores
          .filter((row) => row.method === method && row.horizon === horizon)
          .map((row) => ({rate: Number(row["÷"]), value: Number(row.VRMSE), error: Number(row["VRMSE ±"])})),
      ),
      ...overRates(
        method,
        printed
          .filter((row) => row.dataset === short && row.method === method && row.horizon === horizon)
          .map(({compression, value}) => ({rate: compression ?? 1, value})),
        true,
      ),
      ...overRates(
        `${method}, yours`,
        results
          .filter((row) => row.method === method && row.horizon === results[0].horizon)
          .map(({compression, value, error}) => ({rate: compression ?? 1, value, error})),
      ),
    ]);
    return [{x: "Compression ÷", y: "VRMSE", title: common, logarithmic: true, logarithmicY: true, curves}];
  });
  const shown =
    `VRMSE on the first horizon against the compression rate, of trained models of each system, preset ${defaultRun().trained}, ` +
    "one seed. Bars: one standard error over test trajectories.";
  const caption = `${shown} Grey: what the paper prints.${own ? ` Yours: ${lab.caption}.` : ""}`;
  const title = own ? undefined : "Compression multiplies the reconstruction's error by more than the forecast's";
  return lines(
    panels.map((panel, i) => (i === 0 ? panel : {...panel, y: ""})),
    {title, caption, height: 280, width: 1000},
  );
}

/**
 * Forecast one test trajectory of every system whose models come trained with the project, by each of its methods. Only this one
 * is simulated, and nothing is trained. A laboratory of own models, as of a smoke run, has its own system alone.
 *
 * @throws LabError `interrupted`.
 * @example await lab.show(figure4All(await everyForecast(lab), {caption: lab.caption}), {name: "figure-04-all"});
 */
export async function everyForecast(lab: Lab): Promise<SystemRollouts[]> {
  checkOptions("everyForecast", labRule, lab, "lab");
  const labs = systemNames.flatMap((name) => {
    const models = shippedLab(lab, name);
    if (models) return [onOtherTrajectories(models, {members: 1})];
    return name === lab.system.name ? [lab] : [];
  });
  await Promise.all(labs.map((one) => one.dataset())); // simulated side by side
  const all: SystemRollouts[] = [];
  for (const one of labs) all.push((await viewRollouts(one)).comparison);
  return all;
}

const reconstructionsIn = (file: string): ReconstructionRow[] =>
  readCsv(file).map(({dataset, compression, horizon, value, error}) => ({
    ...{dataset, compression: Number(compression), horizon, value: Number(value), error: Number(error)},
  }));

/** An empty cell is a number that a forecast does not have. */
const numberIn = (cell: string) => (cell === "" ? NaN : Number(cell));

function curvesIn(file: string): Curve[] {
  const found = new Map<string, Curve & {rows: Curve["rows"][number][]}>();
  for (const {method, compression, ...cells} of readCsv(file)) {
    const key = `${method} ${compression}`;
    const curve = found.get(key) ?? {method, ...(compression && {compression: Number(compression)}), rows: []};
    const numbers = Object.entries(cells).map(([name, cell]) => [name, numberIn(cell)] as const);
    curve.rows.push(Object.fromEntries(numbers) as unknown as Curve["rows"][number]);
    found.set(key, curve);
  }
  return [...found.values()];
}
