/** View 2: noise, and what a denoiser makes of it. */
import {PREPARED_TIMES} from "../engine/first";
import type {Noised} from "../engine/results";
import {h, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Results} from "../page/results";
import {ranges, type State} from "../page/state";
import {Knob, numberKnob, rateKnob} from "./knobs";
import {drawLatent, fieldPicture, limitsOnce} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

/** The prepared time next to one. */
const nearest = (t: number) =>
  PREPARED_TIMES.reduce((best, time) => (Math.abs(time - t) < Math.abs(best - t) ? time : best));

export function noiseView(context: Context): View {
  const {facts, first, store, colours, follow} = context;
  const {shown, window} = facts;
  const results = new Results<Noised>(context.engine, () => context.redraw("noise"));
  const {trajectory: at0, latentChannels, at, seed: first0} = first.parameters;
  PREPARED_TIMES.forEach((t, i) => results.prepare([at0, latentChannels, at, t, first0], first.noised[i]));
  const t = new Knob(
    "Diffusion time t",
    {...ranges.t, dominant: true, buttons: {by: 0.1, back: "Less noise", on: "More noise"}},
    (value) => value.toFixed(2),
    (value) => store.set({t: value}),
  );
  const start = new Knob(
    "Window begins at",
    {min: 0, max: facts.shape[0] - window},
    (i) => `lead time ${i * facts.stride}`,
    (value) => store.set({start: value}),
  );
  const rate = rateKnob(context);
  const seed = numberKnob(context, "seed", "Seed");
  const rowOf = (title: string) =>
    Array.from({length: window}, (_, i) => new Picture(i === 0 ? `${title}, state 0` : `state ${i}`, colours.latent));
  const rows = {clean: rowOf("Latents"), noisy: rowOf("Noisy"), estimate: rowOf("Estimate")};
  const decoded = [fieldPicture(context, "Last state, decoded"), fieldPicture(context, "Its estimate, decoded")];
  const frame = new ViewFrame(
    follow,
    {
      name: "noise",
      title: "2. Add noise, and take it away",
      lead:
        "A diffusion model learns one thing, to be a [[denoiser]]: to estimate clean latents behind noisy ones. The first state " +
        "of the [[window]] is known; the others are hidden behind noise, by [[α and σ]]. With [little noise](t=0.1) the estimate is " +
        "nearly exact, with [much](t=0.9) it becomes the mean of all that could follow, which is blurred.",
      seen: "One network at all levels of noise. Applied [again and again](view=sample) while the noise goes down, it draws a forecast.",
      notebook: "03-diffusion",
    },
    t.element,
    ...Object.values(rows).map((row) => h("div", {class: "strip latents"}, ...row.map(({element}) => element))),
    h("div", {class: "pictures"}, ...decoded.map(({element}) => element)),
    h("div", {class: "knobs"}, rate.element, start.element, seed.element),
  );

  const drawWindow = ({shape, images, ...all}: Noised) => {
    for (const [name, row] of Object.entries(rows) as [keyof typeof rows, Picture[]][])
      row.forEach((picture, i) => drawLatent(picture, all[name], shape.slice(1), i));
    const cells = shown.image[0] * shown.image[1];
    const limits = limitsOnce(images.subarray(0, cells), shown.signed);
    decoded.forEach((picture, i) => {
      const image = images.subarray(i * cells, (i + 1) * cells);
      picture.draw(image, shown.image, limits);
      picture.describe(`${shown.name} ${rangeInWords(image)}`);
    });
  };

  return {
    name: "noise",
    element: frame.element,
    draw: (state: State) => {
      t.set(state.t);
      start.set(state.start);
      rate.set(state.rate);
      seed.set(state.seed);
      const ask = (time: number) =>
        results.get({
          call: "noise",
          trajectory: state.trajectory,
          rate: state.rate,
          parameters: [state.trajectory, state.rate, state.start, time, state.seed],
        });
      const found = context.engine().client ? ask(state.t) : ask(nearest(state.t));
      if (found.value) drawWindow(found.value);
      const {alpha, sigma, error} = found.value ?? {};
      frame.say(
        found,
        `Signal α = ${shortly(alpha)}, noise σ = ${shortly(sigma)}: the noise is ${shortly(sigma! / alpha!)} times the signal. The estimate is off by ` +
          `${shortly(error)} where latents deviate by about 1: it explains ${shortly(Math.max(0, 100 * (1 - error! ** 2)))} % of their variance.`,
      );
    },
  };
}
