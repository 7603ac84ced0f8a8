/** The front picture: one trajectory on its way through the machine, and what each rate of compression costs. */
import {scoreAt, horizonOf, type CommittedScores} from "../engine/committed";
import {barList, endOf, type Bar} from "../page/bars";
import type {RateFacts, SystemFacts} from "../engine/facts";
import {h, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import type {State, ViewName} from "../page/state";
import {differenceOf, ensembleAt, type SharedResults} from "./ensemble";
import {numberKnob, rateKnob} from "./knobs";
import {amountPicture, compared, drawLatent, errorLimitsOnce, fieldPicture, limitsOnce, rateInWords} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

/** What is compared at each rate: its name in the tables, its name here, its colour. */
const COMPARED = [
  ["autoencoder", "decoded", "autoencoder"],
  ["diffusion", "ensemble", "diffusion"],
  ["neural solver", "solver", "solver"],
] as const;

export function machineView(context: Context, results: SharedResults): View {
  const {facts, colours, follow, store} = context;
  const {shown, shape, rates, stride} = facts;
  const scores = context.scores.find(({system}) => system === facts.name);
  const rate = rateKnob(context, true);
  const members = numberKnob(context, "members", "Members", true);
  const latent = (title: string) => new Picture(title, colours.latent, "in deviations");
  const pictures = {
    truth: fieldPicture(context, "Simulation"),
    latent: latent("Its latent"),
    forecast: latent("Forecast latent"),
    mean: fieldPicture(context, "Forecast"),
    error: amountPicture(context, "Error"),
  };
  const part = (view: ViewName, name: string, content: HTMLElement | string) => {
    const onclick = (event: Event) => (event.preventDefault(), follow(`view=${view}`));
    const kind = typeof content === "string" ? "arrow" : "part";
    return h("a", {class: kind, href: `#view=${view}`, "aria-label": `${name}: open the view`, onclick}, content);
  };
  const flow = h(
    "div",
    {class: "machine"},
    part("compress", "Simulation", pictures.truth.element),
    part("compress", "Encoder", "encoder →"),
    part("noise", "Latent", pictures.latent.element),
    part("sample", "Emulator", "emulator →"),
    part("rollout", "Latent of the forecast", pictures.forecast.element),
    part("compress", "Decoder", "decoder →"),
    part("rollout", "Forecast", pictures.mean.element),
    part("scores", "Error", pictures.error.element),
  );
  const row = rates.map(({latentChannels, compression}) => {
    const name = rateInWords(compression);
    const picture = fieldPicture(context, `${name}, forecast`);
    const place = h("div", {});
    const onclick = () => store.set({rate: latentChannels});
    const choose = h(
      "button",
      {type: "button", class: "rate", "aria-label": `Choose ${name}`, onclick},
      picture.element,
    );
    return {latentChannels, compression, picture, place, choose, element: h("li", {}, choose, place)};
  });
  const caption = h("p", {class: "note"});
  const frame = new ViewFrame(
    follow,
    {
      name: "machine",
      title: "What does compression cost?",
      lead: "An [[encoder]] makes [[latents|latent]], an [[emulator]] forecasts them, a [[decoder]] shows them. Every part opens its view.",
      seen: "Compression makes copies worse at every step of the rate, and forecasts much less: the errors of a forecast are larger, and come from elsewhere.",
      notebook: "06-compression",
      onStop: () => results.toggle(),
    },
    flow,
    h("div", {class: "plots"}, rate.element, members.element),
    h("ul", {class: "rates"}, ...row.map(({element}) => element)),
    caption,
  );
  const size = shown.image[0] * shown.image[1];
  const stateOf = (images: Float32Array, at: number) => images.subarray(at * size, (at + 1) * size);

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
    caption.textContent =
      `VRMSE ± standard error over all fields and test trajectories, mean over lead times ${from} to ${to}: of the decoded truth, of ` +
      "the ensemble's mean, of the solver.";
  };

  return {
    name: "machine",
    element: frame.element,
    draw: (state: State) => {
      const {at, rate: channels} = state;
      rate.set(channels);
      members.set(state.members);
      const [truth, made, rollout] = [results.truth(state), results.compressed(state), results.rollout(state)];
      drawBars(at);
      if (!truth.value) return frame.say(truth);
      const limits = limitsOnce(truth.value.images, shown.signed);
      const real = stateOf(truth.value.images, at);
      pictures.truth.draw(real, shown.image, limits);
      pictures.truth.describe(`${shown.name} ${rangeInWords(real)}`);
      if (made.value) drawLatent(pictures.latent, made.value.latents, made.value.latentShape.slice(1), at);
      if (made.value && rollout.value) {
        const {latents, members: images, solver, scores: own} = rollout.value;
        if (rollout.isExact && made.isExact)
          drawLatent(pictures.forecast, latents, made.value.latentShape.slice(1), at);
        const {mean} = ensembleAt(images, size, shape[0], at);
        pictures.mean.draw(mean, shown.image, limits);
        pictures.mean.describe(`mean of ${state.members} members, VRMSE ${shortly(own.vrmse.diffusion[at])}`);
        pictures.error.draw(differenceOf(real, mean), shown.image, errorLimitsOnce(truth.value.images, solver));
      }
      for (const {latentChannels, picture, choose} of row) {
        choose.setAttribute("aria-pressed", String(latentChannels === channels));
        const known = results.known(state, latentChannels);
        picture.element.classList.toggle("unknown", !known);
        if (!known) picture.describe("not computed: 0 states; choose this rate to compute it");
        else picture.draw(ensembleAt(known.members, size, shape[0], at).mean, shown.image, limits);
      }
      frame.say(made.isExact ? rollout : made, scores ? answerInWords(scores, state, facts) : "");
    },
  };
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
