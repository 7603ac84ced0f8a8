/** The paper's claims, each with what a laboratory measured, a test and a verdict. */
import {checkOptions, count, optional, section, type RulesOf, type TableRow} from "@lola-ts/core";
import {cellOf, type ClaimCell} from "./claims/claim-cells";
import {decided, notMeasured, type Claim} from "./claims/claim";
import {claimsInMarkdown} from "./claims/claims-in-markdown";
import {scoreClaims} from "./claims/score-claims";
import {UNMEASURED} from "./claims/unmeasured";
import {pooledOverRates, type ContextResults} from "./tables/context-table";
import {mantelTest, formatProbability, readPaperScores, type Horizon} from "lola/evaluate";
import type {Lab} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {latentDistances} from "./tables/latent-distances";
import {distancesByParameter, firstParameter} from "./latent-tables";
import {parameterAt, valuesIn} from "./parameter-forecasts";
import {comparedContexts, contextResults, printedTable} from "./score-tables";
import {overSeeds, seededMethods} from "./seeds";

/** What the claims are tested on. */
export interface PaperClaimOptions {
  /** Trainings of each emulator, from consecutive seeds. Default: 1. */
  readonly seeds?: number;
  /** Test trajectories of what is scored for the claims alone: relative to D(E(x)), and by context. Default: 8. */
  readonly trajectories?: number;
}

const optionRules: RulesOf<PaperClaimOptions> = {seeds: optional(count), trajectories: optional(count)};

/**
 * Test the paper's claims (its abstract and sections 3, 4, 6 and D) on a laboratory's own numbers; whatever they need is
 * trained, rolled out and scored, or loaded. Tests are paired over trajectories (and seeds, where there are several) and
 * corrected for their number by Holm's method; a claim without a test is "not measured", with the reason.
 *
 * @throws RangeError for an option that is unknown or has a wrong value.
 * @example const claims = await paperClaims(lab); claims.map(({claim, verdict}) => `${claim}: ${verdict}`);
 */
export async function paperClaims(lab: Lab, options: PaperClaimOptions = {}): Promise<Claim[]> {
  checkOptions("paperClaims", labRule, lab, "lab");
  checkOptions("paperClaims", section(optionRules), options);
  const {seeds = 1, trajectories = 8} = options;
  const {config, methods, system} = lab;
  const few = lab.with({rollout: {trajectories: Math.min(trajectories, config.rollout.trajectories)}});
  const evaluation = await lab.evaluation({methods: seededMethods(config, methods, seeds)});
  const firstSpan: Horizon[] = [[config.stride, config.stride]];
  const relative = await few.with({metrics: {reference: "autoencoded"}}).evaluation();
  const same = evaluation.of((await few.dataset()).testTrajectories);
  const printed = system.paper ? [6, system.paper.tables.distribution] : [];
  const claims = scoreClaims({
    results: overSeeds(evaluation, config, {methods, seeds}),
    first: overSeeds({results: (all) => evaluation.results({...all, spans: firstSpan})}, config, {methods, seeds}),
    relative: {results: relative.results(), absolute: same.results()},
    paper: printed
      .flatMap((number) => readPaperScores(printedTable(number)))
      .filter((one) => one.dataset === system.short),
  });
  return [...claims, await contextClaim(few), ...(await latentClaims(lab)), ...UNMEASURED];
}

/** Change of an error that still counts as none. */
const SAME = 0.1;

/** Test if the number of context states makes no difference: two one-sided tests against a change of 10 % either way. */
async function contextClaim(lab: Lab): Promise<Claim> {
  const text = {
    source: "4, Table 7",
    claim: `The number of context states has no effect on the error (within ${100 * SAME} %)`,
  };
  const all = await contextResults(lab, comparedContexts(lab));
  return decided(text, "two one-sided tests of VRMSE against that of one context state", contextCells(all));
}

/** Compare each number of context states with the first, pooled over compression rates. */
export function contextCells(all: readonly ContextResults[]): ClaimCell[] {
  const [first, ...others] = all.map((one) => ({context: one.context, scores: pooledOverRates(one)}));
  return others.flatMap(({context, scores}) =>
    scores.flatMap(({method, horizon, samples}) => {
      const base = first.scores.find((one) => one.method === method && one.horizon === horizon);
      if (!base || base.samples.length !== samples.length) return [];
      const label = `${method} c = ${context}, ${horizon}`;
      const cell = (words: string, side: (own: number, one: number) => number) =>
        cellOf(`${label}, ${words}`, [samples.map((value, i) => side(value, base.samples[i]))]);
      return [
        cell("not above", (own, one) => own - (1 + SAME) * one),
        cell("not below", (own, one) => (1 - SAME) * one - own),
      ];
    }),
  );
}

/** Test if latents of similar parameters are near each other: forecasts of the first parameter, tokens of each one. */
async function latentClaims(lab: Lab): Promise<Claim[]> {
  const dataset = await lab.dataset();
  const {compared, ...forecasts} = await firstParameter(lab);
  const last = compared[compared.length - 1];
  const parameter = parameterAt(lab, 0);
  const text = {
    source: "D, Figure 22, Table 15",
    claim: `Forecasts of similar ${parameter.symbol ?? parameter.name} stay close to each other`,
  };
  const claims = [mantelClaim(text, forecasts.values, latentDistances(forecasts, last).distances)];
  for (const {name, symbol = name} of lab.system.scalars) {
    if (valuesIn(dataset, name, ["valid", "test"]).length < 3) continue;
    const {values, distances} = await distancesByParameter(lab, name);
    const tokens = {
      source: "D, Tables 16 and 17",
      claim: `Latents tell ${symbol} apart: distances grow with its difference`,
    };
    claims.push(mantelClaim(tokens, values, distances));
  }
  return claims;
}

/** Decide by the test of Mantel if distances grow with those of a parameter; positive ones are compared by logarithm. */
export function mantelClaim(
  text: {readonly source: string; readonly claim: string},
  values: readonly number[],
  distances: readonly (readonly number[])[],
): Claim {
  if (values.length < 3) return notMeasured(text, `three values of the parameter are needed, found ${values.length}`);
  const positions = values.every((value) => value > 0) ? values.map(Math.log) : [...values];
  const {correlation, p} = mantelTest(distances, positions);
  const verdict = p < 0.05 ? "holds" : correlation < 0 ? "does not at this size" : "undecided";
  return {
    ...text,
    verdict,
    statistic: `rank correlation ${correlation.toFixed(2)} over ${(values.length * (values.length - 1)) / 2} pairs`,
    test: `test of Mantel, permutations of ${values.length} values: p ${formatProbability(p)}`,
    cells: [],
  };
}

/**
 * Test the paper's claims as {@link paperClaims} does, show them as a table, and write findings.md and the table's files to
 * the laboratory's folder.
 *
 * @throws RangeError as {@link paperClaims}.
 * @example await showPaperClaims(lab);
 */
export async function showPaperClaims(lab: Lab, options: PaperClaimOptions = {}): Promise<void> {
  const claims = await paperClaims(lab, options);
  const rows = claims.map(({source, claim, verdict, test}): TableRow => ({source, claim, verdict, test}));
  await lab.showTable(rows, `What of the paper's claims holds. ${lab.caption}`, {name: "findings"});
  await lab.saveText(claimsInMarkdown(claims, lab.caption), "findings.md");
}
