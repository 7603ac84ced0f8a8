/** View 2: noise, and what a denoiser makes of it. */
import {PREPARED_TIMES} from "../engine/first";
import type {Noised} from "../engine/windows";
import {box, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Results} from "../page/results";
import {ranges} from "../page/state";
import {knob, numberKnob, rateKnob} from "./knobs";
import {drawLatent, fieldPicture, imageAt, leadInWords, limitsOnce} from "./pictures";
import {viewOf, type Context} from "./view";

const nearest = (t: number) =>
  PREPARED_TIMES.reduce((best, time) => (Math.abs(time - t) < Math.abs(best - t) ? time : best));

export function noiseView(context: Context) {
  const {facts, first, store, colours} = context;
  const {shown, shape, window} = facts;
  const results = new Results<Noised>(context.engine, () => context.redraw("noise"));
  const {trajectory, latentChannels, at, seed} = first.parameters;
  PREPARED_TIMES.forEach((t, i) => results.prepare([trajectory, latentChannels, at, t, seed], first.noised[i]));
  const buttons = {by: 0.1, back: "Less noise", on: "More noise"};
  const time = knob(
    context,
    "Diffusion time t",
    {...ranges.t, dominant: true, buttons, words: (t) => t.toFixed(2)},
    ({t}) => t,
    (t) => store.set({t}),
  );
  const begin = knob(
    context,
    "Window begins at",
    {min: 0, max: shape[0] - window, words: leadInWords(facts)},
    ({start}) => start,
    (start) => store.set({start}),
  );
  const rowOf = (title: string) =>
    Array.from({length: window}, (_, i) => new Picture(i === 0 ? `${title}, state 0` : `state ${i}`, colours.latent));
  const rows = {clean: rowOf("Latents"), noisy: rowOf("Noisy"), estimate: rowOf("Estimate")};
  const decoded = ["Last state, decoded", "Its estimate, decoded"].map((title) => fieldPicture(context, title));
  return viewOf(
    context,
    {
      name: "noise",
      title: "2. Add noise, and take it away",
      lead:
        "A diffusion model learns one task: to be a [[denoiser]], which estimates clean latents from noisy ones. The first state " +
        "of the [[window]] is known; noise hides the others, by [[α and σ]]. With [little noise](t=0.1) the estimate is " +
        "nearly exact. With [much noise](t=0.9) it becomes the mean of all possible futures, which is blurred.",
      seen: "One network serves all levels of noise. Applied [again and again](view=sample) with less noise each time, it draws a forecast.",
      notebook: "03-diffusion",
    },
    [
      time.element,
      ...Object.values(rows).map((row) => box("strip latents", row)),
      box("pictures", decoded),
      box("knobs", [rateKnob(context), begin, numberKnob(context, "seed", "Seed of the noise")]),
    ],
    (state) => {
      const t = context.engine().client ? state.t : nearest(state.t);
      const parameters = [state.trajectory, state.rate, state.start, t, state.seed];
      const found = results.get({call: "noise", trajectory: state.trajectory, rate: state.rate, parameters});
      if (!found.value) return [found];
      const {shape: latent, images, alpha, sigma, error, ...all} = found.value;
      for (const [name, row] of Object.entries(rows) as [keyof typeof rows, Picture[]][])
        row.forEach((picture, i) => drawLatent(picture, all[name], latent.slice(1), i));
      const limits = limitsOnce(imageAt(facts, images, 0), shown.signed);
      decoded.forEach((picture, i) => {
        const image = imageAt(facts, images, i);
        picture.draw(image, limits, `${shown.name} ${rangeInWords(image)}`);
      });
      return [
        found,
        `Signal α = ${shortly(alpha)}, noise σ = ${shortly(sigma)}: the noise is ${shortly(sigma / alpha)} times the signal. The estimate errs by ` +
          `${shortly(error)}, and latents vary by about 1: it explains ${shortly(Math.max(0, 100 * (1 - error ** 2)))} % of their variance.`,
      ];
    },
  );
}
