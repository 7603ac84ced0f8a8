/** View 1: what compression keeps. */
import type {Compressed, Truth} from "../engine/results";
import {h, shortly} from "../page/dom";
import {mosaic, Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import type {State} from "../page/state";
import {leadInWords, limitsOnce, Player, rateInWords, rateKnob, ViewFrame, type Context, type View} from "./view";

/** Bound of latents: the saturations of the library keep them within about this. */
const LATENT = [-3, 3] as const;

export function compressView(context: Context): View {
  const {facts, first, store, colours} = context;
  const {shown, shape} = facts;
  const truths = new Results<Truth>(context.engine, () => context.redraw("compress"));
  const results = new Results<Compressed>(context.engine, () => context.redraw("compress"));
  truths.prepare([first.parameters.trajectory], first.truth);
  for (const [rate, value] of Object.entries(first.compressed)) {
    results.prepare([first.parameters.trajectory, Number(rate)], value);
  }
  const rate = rateKnob(context, true);
  const player = new Player("Time", shape[0] - 1, leadInWords(facts), store);
  const pictures = {
    truth: new Picture("Truth", colours.field),
    made: new Picture("Decoded", colours.field),
    error: new Picture("Error", colours.amount, "absolute"),
    latent: new Picture("Latent", colours.latent, "one tile per channel"),
  };
  const spectrum = new Plot({title: "Power spectrum", xTitle: "wavenumber, cycles per cell", log: true});
  const errors = new Plot({title: "VRMSE of the decoded state", xTitle: "lead time"});
  const frame = new ViewFrame(
    {
      name: "compress",
      title: "1. Compress",
      lead:
        "An autoencoder squeezes each state of a simulation into a few numbers, its latent, and decodes it again. Drag the " +
        "rate: large shapes survive, fine structure goes first, and the spectrum shows where.",
    },
    rate.element,
    h("div", {class: "pictures"}, ...Object.values(pictures).map(({element}) => element)),
    player.element,
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
    pictures.error.draw(
      real.map((value, i) => Math.abs(value - decoded[i])),
      shown.image,
      [0, (limits[1] - limits[0]) / 2],
    );
    const latentShape = made.latentShape.slice(1);
    const count = latentShape.reduce((product, n) => product * n, 1);
    const {values, size: tiles} = mosaic(made.latents.subarray(at * count, (at + 1) * count), latentShape);
    pictures.latent.draw(values, tiles, LATENT);
    pictures.truth.describe(`${shown.name}, ${rangeInWords(real)}`);
    pictures.made.describe(`${rangeInWords(decoded)}, VRMSE ${shortly(made.errors[at])}`);
    pictures.latent.describe(
      `${count} numbers ${rangeInWords(values)} in place of ${shape.slice(1).reduce((a, b) => a * b, 1)}`,
    );
  };

  return {
    name: "compress",
    element: frame.element,
    draw: ({trajectory, rate: channels, at}: State) => {
      rate.set(channels);
      player.set(at);
      const truth = truths.get({call: "truth", trajectory, rate: channels, parameters: [trajectory]});
      const made = results.get({call: "compress", trajectory, rate: channels, parameters: [trajectory, channels]});
      if (truth.value && made.value) {
        drawPictures(truth.value, made.value, at);
        const k = Array.from(truth.value.k);
        spectrum.set([
          {name: "truth", kind: "truth", x: k, y: Array.from(truth.value.spectra[at])},
          {name: "decoded", kind: "autoencoder", x: k, y: Array.from(made.value.spectra[at])},
        ]);
        errors.set([{name: "decoded", kind: "autoencoder", x: leads, y: made.value.errors}]);
        errors.mark(leads[at]);
      }
      const {compression} = facts.rates.find(({latentChannels}) => latentChannels === channels)!;
      frame.say(
        made.isExact ? truth : made,
        `${rateInWords(compression)}: at lead time ${leads[at]} the error of ${shown.name} is ${shortly(made.value?.errors[at])}.`,
      );
    },
  };
}
