import {Autoencoder} from "../../../lib/models/autoencoder";
import {compressionOf, methodName} from "../../../lib/lab/stages/method-labels";
import {preset} from "../../../lib/lab/presets/presets";

const config = preset("euler", "smoke").autoencoder.model;
const autoencoders = [4, 16].map((latChannels) => ({
  model: new Autoencoder({...config, pixChannels: 5, latChannels}),
}));

test("emulators have the paper's names", () => {
  expect(methodName({kind: "diffusion"})).toBe("diffusion");
  expect(methodName({kind: "solver"})).toBe("neural solver");
});

test("an emulator works at the rate of the autoencoder with its latent channels, in pixel space at 1", () => {
  expect(compressionOf({latentChannels: null}, autoencoders)).toBe(1);
  const [high, low] = [4, 16].map((latentChannels) => compressionOf({latentChannels}, autoencoders));
  expect(high).toBe(autoencoders[0].model.compression);
  expect(high / low).toBe(4); // a quarter of the channels
});

test("refuses latent channels that no autoencoder has", () => {
  expect(() => compressionOf({latentChannels: 8}, autoencoders)).toThrow(
    "compressionOf: expected an autoencoder with 8 latent channels, found 4, 16.",
  );
});
