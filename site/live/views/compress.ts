/** View 1: what compression keeps. */
import {box, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {rateKnob} from "./knobs";
import {
  amountPicture,
  differenceOf,
  drawLatent,
  drawTruth,
  errorLimitsOnce,
  fieldPicture,
  imageAt,
  rateInWords,
} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

export function compressView(context: Context, results: SharedResults) {
  const {facts, colours} = context;
  const {shown, shape, rates, stride} = facts;
  const pictures = {
    truth: fieldPicture(context, "Simulation"),
    made: fieldPicture(context, "Decoded"),
    error: amountPicture(context, "Error"),
    latent: new Picture("Latent", colours.latent, "one tile per channel, in deviations"),
  };
  const plots = {
    spectrum: new Plot({title: "Power spectrum", xTitle: "wavenumber, cycles per cell", log: true}),
    errors: new Plot({title: "VRMSE of the decoded state", xTitle: "lead time"}),
  };
  const leads = Array.from({length: shape[0]}, (_, i) => i * stride);
  return viewOf(
    context,
    {
      name: "compress",
      title: "1. Compress",
      lead:
        "An [[autoencoder]] squeezes each state of a simulation into a few numbers, its [[latent]], and decodes it again. Drag the " +
        `[[rate|compression]] from [the lowest](rate=${rates[0].latentChannels}) to [the highest](rate=${rates.at(-1)!.latentChannels}): large shapes ` +
        "survive, and fine structure is lost first. The [[power spectrum]] shows at which sizes.",
      seen: "A copy loses small structures before large ones. Does a forecast need what was lost? [The first picture](view=machine) answers.",
      notebook: "02-autoencoder",
    },
    [rateKnob(context, true).element, box("pictures", pictures), box("plots", plots)],
    (state) => {
      const {rate, at} = state;
      const [truth, made] = [results.truth(state), results.compressed(state)];
      const {compression} = rates.find(({latentChannels}) => latentChannels === rate)!;
      if (truth.value && made.value) {
        const {images, latents, latentShape, errors, spectra} = made.value;
        const {real, limits} = drawTruth(pictures.truth, facts, truth.value.images, at);
        const decoded = imageAt(facts, images, at);
        pictures.made.draw(decoded, limits, `${rangeInWords(decoded)}, VRMSE ${shortly(errors[at])}`);
        pictures.error.draw(differenceOf(real, decoded), errorLimitsOnce(truth.value.images, images));
        drawLatent(pictures.latent, latents, latentShape.slice(1), at);
        plots.spectrum.set(truth.value.k, [
          {name: "simulation", kind: "truth", y: truth.value.spectra[at]},
          {name: "decoded", kind: "autoencoder", y: spectra[at]},
        ]);
        plots.errors.set(leads, [{name: "decoded", kind: "autoencoder", y: errors}]);
        plots.errors.mark(leads[at]);
      }
      const error = made.value?.errors[at] ?? NaN;
      return [
        made.isExact ? truth : made,
        `At ${rateInWords(compression)} and lead time ${leads[at]} the VRMSE of the decoded ${shown.name} is ${shortly(error)}: ` +
          `${shortly(100 * error ** 2)} % of its variance is lost. The latent has one number for ${shortly(compression)} of the state.`,
      ];
    },
  );
}
