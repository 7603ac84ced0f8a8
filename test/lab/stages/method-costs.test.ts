import {Autoencoder} from "../../../lib/models/autoencoder";
import {preset} from "../../../lib/lab/presets/presets";
import {methodCosts} from "../../../lib/lab/stages/method-costs";

test("a latent emulator costs itself and its autoencoder, one in pixel space itself", () => {
  const config = preset("euler", "smoke").autoencoder.model;
  const history = (steps: number) => ({loss: new Float32Array(steps)});
  const autoencoders = [4, 16].map((latChannels) => ({
    model: new Autoencoder({...config, pixChannels: 5, latChannels}),
    history: history(100),
  }));
  const emulator = (latentChannels: number | null, size: number) =>
    ({method: {kind: "solver", latentChannels}, model: {layout: {size}}, history: history(30)}) as const;
  const [large, , latent, pixel] = methodCosts(autoencoders, [emulator(4, 1000), emulator(null, 700)]);
  const {size} = autoencoders[0].model.layout;
  const {compression} = autoencoders[0].model;
  expect(large).toEqual({method: "autoencoder", compression, parameters: size, steps: 100});
  expect(latent).toEqual({method: "neural solver", compression, parameters: 1000 + size, steps: 130});
  expect(pixel).toEqual({method: "neural solver", compression: 1, parameters: 700, steps: 30});
});
