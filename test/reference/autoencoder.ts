import {Autoencoder} from "../../lib/models/autoencoder";
import type {LossKind} from "../../lib/models/reconstruction-loss";
import type {BoundParameters} from "../../lib/nn/module";
import {autoencoderConfig} from "../../packages/official-runs/src/official-config";
import {tf, saturate, type Saturation} from "@lola-ts/engine";
import {channelsLast, channelsSecond, expectGradients, golden, gradients} from "./layout";
import {reference, relativeError} from "./reference";

/** Compare an autoencoder with one topic of golden vectors, in 2D and 3D alike. */
export function compareAutoencoder(name: string): void {
  const topic = reference(name);
  const autoencoder = new Autoencoder(autoencoderConfig(topic.config.model));
  const {layout} = autoencoder;
  const x = channelsLast(topic.tensor("in/x"));
  const error = (y: tf.Tensor, key: string) => relativeError(channelsSecond(y), topic.tensor(`out/${key}`).data);

  beforeAll(() => {
    autoencoder.weights = golden(layout, topic.below("weights/"));
  });
  afterAll(() => autoencoder.dispose());

  test("latents and reconstruction, recorded and not", () => {
    const z = autoencoder.encode(x);
    expect(error(z, "z")).toBeLessThan(1e-5);
    const y = autoencoder.decode(z);
    expect(error(y, "y")).toBeLessThan(1e-5);

    const p = layout.bind(autoencoder.weights);
    expect(error(autoencoder.encoder(p, x), "z")).toBeLessThan(1e-5);
    expect(error(autoencoder.decoder(p, z), "y")).toBeLessThan(1e-5);
  });

  test("latents before saturation", () => {
    const open = new Autoencoder({...autoencoder.config, saturation: "none"});
    expect(error(open.encoder(layout.bind(autoencoder.weights), x), "encoder")).toBeLessThan(1e-5);
  });

  const losses = Object.entries<{losses: LossKind[]; weights: number[]}>(topic.config.losses);

  test.each(losses)("loss %s", (loss, {losses: kinds, weights}) => {
    const kind = Object.fromEntries(kinds.map((one, i) => [one, weights[i]]));
    const value = autoencoder.loss(layout.bind(autoencoder.weights), [x], {kind}).dataSync();
    expect(relativeError(value, topic.tensor(`out/loss_${loss}`).data)).toBeLessThan(1e-5);
  });

  test("gradients of VRMSE by parameters and input", () => {
    const bound = layout.bind(autoencoder.weights);
    const loss = (p: BoundParameters, states: tf.Tensor) => autoencoder.loss(p, [states], {kind: "vrmse"});
    const found = gradients(layout, autoencoder.weights, (p) => loss(p, x));
    const input = channelsSecond(tf.grad((states) => loss(bound, states))(x));
    expectGradients(topic.below("grad/"), (key) => (key === "x" ? input : found.get(key)!.data));
  });

  const saturations = [...topic.below("saturation/").keys()].filter((key) => key !== "in") as Saturation[];

  test.each(saturations)("saturation %s", (saturation) => {
    const y = channelsSecond(saturate(channelsLast(topic.tensor("saturation/in")), saturation));
    expect(relativeError(y, topic.tensor(`saturation/${saturation}`).data)).toBeLessThan(1e-5);
  });
}
