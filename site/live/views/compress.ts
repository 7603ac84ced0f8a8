/** View 1: the question of the paper in one picture: what compression costs a copy, and what it costs a forecast. */
import {horizonOf, scoreAt, type CommittedScores} from "../engine/committed";
import type {RateFacts, SystemFacts} from "../engine/facts";
import {barList, endOf, type Bar} from "../page/bars";
import {box, h, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {prose} from "../page/prose";
import type {State} from "../page/state";
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
  imageAt,
  rateInWords,
} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

/** A compared method: its name in the tables, its name here, its colour. */
const COMPARED = [
  ["autoencoder", "decoded", "autoencoder"],
  ["diffusion", "ensemble", "diffusion"],
  ["neural solver", "solver", "solver"],
] as const;

export function compressView(context: Context, results: SharedResults) {
  const {facts, colours, follow, store} = context;
  const {shown, shape, rates, stride} = facts;
  const scores = context.scores.find(({system}) => system === facts.name);
  const pictures = {
    truth: fieldPicture(context, "Simulation"),
    latent: new Picture("Latent", colours.latent, "one tile per channel, in deviations"),
    made: fieldPicture(context, "Decoded"),
    error: amountPicture(context, "Error"),
  };
  const plots = {
    spectrum: new Plot({title: "Power spectrum", xTitle: "wavenumber, cycles per cell", log: true}),
    errors: new Plot({title: "VRMSE of the decoded state", xTitle: "lead time"}),
  };
  const leads = Array.from({length: shape[0]}, (_, i) => i * stride);
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
    const text =
      "Bars: [[VRMSE]] ± standard error of the decoded simulation, of the [[ensemble]]'s mean and of the [[neural solver]], over " +
      `all fields and test trajectories, at [[lead times|lead time]] ${from} to ${to}.`;
    caption.replaceChildren(...prose(text, follow));
  };

  return viewOf(
    context,
    {
      name: "compress",
      title: "1. What does compression cost?",
      lead:
        "An [[autoencoder]] squeezes each state of a simulation into a few numbers, its [[latent]], and decodes it again. Drag the " +
        `[[rate|compression]] from [the lowest](rate=${rates[0].latentChannels}) to [the highest](rate=${rates.at(-1)!.latentChannels}): ` +
        "large shapes survive, and fine structure is lost first. An [[emulator]] forecasts the latents. Does its forecast need what was lost?",
      seen:
        "More [[compression]] makes every copy worse. Forecasts suffer less in proportion, because their errors are larger at every rate. " +
        "[The next view](view=sample) shows how a forecast is drawn.",
      notebook: "06-compression",
    },
    [
      h("div", {class: "plots"}, rateKnob(context, true), numberKnob(context, "members", "Members", true)),
      box("pictures", pictures),
      h("ul", {class: "rates"}, ...row.map(({element}) => element)),
      caption,
      box("plots", plots),
    ],
    (state) => {
      const {at, rate} = state;
      const [truth, made, rollout] = [results.truth(state), results.compressed(state), results.rollout(state)];
      drawBars(at);
      if (!truth.value) return [truth];
      const {real, limits} = drawTruth(pictures.truth, facts, truth.value.images, at);
      if (made.value) {
        const {images, latents, latentShape, errors, spectra} = made.value;
        const decoded = imageAt(facts, images, at);
        drawLatent(pictures.latent, latents, latentShape.slice(1), at);
        pictures.made.draw(decoded, limits, `${rangeInWords(decoded)}, VRMSE ${shortly(errors[at])}`);
        pictures.error.draw(differenceOf(real, decoded), errorLimitsOnce(truth.value.images, images));
        plots.spectrum.set(truth.value.k, [
          {name: "simulation", kind: "truth", y: truth.value.spectra[at]},
          {name: "decoded", kind: "autoencoder", y: spectra[at]},
        ]);
        plots.errors.set(leads, [{name: "decoded", kind: "autoencoder", y: errors}]);
        plots.errors.mark(leads[at]);
      }
      for (const {latentChannels, picture, choose} of row) {
        choose.setAttribute("aria-pressed", String(latentChannels === rate));
        const known = results.known(state, latentChannels);
        picture.element.classList.toggle("unknown", !known);
        if (!known) picture.describe("not computed: 0 states; choose this rate to compute it");
        else picture.draw(ensembleAt(facts, known.members, at).mean, limits);
      }
      const error = shortly(made.value?.errors[at]);
      const words = `At lead time ${leads[at]} the VRMSE of the decoded ${shown.name} is ${error}.`;
      return [made.isExact ? rollout : made, scores ? `${words} ${answerInWords(scores, state, facts)}` : words];
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
