/** Scores of the trained models of every system, from the tables that were written with their Figures 3 and 5. */
import {existsSync} from "node:fs";
import path from "node:path";
import {checkOptions, committedFigures} from "@lola-ts/core";
import {readCsv} from "lola/evaluate";
import type {Curve, ReconstructionRow, SystemRollouts} from "@lola-ts/figures";
import {systemNames, systemOf, type RegisteredSystem} from "@lola-ts/simulators";
import type {Lab} from "@lola-ts/laboratory";
import {labRule, shippedLab} from "@lola-ts/laboratory/stages";
import {onOtherTrajectories} from "./studies/other-trajectories";
import {viewRollouts} from "./views/rollout-view";

/** What Figures 3 and 8 show of one system. */
export interface SystemScores {
  readonly title: string;
  readonly reconstructions: readonly ReconstructionRow[];
  readonly curves: readonly Curve[];
}

/**
 * Find the folder of a system's tables and figures: the laboratory's folder for its own system, the committed folder for others.
 */
export function folderOf(lab: Lab, {name}: RegisteredSystem): string {
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
    return {title: system.title, reconstructions: reconstructionsIn(reconstructions), curves: curvesIn(curves)};
  });
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
