/** The front picture: one trajectory on its way through the machine, and what each rate of compression costs. */
import {horizonOf, scoreAt, type CommittedScores} from "../engine/committed";
import type {RateFacts, SystemFacts} from "../engine/facts";
import {barList, endOf, type Bar} from "../page/bars";
import {box, h, shortly} from "../page/dom";
import {Picture} from "../page/picture";
import {prose} from "../page/prose";
import type {State, ViewName} from "../page/state";
import {numberKnob, rateKnob} from "./knobs";
import {
  amountPicture,
  compared,
  differenceOf,
  drawLatent,
  drawTruth,
  ensembleAt,
  errorLimitsOnce,
  fieldPicture,
  rateInWords,
} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

/** What is compared at each rate: its name in the tables, its name here, its colour. */
const COMPARED = [
  ["autoencoder", "decoded", "autoencoder"],
  ["diffusion", "ensemble", "diffusion"],
  ["neural solver", "solver", "solver"],
] as const;

export function machineView(context: Context, results: SharedResults) {
  const {facts, colours, follow, store} = context;
  const {rates, stride} = facts;
  const scores = context.scores.find(({system}) => system === facts.name);
  const latent = (title: string) => new Picture(title, colours.latent, "in deviations");
  const pictures = {
    truth: fieldPicture(context, "Simulation"),
    latent: latent("Its latent"),
    forecast: latent("Forecast latent"),
    mean: fieldPicture(context, "Forecast"),
    error: amountPicture(context, "Error"),
  };
  const part = (view: ViewName, content: Picture | string) => {
    const onclick = (event: Event) => (event.preventDefault(), follow(`view=${view}`));
    const link = {href: `#view=${view}`, title: "Opens its view", onclick};
    if (typeof content === "string") return h("a", {class: "arrow", ...link}, content);
    content.control(h("a", link));
    return content.element;
  };
  const flow = h(
    "div",
    {class: "machine"},
    part("compress", pictures.truth),
    part("compress", "encoder →"),
    part("noise", pictures.latent),
    part("sample", "emulator →"),
    part("rollout", pictures.forecast),
    part("compress", "decoder →"),
    part("rollout", pictures.mean),
    part("scores", pictures.error),
  );
  const row = rates.map(({latentChannels, compression}) => {
    const picture = fieldPicture(context, `${rateInWords(compression)}, forecast`);
    const place = h("div", {});
    const onclick = () => store.set({rate: latentChannels});
    const choose = picture.control(h("button", {type: "button", onclick}));
    picture.element.classList.add("pressed");
    return {latentChannels, compression, picture, place, choose, element: h("li", {}, picture.element, place)};
  });
  const caption = h("p", {class: "note"});
  let drawnHorizon = -1;
  const drawBars = (at: number) => {
    if (!scores) return;
    const horizon = horizonOf(scores, at * stride);
    if (horizon === drawnHorizon) return;
    drawnHorizon = horizon;
    const bars = row.map(({compression}) => barsOf(scores, compression, at * stride));
    const end = endOf(bars.flat());
    row.forEach(({place}, i) => place.replaceChildren(barList(bars[i], end)));
    const [from, to] = scores.horizons[horizon];
    caption.replaceChildren(
      ...prose(
        `Bars: [[VRMSE]] ± standard error of the decoded simulation, of the [[ensemble]]'s mean and of the [[neural solver]], over all ` +
          `fields and test trajectories, at [[lead times|lead time]] ${from} to ${to}.`,
        follow,
      ),
    );
  };

  return viewOf(
    context,
    {
      name: "machine",
      title: "What does compression cost?",
      lead: "An [[encoder]] squeezes a flow into a [[latent]], an [[emulator]] forecasts the latent, and a [[decoder]] turns it back into a picture. Click a part to open its view.",
      seen: "More [[compression]] makes every copy worse. Forecasts suffer less in proportion, because their errors are larger at every rate.",
      notebook: "06-compression",
      onStop: () => results.toggle(),
    },
    [
      flow,
      box("plots", [rateKnob(context, true), numberKnob(context, "members", "Members", true)]),
      h("ul", {class: "rates"}, ...row.map(({element}) => element)),
      caption,
    ],
    (state) => {
      const {at} = state;
      const [truth, made, rollout] = [results.truth(state), results.compressed(state), results.rollout(state)];
      drawBars(at);
      if (!truth.value) return [truth];
      const {images} = truth.value;
      const {real, limits} = drawTruth(pictures.truth, facts, images, at);
      const shape = made.value?.latentShape.slice(1) ?? [];
      if (made.value) drawLatent(pictures.latent, made.value.latents, shape, at);
      if (made.value && rollout.value) {
        const {latents, members, solver, scores: own} = rollout.value;
        if (rollout.isExact && made.isExact) drawLatent(pictures.forecast, latents, shape, at);
        const {mean} = ensembleAt(facts, members, at);
        pictures.mean.draw(mean, limits, `mean of ${state.members} members, VRMSE ${shortly(own.vrmse.diffusion[at])}`);
        pictures.error.draw(differenceOf(real, mean), errorLimitsOnce(images, solver));
      }
      for (const {latentChannels, picture, choose} of row) {
        choose.setAttribute("aria-pressed", String(latentChannels === state.rate));
        const known = results.known(state, latentChannels);
        picture.element.classList.toggle("unknown", !known);
        if (!known) picture.describe("not computed: 0 states; choose this rate to compute it");
        else picture.draw(ensembleAt(facts, known.members, at).mean, limits);
      }
      return [made.isExact ? rollout : made, scores && answerInWords(scores, state, facts)];
    },
  );
}

function barsOf(scores: CommittedScores, compression: number, lead: number): Bar[] {
  return COMPARED.flatMap(([name, title, kind]) => {
    const [value, error] = scoreAt(scores, "VRMSE", name, compression, lead) ?? [];
    return value === undefined || error === undefined ? [] : [{name: title, kind, value, error}];
  });
}

/** Answer the page's question for a rate beside the lowest one, or for the lowest beside the highest. */
function answerInWords(scores: CommittedScores, {rate, at}: State, {rates, stride}: SystemFacts): string {
  const [lowest] = rates;
  const chosen = rates.find(({latentChannels}) => latentChannels === rate)!;
  const other = chosen === lowest ? rates.at(-1)! : chosen;
  const scoreOf = (name: string, {compression}: RateFacts) =>
    scoreAt(scores, "VRMSE", name, compression, at * stride)?.[0] ?? NaN;
  const [copy, forecast] = COMPARED.map(([name]) => [scoreOf(name, other), scoreOf(name, lowest)] as const);
  const costOf = ([now, before]: readonly [number, number]) => now / before - 1;
  const before = rateInWords(lowest.compression);
  const verdict =
    costOf(forecast) < 0.05
      ? "only the copy suffers, by these means of one training"
      : costOf(forecast) < costOf(copy) / 2
        ? "the copy suffers much more than the forecast"
        : "the forecast suffers with the copy";
  return (
    `At ${rateInWords(other.compression)} the error of a decoded copy is ${compared(...copy)} at ${before}, and the error of the forecast ` +
    `${compared(...forecast)} at ${before}: ${verdict}.`
  );
}
