/** View 2: from noise to a forecast, step by step; one future beside the mean of several. */
import {PREPARED_STEPS} from "../engine/first";
import type {Drawn, Sampled} from "../engine/windows";
import {box, h, shortly} from "../page/dom";
import {rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import {ranges, type State} from "../page/state";
import {knob, numberKnob, rateKnob} from "./knobs";
import {countOf, fieldPicture, imageAt, limitsOnce} from "./pictures";
import {viewOf, type Context} from "./view";

const STRIP = 9;

/** Choose states of a path: the first, the last, and some between. */
const chosen = (count: number) => {
  const shown = Math.min(STRIP, count);
  return Array.from({length: shown}, (_, i) => Math.round((i * (count - 1)) / (shown - 1)));
};

export function sampleView(context: Context) {
  const {facts, first, store} = context;
  const {shown} = facts;
  const results = new Results<Sampled>(context.engine, context.redraw);
  const drawings = new Results<Drawn>(context.engine, context.redraw);
  const {trajectory, latentChannels, ...options} = first.parameters;
  const parametersOf = ({trajectory: n, rate, steps, order, seed}: State) => [n, rate, {steps, order, seed}] as const;
  const stateOf = (steps: number) => ({...store.state, trajectory, rate: latentChannels, ...options, steps});
  results.prepare(parametersOf(stateOf(options.steps)), first.sampled);
  PREPARED_STEPS.forEach((count, i) => drawings.prepare(parametersOf(stateOf(count)), first.drawn[i]));
  const buttons = {by: 1, back: "One step back, to more noise", on: "Next step, to less noise"};
  const words = (step: number) => (step >= store.state.steps ? "the sample" : `before step ${step + 1}`);
  const stepKnob = knob(
    context,
    "Shown step",
    {...ranges.step, buttons, words},
    ({step, steps}) => Math.min(step, steps),
    (step) => store.set({step: Math.min(step, store.state.steps)}),
  );
  const strip = Array.from({length: STRIP}, () => {
    const [picture, caption] = [fieldPicture(context, ""), h("small", {})];
    picture.element.querySelector("figcaption")!.replaceChildren(caption);
    return {picture, caption, element: picture.element};
  });
  const pictures = {
    now: fieldPicture(context, "Estimate at the shown step"),
    one: fieldPicture(context, "One sample: a future"),
    mean: fieldPicture(context, "Mean of eight: no future"),
    truth: fieldPicture(context, "Simulation"),
  };
  const plots = {
    errors: new Plot({title: "VRMSE against the simulation", xTitle: "number of steps"}),
    structure: new Plot({title: "Spectral error of middle sizes", xTitle: "number of steps"}),
    spectrum: new Plot({title: "Power spectrum", xTitle: "wavenumber, cycles per cell", log: true}),
  };

  const drawPath = ({images, truth, errors, sigmas}: Sampled, step: number) => {
    const limits = limitsOnce(truth, shown.signed);
    const count = countOf(facts, images);
    const places = chosen(count);
    const now = Math.min(step, count - 1);
    const wordsOf = (n: number) =>
      `${n === count - 1 ? "The sample" : `Estimate before step ${n + 1}`}, VRMSE ${shortly(errors[n])}`;
    strip.forEach(({picture, caption}, i) => {
      const n = places[i];
      picture.element.hidden = n === undefined;
      if (n === undefined) return;
      picture.draw(imageAt(facts, images, n), limits, wordsOf(n));
      caption.textContent = n === count - 1 ? "sample" : `σ = ${shortly(sigmas[n])}`;
    });
    pictures.now.draw(imageAt(facts, images, now), limits, wordsOf(now));
    pictures.truth.draw(truth, limits, `${shown.name} ${rangeInWords(truth)}`);
  };

  const drawDraws = ({images, spectra}: Drawn, state: State, limits: readonly [number, number]) => {
    pictures.one.draw(imageAt(facts, images, 0), limits);
    pictures.mean.draw(imageAt(facts, images, 1), limits);
    plots.spectrum.set(first.truth.k, [
      {name: "simulation", kind: "truth", y: spectra[0]},
      {name: "samples", kind: "diffusion", y: spectra[1]},
      {name: "mean of eight", kind: "ideal", y: spectra[2]},
    ]);
    const all = Array.from({length: ranges.steps.max + 1}, (_, steps) => {
      const known = drawings.peek(parametersOf({...state, steps}));
      return known ? [{steps, known}] : [];
    }).flat();
    for (const [plot, name] of [[plots.errors, "errors"] as const, [plots.structure, "spectrum"] as const]) {
      plot.set(
        all.map(({steps}) => steps),
        [
          {name: "a sample, on average", kind: "diffusion dots", y: all.map(({known}) => known[name].one)},
          {name: "mean of eight", kind: "ideal dots", y: all.map(({known}) => known[name].mean)},
        ],
      );
      plot.mark(state.steps);
    }
  };

  return viewOf(
    context,
    {
      name: "sample",
      title: "2. Sample",
      lead:
        "A diffusion model is a [[denoiser]]: it estimates clean latents behind noisy ones. The [[sampler]] repeats that estimate with less " +
        "and less noise. It begins at the mean of all futures and ends at one of them. Take " +
        "[2 steps](steps=2), [4](steps=4), [16](steps=16) and [32](steps=32): the [[VRMSE]] of a sample rises. " +
        "Few steps stop near the mean, and VRMSE rewards a mean because it avoids every risk. But no future is as smooth as the mean: " +
        "where the latent keeps small structures, a sample has the smaller [[spectral error]].",
      seen:
        "A sample that is as likely as the truth lies up to √2 times as far from it as the mean of all samples. So judge one sample by " +
        "its [[power spectrum]], and several by their [[CRPS]]. [A roll-out](view=rollout) averages samples to come near.",
      notebook: "03-diffusion",
    },
    [
      numberKnob(context, "steps", "Steps", true),
      box("pictures", pictures),
      stepKnob,
      box("strip film", strip),
      box("plots", plots),
      h(
        "div",
        {class: "knobs"},
        numberKnob(context, "order", "Order of the sampler"),
        rateKnob(context),
        numberKnob(context, "seed", "Seed of the noise"),
      ),
    ],
    (state) => {
      const question = {trajectory: state.trajectory, rate: state.rate, parameters: parametersOf(state)};
      const found = results.get({call: "sample", ...question, patience: 60});
      const drawn = drawings.get({call: "draw", ...question, patience: 400});
      const status = found.isExact ? drawn : found;
      if (found.value) drawPath(found.value, state.step);
      if (found.value && drawn.value) drawDraws(drawn.value, state, limitsOnce(found.value.truth, shown.signed));
      if (!drawn.value) return [status];
      const {errors, spectrum} = drawn.value;
      return [
        status,
        `${state.steps} calls of the denoiser: a sample's VRMSE is ${shortly(errors.one)}, the VRMSE of the mean of eight ${shortly(errors.mean)}. ` +
          `But the spectral error of a sample is ${shortly(spectrum.one)}, of the mean ${shortly(spectrum.mean)}: ` +
          (spectrum.one < spectrum.mean
            ? "the mean has lost structure that every future has."
            : "here a sample has lost as much as the mean."),
      ];
    },
  );
}
