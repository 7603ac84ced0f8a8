/** Figures of all systems, from committed scores: rivals against diffusion, and claims by system. */
import path from "node:path";
import {committedFigures} from "@lola-ts/core";
import {effectOf, judge, readCsv, readTrajectoryScores, type Result} from "lola/evaluate";
import {dotPlot, verdictMatrix, type Dot, type Figure} from "@lola-ts/figures";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {CATALOGUE, numberOf} from "./claims/catalogue";
import {isOurs, recordedFindings, wordFor} from "./claims/committed-claims";

/** The method that rivals are compared with, and those that are drawn: ensembles, then single answers. */
const DIFFUSION = "diffusion, seed 0";
const ENSEMBLES = [
  ...["diffusion, symmetries", "4 neural solvers", "neural solver, symmetries", "solver made stochastic"],
  ...["solver dressed with residuals", "solver dressed with noise", "perturbed solver", "one call of the denoiser"],
];
const RIVALS = [...ENSEMBLES, "diffusion, mean of latents", "solver, trained on", "neural solver, seed 0"];

/** Changes of the CRPS against diffusion on the first horizon at the middle rate, with 95 % intervals, in percent. */
function changesOf(system: string): Dot[] {
  const {results, blocks} = readTrajectoryScores(path.join(committedFigures(system), "scores.csv"));
  const own = results.find(({method, metric}) => method === DIFFUSION && metric === "crpsClimate")!;
  const scoreOf = (method: string) => results.find((row) => row.method === method && isOf(row, own))!;
  const comparisons = RIVALS.map((label) => ({label, above: [scoreOf(label)], below: [own]}));
  const all = judge(comparisons, {about: "models", blocks});
  const percent = (y: number) => 100 * Math.expm1(y);
  const costs = ["rivals.csv", "untrained.csv"].flatMap((file) => readCsv(path.join(committedFigures(system), file)));
  const callsOf = (label: string) => costs.find(({method}) => method === label)!.calls;
  return all.cells.map(({label, value, side}, i): Dot => {
    const {interval} = effectOf([comparisons[i]], {about: "models", blocks})!;
    return {
      name: `${label.replace(", seed 0", "")} (${callsOf(label)})`,
      ...{value: percent(value), interval: interval.map((end) => 100 * end) as [number, number]},
      isDecided: side === "better" || side === "worse",
      method: /solver/.test(label) ? "neural solver" : "diffusion",
    };
  });
}

const isOf = (row: Result, {metric, horizon, compression}: Result) =>
  row.metric === metric && row.horizon === horizon && row.compression === compression;

/**
 * Draw how far rivals are from diffusion by CRPS in every system, from the lowest mean change to the highest.
 *
 * @throws Error naming a damaged file of committed scores.
 * @example await lab.show(rivalsFigure(), {name: "rivals"});
 */
export function rivalsFigure(): Figure {
  const panels = systemNames.map((name) => ({title: systemOf(name).common, dots: changesOf(name)}));
  const meanOf = (i: number) => panels.reduce((sum, {dots}) => sum + dots[i].value, 0);
  const order = RIVALS.map((_, i) => i).sort((a, b) => meanOf(a) - meanOf(b));
  return dotPlot(
    panels.map(({title, dots}) => ({title, dots: order.map((i) => dots[i])})),
    "Change of CRPS (%)",
    {
      title: "By CRPS ensembles beat single answers, and diffusion is not always the best ensemble",
      caption:
        "Dots left of the line have a lower CRPS than diffusion with 16 members, on the first horizon at the middle rate. " +
        "In brackets: network calls for four states; diffusion takes 256. CRPS is divided by the climate's standard deviation. " +
        "Bars: 95 % intervals over 40 test trajectories, of one seed. Filled: decided, after Holm's correction over all rivals. " +
        "Green: made of diffusion. Orange: made of solvers. Preset mini.",
    },
  );
}

/**
 * Draw the verdicts of all claims that the committed scores decide for some system, in every system: the paper's, then ours, each
 * from the claim that holds most to the one that fails most.
 *
 * @throws Error naming a damaged file of committed verdicts.
 * @example await lab.show(claimsFigure(), {name: "claims"});
 */
export function claimsFigure(): Figure {
  const columns = systemNames.map((system) =>
    recordedFindings(system).map((one) => ({...one, word: wordFor(system, one).replace(/ (our rule )?here$/, "")})),
  );
  const numbers = [...new Set(columns.flat().map(({claim}) => numberOf(claim)))].sort((a, b) => a - b);
  const rows = numbers.map((number) => {
    const found = columns.map((all) => all.find(({claim}) => numberOf(claim) === number));
    const words = found.map((one) => (!one || one.word === "not measured" ? "–" : one.word));
    const ours = found.some((one) => one !== undefined && isOurs(one));
    const count = (word: string) => words.filter((one) => one === word).length;
    const title = CATALOGUE[number - 1].title ?? found.find(Boolean)!.claim;
    const name = `${title.split(/[:(]/)[0].trim()}${ours ? " (ours)" : ""}`;
    return {name, words, ours, score: count("holds") - count("fails"), count};
  });
  const measured = rows.filter(({words}) => words.some((word) => word !== "–"));
  const sorted = measured.sort((a, b) => Number(a.ours) - Number(b.ours) || b.score - a.score);
  const papers = sorted.filter(({ours}) => !ours);
  const every = (verb: string) => {
    const found = papers.filter(({count}) => count(`${verb}s`) === columns.length).length;
    return `${found} ${verb}${found === 1 ? "s" : ""}`;
  };
  const common = systemNames.map((name) => systemOf(name).common);
  return verdictMatrix(sorted, common, {
    title: `Of ${papers.length} claims of the paper, ${every("fail")} our rule in every system here, and ${every("hold")} in every one`,
    caption:
      `The judge's verdict on each claim in each system, for trained models of the preset mini. Fails: a cell is significantly ` +
      `worse. Out of range: compression alone makes most of the forecast's error. A dash: not measured. ` +
      `${rows.length - measured.length} claims are measured in no system. The paper's models are hundreds of times larger.`,
  });
}
