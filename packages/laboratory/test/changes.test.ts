import {configChanges, differences, modelChanges} from "../src/changes";
import {smoke} from "./smoke";

test("a preset has no changes, another configuration all of its own", () => {
  expect(configChanges(smoke)).toBe("");
  expect(configChanges({...smoke, seed: 1, latent: {...smoke.latent, hidBlocks: 7}})).toBe(
    "seed = 1; latent.hidBlocks = 7",
  );
});

test("changes of a model are listed option by option, without those that are undefined", () => {
  const changes = {network: {hidBlocks: 1, qkNorm: undefined}, autoencoder: {model: {hidChannels: [8, 16]}}, seed: 3};
  expect(modelChanges(changes)).toEqual([
    "network.hidBlocks = 1",
    "autoencoder.model.hidChannels = [8,16]",
    "seed = 3",
  ]);
  expect(modelChanges({})).toEqual([]);
});

test("the order of options is no difference, and NaN is another value than null", () => {
  expect(differences({a: {b: 1, c: 2}}, {a: {c: 2, b: 1}}, "")).toEqual([]);
  expect(differences({a: [{b: 1, c: 2}]}, {a: [{c: 2, b: 1}]}, "")).toEqual([]);
  expect(differences({a: null}, {a: NaN}, "")).toEqual([{option: "a", preset: "null", here: NaN}]);
});
