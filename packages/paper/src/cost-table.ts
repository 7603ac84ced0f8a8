/** Table 1: what a state costs, and how wrong it is. */
import type {TableRow} from "@lola-ts/core";
import type {TableContent} from "./tables/paper-table";
import {table1} from "lola/evaluate";
import type {Lab} from "@lola-ts/laboratory";
import {pixelDiffusion} from "./studies/variant-studies";
import {printedTable} from "./score-tables";

/** An error over the first horizon with its standard error. */
interface MethodError {
  readonly method: unknown;
  readonly compression: unknown;
  readonly value: number;
  readonly error: number;
}

/**
 * Tabulate times, operations and errors of the first horizon. Of diffusion in pixel space the error is there if it was trained,
 * or came with the project.
 */
export async function costTable(lab: Lab): Promise<TableContent> {
  const horizon = lab.config.horizons[0].join(":");
  const errors = [...(await errorsOfComparison(lab, horizon)), ...(await errorsInPixels(lab, horizon))];
  const name = `VRMSE, ${horizon}`;
  const rows = table1(await lab.timing(), printedTable(1), lab.system.short).map((row): TableRow => {
    const {"paper, ms": paper, note, ...own} = row;
    const found = errors.find(({method, compression}) => method === row.method && compression === row["÷"]);
    const scores = {[name]: found?.value ?? null, [`${name} ±`]: found?.error ?? null};
    return {...own, ...scores, "paper, ms": paper, note};
  });
  return {rows, digits: 1, decimals: {GFLOP: 3, [name]: 3}};
}

async function errorsOfComparison(lab: Lab, horizon: string): Promise<MethodError[]> {
  const results = (await lab.evaluation()).results();
  return results.filter((result) => result.metric === "vrmse" && result.horizon === horizon);
}

async function errorsInPixels(lab: Lab, horizon: string): Promise<MethodError[]> {
  if (!lab.config.pixel) return [];
  const [row] = (await pixelDiffusion(lab, {train: false})).rows();
  if (!row) return [];
  const [value, error] = ["", " ±"].map((suffix) => Number(row[`vrmse@${horizon}${suffix}`]));
  return [{method: "diffusion", compression: 1, value, error}];
}
