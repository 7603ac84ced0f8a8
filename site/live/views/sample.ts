/** View 3: from noise to a forecast, step by step. */
import type {Sampled} from "../engine/results";
import {h, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import {ranges, type State} from "../page/state";
import {Knob, limitsOnce, rateKnob, ViewFrame, type Context, type View} from "./view";

/** Pictures of the film strip at most. */
const STRIP = 9;

/** Choose states of a path: the first, the last, and some between. */
const chosen = (count: number) => {
  const shown = Math.min(STRIP, count);
  return Array.from({length: shown}, (_, i) => Math.round((i * (count - 1)) / (shown - 1)));
};

export function sampleView(context: Context): View {
  const {facts, first, store, colours} = context;
  const {shown} = facts;
  const results = new Results<Sampled>(context.engine, () => context.redraw("sample"));
  const {trajectory, latentChannels, at, ...options} = first.parameters;
  const parametersOf = ({steps, order, seed}: Pick<State, "steps" | "order" | "seed">) => ({steps, order, seed});
  results.prepare([trajectory, latentChannels, at, parametersOf(options)], first.sampled);
  const steps = new Knob("Steps", ranges.steps, String, (value) => store.set({steps: value}), {dominant: true});
  const order = new Knob("Order of the scheme", ranges.order, String, (value) => store.set({order: value}));
  const seed = new Knob("Seed of the noise", ranges.seed, String, (value) => store.set({seed: value}));
  const rate = rateKnob(context);
  const strip = Array.from({length: STRIP}, () => ({picture: new Picture("", colours.field), words: h("small", {})}));
  const truth = new Picture("Truth", colours.field);
  const errors = new Plot({title: "VRMSE of the decoded estimate", xTitle: "step"});
  const frame = new ViewFrame(
    {
      name: "sample",
      title: "3. Sample",
      lead:
        "Sampling repeats that estimate while the noise goes down. The film strip shows what the denoiser expects at each " +
        "step for the last state of a window: first the mean of all futures, then one of them. Few steps are fast and rough, " +
        "a higher order makes the most of them.",
    },
    steps.element,
    h(
      "div",
      {class: "strip film"},
      ...strip.map(({picture, words}) => (picture.element.querySelector("figcaption")!.append(words), picture.element)),
      truth.element,
    ),
    h("div", {class: "plots"}, errors.element, h("div", {class: "knobs"}, order.element, rate.element, seed.element)),
  );

  const drawStrip = (sampled: Sampled) => {
    const size = shown.image[0] * shown.image[1];
    const limits = limitsOnce(sampled.truth, shown.signed);
    const count = sampled.images.length / size;
    const places = chosen(count);
    strip.forEach(({picture, words}, i) => {
      picture.element.hidden = i >= places.length;
      if (picture.element.hidden) return;
      const n = places[i];
      picture.draw(sampled.images.subarray(n * size, (n + 1) * size), shown.image, limits);
      words.textContent = n === count - 1 ? "sample" : `σ = ${shortly(sampled.sigmas[n])}`;
      const what = n === count - 1 ? "The sample" : `Estimate before step ${n + 1}`;
      picture.describe(`${what}, VRMSE ${shortly(sampled.errors[n])}`);
    });
    truth.draw(sampled.truth, shown.image, limits);
    truth.describe(`${shown.name} ${rangeInWords(sampled.truth)}`);
    errors.set([{name: "estimate", kind: "diffusion", x: sampled.errors.map((_, i) => i), y: sampled.errors}]);
    errors.mark(count - 1);
  };

  return {
    name: "sample",
    element: frame.element,
    draw: (state: State) => {
      steps.set(state.steps);
      order.set(state.order);
      seed.set(state.seed);
      rate.set(state.rate);
      const found = results.get({
        call: "sample",
        trajectory: state.trajectory,
        rate: state.rate,
        parameters: [state.trajectory, state.rate, state.start, parametersOf(state)],
        patience: 60,
      });
      if (found.value) drawStrip(found.value);
      const {errors: all = []} = found.value ?? {};
      frame.say(found, `${all.length - 1} calls of the denoiser; the sample's error is ${shortly(all.at(-1))}.`);
    },
  };
}
