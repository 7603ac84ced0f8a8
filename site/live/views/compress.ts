/** View 1: what compression keeps. */
import type {Compressed, Truth} from "../engine/results";
import {h, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import type {State} from "../page/state";
import {differenceOf, type SharedResults} from "./ensemble";
import {rateKnob} from "./knobs";
import {amountPicture, drawLatent, errorLimitsOnce, fieldPicture, limitsOnce, rateInWords} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

export function compressView(context: Context, results: SharedResults): View {
  const {facts, colours, follow} = context;
  const {shown, shape} = facts;
  const rate = rateKnob(context, true);
  const pictures = {
    truth: fieldPicture(context, "Simulation"),
    made: fieldPicture(context, "Decoded"),
    error: amountPicture(context, "Error"),
    latent: new Picture("Latent", colours.latent, "one tile per channel, in deviations"),
  };
  const spectrum = new Plot({title: "Power spectrum", xTitle: "wavenumber, cycles per cell", log: true});
  const errors = new Plot({title: "VRMSE of the decoded state", xTitle: "lead time"});
  const {rates} = facts;
  const frame = new ViewFrame(
    follow,
    {
      name: "compress",
      title: "1. Compress",
      lead:
        "An [[autoencoder]] squeezes each state of a simulation into a few numbers, its [[latent]], and decodes it again. Drag the " +
        `[[rate|compression]] from [the lowest](rate=${rates[0].latentChannels}) to [the highest](rate=${rates.at(-1)!.latentChannels}): large shapes ` +
        "survive, fine structure goes first, and the [[power spectrum]] shows where.",
      seen: "A copy loses what is small before what is large. Whether a forecast needs what was lost is another question: [the first picture](view=machine) answers it.",
      notebook: "02-autoencoder",
    },
    rate.element,
    h("div", {class: "pictures"}, ...Object.values(pictures).map(({element}) => element)),
    h("div", {class: "plots"}, spectrum.element, errors.element),
  );
  const leads = Array.from({length: shape[0]}, (_, i) => i * facts.stride);

  const drawPictures = (truth: Truth, made: Compressed, at: number) => {
    const size = shown.image[0] * shown.image[1];
    const state = ({images}: {images: Float32Array}) => images.subarray(at * size, (at + 1) * size);
    const limits = limitsOnce(truth.images, shown.signed);
    const [real, decoded] = [state(truth), state(made)];
    pictures.truth.draw(real, shown.image, limits);
    pictures.made.draw(decoded, shown.image, limits);
    pictures.error.draw(differenceOf(real, decoded), shown.image, errorLimitsOnce(truth.images, made.images));
    drawLatent(pictures.latent, made.latents, made.latentShape.slice(1), at);
    pictures.truth.describe(`${shown.name}, ${rangeInWords(real)}`);
    pictures.made.describe(`${rangeInWords(decoded)}, VRMSE ${shortly(made.errors[at])}`);
  };

  return {
    name: "compress",
    element: frame.element,
    draw: (state: State) => {
      const {rate: channels, at} = state;
      rate.set(channels);
      const truth = results.truth(state);
      const made = results.compressed(state);
      if (truth.value && made.value) {
        drawPictures(truth.value, made.value, at);
        const k = Array.from(truth.value.k);
        spectrum.set([
          {name: "simulation", kind: "truth", x: k, y: Array.from(truth.value.spectra[at])},
          {name: "decoded", kind: "autoencoder", x: k, y: Array.from(made.value.spectra[at])},
        ]);
        errors.set([{name: "decoded", kind: "autoencoder", x: leads, y: made.value.errors}]);
        errors.mark(leads[at]);
      }
      const {compression} = facts.rates.find(({latentChannels}) => latentChannels === channels)!;
      const error = made.value?.errors[at] ?? NaN;
      frame.say(
        made.isExact ? truth : made,
        `${rateInWords(compression)}: at lead time ${leads[at]} the VRMSE of the decoded ${shown.name} is ${shortly(error)}: ` +
          `${shortly(100 * error ** 2)} % of its variance is lost, the rest survives in one number for ${shortly(compression)}.`,
      );
    },
  };
}
