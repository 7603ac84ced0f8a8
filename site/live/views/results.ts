/** The last view: committed scores of all test trajectories, to be chosen and sorted. */
import {metricNames, type CommittedMetric, type CommittedScores, type ScoredMethod} from "../engine/committed";
import {barList, endOf, withError} from "../page/bars";
import {h, select, shortly} from "../page/dom";
import {Plot} from "../page/plot";
import type {State} from "../page/state";
import {rateInWords} from "./pictures";
import {viewOf, type Context} from "./view";

const TITLES: Readonly<Record<CommittedMetric, string>> = {
  VRMSE: "VRMSE of the mean",
  limit: "VRMSE of endless members",
  CRPS: "CRPS over the deviation",
  energy: "Energy score over the deviation",
  ratio: "Spread over error",
};

const titleOf = ({name, compression}: ScoredMethod) =>
  compression === undefined ? name : `${name} ${rateInWords(compression)}`;

/** Class of a method's colour; higher rates are lighter. */
function kindOf({name, compression}: ScoredMethod, {methods}: CommittedScores): string {
  const kind = {autoencoder: "autoencoder", diffusion: "diffusion", "neural solver": "solver"}[name];
  if (!kind) return "ideal";
  const rates = methods.flatMap((method) => (method.name === name ? [method.compression!] : [])).sort((a, b) => a - b);
  return `${kind} rate-${rates.indexOf(compression!)}`;
}

export function resultsView(context: Context) {
  const {scores, store} = context;
  const place = h("div", {});
  const plot = new Plot({title: "By lead time", xTitle: "lead time"});
  const choices = h("div", {});
  /** Methods with a score, from the best: the ratio is best near 1. */
  const sorted = (all: CommittedScores, {metric, horizon}: State) =>
    all.methods
      .map((method, i) => ({method, i, measured: all.bars[metric][i][Math.min(horizon, all.horizons.length - 1)]}))
      .filter(({measured}) => measured !== null)
      .map(({measured, ...rest}) => ({...rest, value: measured![0], error: measured![1]}))
      .sort((a, b) => (metric === "ratio" ? Math.abs(a.value - 1) - Math.abs(b.value - 1) : a.value - b.value));

  const drawChoices = (all: CommittedScores, {scored, metric, horizon}: State) => {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.choice;
    const metrics = metricNames.map((name) => [name, TITLES[name]] as const);
    const systems = scores.map(({system, title}) => [system, title] as const);
    const horizons = all.horizons.map(([from, to], i) => [`${i}`, `lead times ${from} to ${to}`] as const);
    choices.replaceChildren(
      select("Scores of", systems, scored, (system) => store.set({scored: system})),
      select("Metric", metrics, metric, (name) => store.set({metric: name as CommittedMetric})),
      select("Horizon", horizons, `${horizon}`, (i) => store.set({horizon: Number(i)})),
    );
    const controls = [...choices.querySelectorAll("select")];
    controls.forEach((element, i) => (element.dataset.choice = `${i}`));
    if (focused !== undefined) controls[Number(focused)]?.focus();
  };

  let drawn: string | undefined;
  let verdict = "";
  return viewOf(
    context,
    {
      name: "results",
      title: "5. All results",
      lead:
        "Scores of all test trajectories, with standard errors, from the project's tables. Choose, and the bars sort from the " +
        "best. Is the [[VRMSE]] of [the mean](metric=VRMSE), the [[CRPS]] of [the distribution](metric=CRPS) or the [[energy]] score of " +
        "[whole fields](metric=energy) the fair question? Does the order change from [early](horizon=0) to [late](horizon=2) " +
        "[[lead times|lead time]]?",
      seen: "A method is better for a question: a system, a metric, a horizon. Two bars whose intervals overlap are no evidence; the notebook tests pairs.",
      notebook: "06-compression",
    },
    [choices, h("div", {class: "plots"}, place, plot.element)],
    (state) => {
      const {scored, metric, horizon} = state;
      const key = JSON.stringify([scored, metric, horizon]);
      const all = scores.find(({system}) => system === scored);
      if (key === drawn || !all) return [{isExact: true}, verdict];
      drawn = key;
      drawChoices(all, state);
      const rows = sorted(all, state);
      const bars = rows.map(({method, ...row}) => ({...row, name: titleOf(method), kind: kindOf(method, all)}));
      place.replaceChildren(barList(bars, endOf(bars)));
      const curves = bars.flatMap(({name, kind, i}) => {
        const curve = all.curves[metric][i];
        return curve ? [{name, kind, y: curve.map(([value]) => value), errors: curve.map(([, error]) => error)}] : [];
      });
      plot.set(all.leads, curves);
      const [from, to] = all.horizons[Math.min(horizon, all.horizons.length - 1)];
      plot.mark((from + to) / 2);
      verdict = verdictOf(bars, TITLES[metric]);
      return [{isExact: true}, verdict];
    },
  );
}

/** Say which method is first, and whether the next one is clearly behind. */
function verdictOf(bars: readonly {name: string; value: number; error: number}[], metric: string): string {
  const [first, next] = bars;
  const begin = `${metric}: ${first.name} is first with ${withError(first.value, first.error)}`;
  if (!next) return `${begin}.`;
  const apart = Math.abs(next.value - first.value) / Math.hypot(first.error, next.error);
  return `${begin}, ${next.name} next with ${shortly(next.value)}: ${apart > 2 ? "more" : "less"} than two standard errors apart${apart > 2 ? "" : ", which decides nothing"}.`;
}
