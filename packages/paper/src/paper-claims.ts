/** The paper's claims, each with what a laboratory measured, a test and a verdict. */
import {checkOptions, count, optional, section, type RulesOf, type TableRow} from "@lola-ts/core";
import {UNMEASURED, claimsInMarkdown, mantelClaim, type Claim} from "./claims/claim";
import {claimsOf} from "./claims/committed-claims";
import type {FewScores} from "./claims/few-scores";
import {NOT_SCORED} from "./claims/score-claims";
import {claimScores, FEW, fewScores, withFew} from "./trajectory-scores";
import type {Lab} from "@lola-ts/laboratory";
import {labRule, saveText} from "@lola-ts/laboratory/stages";
import {latentDistances} from "./tables/token-distances";
import {distancesByParameter, firstParameter} from "./latent-tables";
import {parameterAt, valuesIn} from "./parameter-forecasts";
import {TOKEN_SPLITS} from "./studies/token-map";

/** Scores that the claims are tested on. */
export interface PaperClaimOptions {
  /** Test trajectories of what is computed for the claims alone: relative to D(E(x)), by context and by parameter. Default: 8. */
  readonly trajectories?: number;
}

const optionRules: RulesOf<PaperClaimOptions> = {trajectories: optional(count)};

/**
 * Test the paper's claims (its abstract and sections 3, 4, 6 and D) on a laboratory's own numbers; whatever they need is
 * trained, rolled out and scored, or loaded. The judge decides each; where the configuration has one seed a verdict is about
 * these models, where it has several about methods. A claim without a test is "not measured", with the reason.
 *
 * @throws RangeError for an option that is unknown or has a wrong value.
 * @example const claims = await paperClaims(lab); claims.map(({claim, verdict}) => `${claim}: ${verdict}`);
 */
export async function paperClaims(lab: Lab, options: PaperClaimOptions = {}): Promise<Claim[]> {
  checkOptions("paperClaims", labRule, lab, "lab");
  checkOptions("paperClaims", section(optionRules), options);
  const {trajectories = FEW} = options;
  const claims = await decideScores(lab, await fewScores(lab, trajectories));
  return [...claims, ...(await latentClaims(withFew(lab, trajectories))), ...UNMEASURED];
}

/**
 * Test the statements that the scores of a laboratory's evaluation decide, and nothing that takes more rollouts.
 *
 * @example const claims = await scoredClaims(lab);
 */
export async function scoredClaims(lab: Lab): Promise<Claim[]> {
  checkOptions("scoredClaims", labRule, lab, "lab");
  const claims = await decideScores(lab);
  return claims.filter(({test}) => test !== NOT_SCORED);
}

async function decideScores(lab: Lab, few: Partial<FewScores> = {}): Promise<Claim[]> {
  return claimsOf({...(await claimScores(lab)), ...few});
}

/** Test if latents of similar parameters are near each other: forecasts of the first parameter, tokens of each one. */
async function latentClaims(lab: Lab): Promise<Claim[]> {
  const wells = await Promise.all(TOKEN_SPLITS.map(async (split) => (await lab.dataset(split)).wells[split]));
  const {compared, ...forecasts} = await firstParameter(lab);
  const last = compared[compared.length - 1];
  const parameter = parameterAt(lab, 0);
  const text = {
    source: "D, Figure 22, Table 15",
    claim: `Forecasts of similar ${parameter.symbol ?? parameter.name} stay close to each other`,
  };
  const claims = [mantelClaim(text, forecasts.values, latentDistances(forecasts, last).distances)];
  for (const {name, symbol = name} of lab.system.scalars) {
    if (valuesIn(wells, name).length < 4) continue;
    const {values, distances} = await distancesByParameter(lab, name);
    const tokens = {
      source: "D, Tables 16 and 17",
      claim: `Latents tell ${symbol} apart: distances grow with its difference`,
    };
    claims.push(mantelClaim(tokens, values, distances));
  }
  return claims;
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
  const rows = claims.map(({source, claim, verdict, printed, test}): TableRow => ({
    source,
    claim,
    verdict,
    "on the paper's numbers": printed,
    test,
  }));
  await lab.showTable(rows, `What of the paper's claims holds. ${lab.caption}`, {name: "findings"});
  await saveText(lab, claimsInMarkdown(claims, lab.caption), "findings.md");
}
