/** Gradients and tangents of whole networks equal differences, and each other's transpose. */
import {tf} from "@lola-ts/engine";
import {Autoencoder} from "../../lib/models/autoencoder";
import {Layout} from "../../lib/nn/module";
import {ViT} from "../../lib/nn/vit";
import {derivativeErrors, normal, type Operation} from "../../packages/engine/test/gradients";

const close = (f: Operation, x: tf.Tensor) => {
  const {gradient, tangent, adjoint} = derivativeErrors(f, [x], 5e-3);
  expect(gradient).toBeLessThan(1e-3); // differences of many rounded layers
  expect(tangent).toBeLessThan(1e-3);
  expect(adjoint).toBeLessThan(1e-5);
};

test.each([
  {spatial: 2, grid: [3, 2], periodic: true},
  {spatial: 2, grid: [3, 2], periodic: false},
  {spatial: 3, grid: [2, 2, 3], periodic: true},
])("decoder and encoder of an autoencoder, %o", ({spatial, grid, periodic}) => {
  const autoencoder = Autoencoder.create(
    {pixChannels: 2, latChannels: 3, hidChannels: [4, 6], hidBlocks: [1, 1], spatial, periodic},
    1,
  );
  const p = autoencoder.layout.bind(autoencoder.weights);
  close((z) => autoencoder.decoder(p, z), normal([2, ...grid, 3], 1));
  close((x) => autoencoder.encoder(p, x), normal([2, ...grid.map((n) => 2 * n), 2], 1));
});

test("transformer", () => {
  const config = {inChannels: 2, outChannels: 2, condChannels: 2, modFeatures: 3, hidChannels: 8, hidBlocks: 1};
  const vit = new ViT({...config, attentionHeads: 2, spatial: 3, patchSize: [1, 2, 2]});
  const layout = new Layout(vit.specs);
  const p = layout.bind(tf.tensor1d(layout.initialise(1)));
  const cond = normal([1, 3, 4, 4, 2], 2);
  const mod = normal([1, 3], 3) as tf.Tensor2D;
  close((x) => vit.forward(p, x, {cond, mod}), normal([1, 3, 4, 4, 2], 1));
});
