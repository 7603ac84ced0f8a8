import {node} from "@lola-ts/cache";
import {type AutoencoderChanges} from "../../src/model-changes";
import {autoencoderStage} from "../../src/stages/autoencoders";
import {tf} from "@lola-ts/engine";
import {smoke, smokeLabs, inContext} from "../smoke";

const {artifacts, open} = smokeLabs();

test("compresses at each rate", async () => {
  const autoencoders = await open().autoencoders();
  expect(autoencoders.map(({model}) => model.compression)).toEqual([20, 80]);
});

test("the validation curve ends with the trained model's loss of the validation states", async () => {
  const lab = open();
  const {model, history} = await lab.autoencoder(16);
  const {data, shape} = (await lab.dataset()).states("valid");
  const [loss] = tf.tidy(() => {
    const x = tf.tensor(data, [shape[0] * shape[1], ...shape.slice(2)]);
    return model.loss(model.layout.bind(model.weights), [x]).dataSync();
  });
  const [step, error] = history.validation[history.validation.length - 1];
  expect(step).toBe(6);
  expect(Math.abs(error / loss - 1)).toBeLessThan(1e-5);
});

test("a changed knob makes another artefact, and a rate that the preset has no steps for trains as its neighbours do", async () => {
  const lab = open();
  const dataset = await lab.dataset();
  const trained = (latentChannels: number, changes?: AutoencoderChanges) =>
    node(autoencoderStage, inContext(smoke, artifacts(), dataset), {latentChannels, changes}).get();
  const same = await trained(4);
  const changed = await trained(4, {training: {learningRate: 1e-4}});
  expect(same.key).toBe((await lab.autoencoder(4)).key);
  expect(changed.key).not.toBe(same.key);
  expect(await changed.model.weights.data()).not.toEqual(await same.model.weights.data());
  const between = await trained(5);
  expect(between.history.loss).toHaveLength(6);
  expect(between.model.config.latChannels).toBe(5);
  between.model.dispose();
});
