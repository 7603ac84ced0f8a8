/** View 3: from noise to a forecast, step by step; one future beside the mean of several. */
import {PREPARED_STEPS} from "../engine/first";
import type {Drawn, Sampled} from "../engine/results";
import {h, shortly} from "../page/dom";
import {rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import {ranges, type State} from "../page/state";
import {Knob, numberKnob, rateKnob} from "./knobs";
import {fieldPicture, limitsOnce} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

/** Pictures of the film strip at most. */
const STRIP = 9;

/** Choose states of a path: the first, the last, and some between. */
const chosen = (count: number) => {
  const shown = Math.min(STRIP, count);
  return Array.from({length: shown}, (_, i) => Math.round((i * (count - 1)) / (shown - 1)));
};

export function sampleView(context: Context): View {
  const {facts, first, store, follow} = context;
  const {shown} = facts;
  const changed = () => context.redraw("sample");
  const results = new Results<Sampled>(context.engine, changed);
  const drawings = new Results<Drawn>(context.engine, changed);
  const {trajectory, latentChannels, at, ...options} = first.parameters;
  const parametersOf = ({trajectory: n, rate, start, steps, order, seed}: Omit<State, "view">) =>
    [n, rate, start, {steps, order, seed}] as const;
  const stateOf = (steps: number) => ({...store.state, trajectory, rate: latentChannels, start: at, ...options, steps});
  results.prepare(parametersOf(stateOf(options.steps)), first.sampled);
  PREPARED_STEPS.forEach((count, i) => drawings.prepare(parametersOf(stateOf(count)), first.drawn[i]));
  const steps = numberKnob(context, "steps", "Steps", true);
  const order = numberKnob(context, "order", "Order of the scheme");
  const seed = numberKnob(context, "seed", "Seed");
  const rate = rateKnob(context);
  const step = new Knob(
    "Shown step",
    {...ranges.step, buttons: {by: 1, back: "One step back, to more noise", on: "Next step, to less noise"}},
    (value) => (value >= store.state.steps ? "the sample" : `before step ${value + 1}`),
    (value) => store.set({step: Math.min(value, store.state.steps)}),
  );
  const strip = Array.from({length: STRIP}, () => ({picture: fieldPicture(context, ""), words: h("small", {})}));
  const pictures = {
    now: fieldPicture(context, "Estimate at the shown step"),
    one: fieldPicture(context, "One sample: a future"),
    mean: fieldPicture(context, "Mean of eight: no future"),
    truth: fieldPicture(context, "Simulation"),
  };
  const errors = new Plot({title: "VRMSE against the simulation", xTitle: "number of steps"});
  const structure = new Plot({title: "Spectral error of middle sizes", xTitle: "number of steps"});
  const spectrum = new Plot({title: "Power spectrum", xTitle: "wavenumber, cycles per cell", log: true});
  const path = new Plot({title: "VRMSE of the estimate on the way", xTitle: "step"});
  const frame = new ViewFrame(
    follow,
    {
      name: "sample",
      title: "3. Sample",
      lead:
        "The [[sampler]] repeats that estimate while the noise goes down: first the mean of all futures, then one of them. Take " +
        "[2 steps](steps=2), [4](steps=4), [16](steps=16) and [32](steps=32): the [[VRMSE]] of a sample rises, and yet samples get better. " +
        "Few steps stop near the mean, which VRMSE rewards, because it avoids every bet; but the mean is smooth, as no future is: " +
        "the [[spectral error]] falls with every step.",
      seen:
        "A draw that is as likely as the truth is up to √2 times as far from it as the mean of all draws. So judge a sample by " +
        "its [[power spectrum]] or by the [[CRPS]] of several, and not by its VRMSE; [a rollout](view=rollout) averages members to be near.",
      notebook: "03-diffusion",
    },
    steps.element,
    h("div", {class: "pictures"}, ...Object.values(pictures).map(({element}) => element)),
    step.element,
    h(
      "div",
      {class: "strip film"},
      ...strip.map(
        ({picture, words}) => (picture.element.querySelector("figcaption")!.replaceChildren(words), picture.element),
      ),
    ),
    h("div", {class: "plots"}, errors.element, structure.element, spectrum.element, path.element),
    h("div", {class: "knobs"}, order.element, rate.element, seed.element),
  );
  const size = shown.image[0] * shown.image[1];
  const imageOf = ({images}: {images: Float32Array}, n: number) => images.subarray(n * size, (n + 1) * size);

  const drawPath = (sampled: Sampled, at: number) => {
    const limits = limitsOnce(sampled.truth, shown.signed);
    const count = sampled.images.length / size;
    const places = chosen(count);
    const now = Math.min(at, count - 1);
    const wordsOf = (n: number) => (n === count - 1 ? "The sample" : `Estimate before step ${n + 1}`);
    strip.forEach(({picture, words}, i) => {
      picture.element.hidden = i >= places.length;
      if (picture.element.hidden) return;
      const n = places[i];
      picture.draw(imageOf(sampled, n), shown.image, limits);
      words.textContent = n === count - 1 ? "sample" : `σ = ${shortly(sampled.sigmas[n])}`;
      picture.describe(`${wordsOf(n)}, VRMSE ${shortly(sampled.errors[n])}`);
    });
    pictures.now.draw(imageOf(sampled, now), shown.image, limits);
    pictures.now.describe(`${wordsOf(now)}, VRMSE ${shortly(sampled.errors[now])}`);
    pictures.truth.draw(sampled.truth, shown.image, limits);
    pictures.truth.describe(`${shown.name} ${rangeInWords(sampled.truth)}`);
    path.set([{name: "estimate", kind: "diffusion", x: sampled.errors.map((_, i) => i), y: sampled.errors}]);
    path.mark(now);
  };

  const drawDraws = (drawn: Drawn, state: State, limits: readonly [number, number]) => {
    pictures.one.draw(imageOf(drawn, 0), shown.image, limits);
    pictures.mean.draw(imageOf(drawn, 1), shown.image, limits);
    const k = Array.from(first.truth.k);
    const kinds = ["truth", "diffusion", "ideal"];
    spectrum.set(
      ["simulation", "samples", "mean of eight"].map((name, i) => ({
        name,
        kind: kinds[i],
        x: k,
        y: Array.from(drawn.spectra[i]),
      })),
    );
    const all = Array.from({length: ranges.steps.max + 1}, (_, count) => {
      const known = drawings.peek(parametersOf({...state, steps: count}));
      return known ? [{count, known}] : [];
    }).flat();
    const x = all.map(({count}) => count);
    const lines = (of: (one: Drawn) => {readonly one: number; readonly mean: number}) => [
      {name: "a sample, on average", kind: "diffusion dots", x, y: all.map(({known}) => of(known).one)},
      {name: "mean of eight", kind: "ideal dots", x, y: all.map(({known}) => of(known).mean)},
    ];
    errors.set(lines((one) => one.errors));
    structure.set(lines((one) => one.spectrum));
    for (const plot of [errors, structure]) plot.mark(state.steps);
  };

  return {
    name: "sample",
    element: frame.element,
    draw: (state: State) => {
      steps.set(state.steps);
      order.set(state.order);
      seed.set(state.seed);
      rate.set(state.rate);
      step.set(Math.min(state.step, state.steps));
      const {trajectory: n, rate: channels} = state;
      const question = {trajectory: n, rate: channels, parameters: parametersOf(state)};
      const found = results.get({call: "sample", ...question, patience: 60});
      const drawn = drawings.get({call: "draw", ...question, patience: 400});
      if (found.value) drawPath(found.value, state.step);
      if (found.value && drawn.value) drawDraws(drawn.value, state, limitsOnce(found.value.truth, shown.signed));
      const {errors: error, spectrum: structured} = drawn.value ?? {};
      frame.say(
        found.isExact ? drawn : found,
        error && structured
          ? `${state.steps} calls of the denoiser: a sample's VRMSE is ${shortly(error.one)}, the VRMSE of the mean of eight ${shortly(error.mean)}. ` +
              `But the spectral error of a sample is ${shortly(structured.one)}, of the mean ${shortly(structured.mean)}: ` +
              (structured.one < structured.mean
                ? "the mean has lost what makes a future look like one."
                : "both have lost as much.")
          : "",
      );
    },
  };
}
