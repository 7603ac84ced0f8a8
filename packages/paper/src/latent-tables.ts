/** Tables 15 to 17 of a laboratory: how latents tell the parameters of its system apart. */
import {matrixTable, printedMatrix, type DistanceMatrix} from "./tables/matrix-table";
import {printedTable, type TableContent} from "./tables/paper-table";
import {latentDistances, type ParameterForecasts, tokenDistances} from "./tables/token-distances";
import type {Lab} from "@lola-ts/laboratory";
import type {Recipe} from "@lola-ts/cache";
import {centralTokens, TOKEN_SPLITS} from "./studies/token-map";
import {comparedValues, parameterAt, parameterForecasts} from "./parameter-forecasts";

/** Initial states of Table 15, if there are as many test trajectories; the paper has one. */
const INITIAL_STATES = 8;

/** Lead times of the paper's Table 15. */
const PRINTED_TIMES = [1, 20, 60, 100];

/** Forecasts under each value of a system's first parameter, and the states that Table 15 compares. */
export async function firstParameter(lab: Lab): Promise<ParameterForecasts & {readonly compared: readonly number[]}> {
  const parameter = parameterAt(lab, 0);
  const dataset = await lab.dataset();
  const values = comparedValues(dataset, parameter, printedTable(15));
  const found = await parameterForecasts(lab, {parameter: parameter.name, values, initialStates: INITIAL_STATES});
  const {stride, horizons} = lab.config;
  const last = found.states.shape[3] - 1;
  const ends = horizons.map(([, to]) => Math.floor(to / stride)).filter((state) => state <= last);
  return {...found, compared: [...new Set([1, ...ends])]};
}

/** Tabulate the distances of latents of forecasts that differ in the system's first parameter (Table 15). */
export async function latentDistanceTable(lab: Lab): Promise<TableContent> {
  const {name, symbol = name} = parameterAt(lab, 0);
  const {compared, ...forecasts} = await firstParameter(lab);
  const path = printedTable(15);
  const blocks = compared.map((state, i) => ({
    ours: {...latentDistances(forecasts, state), title: {"lead time": state * lab.config.stride}},
    paper: printedMatrix(path, name, PRINTED_TIMES[i]),
  }));
  return {...matrixTable(blocks, symbol, 2), digits: 2};
}

/** Raise it when the distances of tokens become others. */
const TOKENS_VERSION = 1;

/**
 * Compute (or load) the distances between the distributions of central tokens, at the lowest compression rate, by a parameter.
 *
 * @param parameter its name.
 * @throws RangeError as {@link tokenDistances}, or for a parameter that there is not.
 */
export async function distancesByParameter(lab: Lab, parameter: string): Promise<DistanceMatrix> {
  const {artifacts, config} = lab;
  const latents = await Promise.all(TOKEN_SPLITS.map((split) => lab.latents(config.latentChannels[0], split)));
  const recipe: Recipe = {
    stage: "evaluation",
    name: `${config.system}-${config.preset}-tokens-by-${parameter.toLowerCase()}`,
    version: TOKENS_VERSION,
    config: {parameter},
    inputs: latents.map(({key}) => key),
  };
  return artifacts.obtainJson(recipe, async () => tokenDistances(await centralTokens(lab, {parameter})));
}

/**
 * Tabulate distances between the distributions of central tokens by one of the system's parameters (Tables 16 and 17).
 *
 * @param place of the parameter: 0 for Table 16, 1 for Table 17.
 * @throws RangeError if the system has no such parameter.
 */
export async function latentDistributionTable(lab: Lab, number: number, place: number): Promise<TableContent> {
  const {name, symbol = name} = parameterAt(lab, place);
  const ours = await distancesByParameter(lab, name);
  return matrixTable([{ours, paper: printedMatrix(printedTable(number), name)}], symbol, 3);
}
