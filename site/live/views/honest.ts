/** Whether an ensemble is honest: how the truth ranks among its members, and what a distribution gains over one answer. */
import type {SystemFacts} from "../engine/facts";
import type {Scores} from "../engine/images";
import {barList, endOf} from "../page/bars";
import {h} from "../page/dom";
import {compared, leadInWords, quantityOf} from "./pictures";

const percent = (part: number) => `${Math.round(100 * part)} %`;

function ranksInWords(shares: readonly number[], lead: string): string {
  const [outside, expected] = [shares[0] + shares.at(-1)!, 2 / shares.length];
  const verdict =
    outside > 1.1 * expected
      ? "the members agree more than they are right"
      : outside < 0.9 * expected
        ? "the members disagree more than they err"
        : "that is honest";
  return (
    `Up to ${lead} the simulation lies outside of all ${shares.length - 1} members at ${percent(outside)} of the points. ` +
    `An honest ensemble leaves it outside at ${percent(expected)}: ${verdict}.`
  );
}

function gainInWords(ensemble: number, mean: number, solver: number): string {
  const words = `The ensemble's CRPS is ${compared(ensemble, solver)} the solver's, and ${compared(ensemble, mean)} its mean's: `;
  return ensemble < Math.min(mean, solver)
    ? `${words}members that differ where they err pay off.`
    : `${words}members that agree on what is wrong gain nothing.`;
}

export function honestPart(facts: SystemFacts) {
  const lead = leadInWords(facts);
  const part = (title: string) => {
    const [bars, words] = [h("div", {}), h("p", {class: "note"})];
    return {bars, words, element: h("figure", {class: "plot"}, h("figcaption", {}, title), bars, words)};
  };
  const ranks = part("Rank of the simulation among the members");
  const scores = part(`CRPS at this time: ${quantityOf(facts)}`);
  const draw = ({crps, ranks: counts}: Pick<Scores, "crps" | "ranks">, at: number): void => {
    const last = Math.min(at, counts.length - 1);
    const sums = counts[0].map((_, rank) => counts.slice(1, last + 1).reduce((sum, count) => sum + count[rank], 0));
    const total = sums.reduce((a, b) => a + b);
    const shares = sums.map((count) => (total > 0 ? count / total : 0));
    const members = shares.length - 1;
    const nameOf = (rank: number) => (rank === 0 ? "below all" : `above ${rank === members ? "all" : rank}`);
    const bars = shares.map((value, rank) => ({name: nameOf(rank), kind: "diffusion", value}));
    const even = 1 / shares.length;
    ranks.bars.replaceChildren(barList(bars, Math.max(2 * even, endOf(bars)), even));
    ranks.words.textContent =
      total > 0
        ? ranksInWords(shares, lead(last))
        : "At the start all members are alike. Move forward in time to fill the histogram.";
    const [ensemble, mean, solver] = [crps.diffusion[last], crps.mean[last], crps.solver[last]];
    const compete = [
      {name: "ensemble", kind: "diffusion", value: ensemble},
      {name: "its mean", kind: "ideal", value: mean},
      {name: "neural solver", kind: "solver", value: solver},
    ];
    scores.bars.replaceChildren(barList(compete, endOf(compete)));
    scores.words.textContent = last > 0 ? gainInWords(ensemble, mean, solver) : "";
  };
  return {elements: [ranks.element, scores.element], draw};
}
