import {autoencodersOf, chooseMethods, requireMethod} from "../../../lib/lab/stages/method-choice";
import type {EmulatorSpec} from "../../../lib/lab/stages/emulators";
import {smoke} from "../smoke";

const diffusion = {kind: "diffusion", latentChannels: 16} as const;
const shallow = {...diffusion, changes: {network: {hidBlocks: 1}}};

test("a method is called as in the paper, and by its changes unless it has a label of its own", () => {
  const labels = (...methods: Parameters<typeof chooseMethods>[1]) =>
    chooseMethods(smoke, methods).map(({label}) => label);
  expect(labels(diffusion, {kind: "solver", latentChannels: null})).toEqual(["diffusion", "neural solver"]);
  expect(labels(diffusion, shallow)).toEqual(["diffusion", "diffusion, network.hidBlocks = 1"]);
  expect(labels({...shallow, label: "one block"}, {...diffusion, changes: {}})).toEqual(["one block", "diffusion"]);
});

test("each autoencoder is listed once, with its changes", () => {
  const tanh = {autoencoder: {model: {saturation: "tanh"}}} as const;
  const chosen = chooseMethods(smoke, [
    diffusion,
    {kind: "solver", latentChannels: 16},
    {...diffusion, changes: tanh},
    {kind: "solver", latentChannels: 16, changes: {...tanh, seed: 1}},
    {kind: "solver", latentChannels: 4},
    {kind: "solver", latentChannels: null},
  ]);
  expect(autoencodersOf(chosen)).toEqual([
    {latentChannels: 16, changes: {}, label: "autoencoder"},
    {latentChannels: 16, changes: tanh.autoencoder, label: "autoencoder, model.saturation = tanh"},
    {latentChannels: 4, changes: {}, label: "autoencoder"},
  ]);
});

test.each([
  [[], "methods: expected at least one method, found an empty list."],
  [[diffusion, {...diffusion, changes: {}}], "methods: expected different methods, found diffusion-c16 twice."],
  [
    [shallow, {...shallow, label: "one block"}],
    "methods: expected different methods, found diffusion-c16, network.hidBlocks = 1 twice.",
  ],
  [
    [
      {...diffusion, label: "a"},
      {kind: "solver", latentChannels: 4, label: "a"},
    ],
    'methods: expected different labels, found the label "a" twice.',
  ],
  [[{...diffusion, label: "neural solver"}], 'first frame, training mean, spatial mean, found "neural solver".'],
  [
    [{...diffusion, kind: "difusion"}],
    'lab: expected methods[0].kind to be "diffusion" or "solver" or "crps", found "difusion"; did you mean "diffusion"?',
  ],
  [
    [{...diffusion, latentChannels: 0}],
    "methods[0].latentChannels to be a whole number of 1 or more, or null in pixel space, found 0.",
  ],
  [[{...diffusion, chnages: {}}], 'lab: unknown option "methods[0].chnages"; did you mean "methods[0].changes"?'],
  [[{...diffusion, changes: {rollout: {steps: 0}}}], "expected methods[0].changes.rollout.steps to be a whole number"],
  [
    [{kind: "solver"}],
    "methods[0].latentChannels to be a whole number of 1 or more, or null in pixel space, found none.",
  ],
] as [EmulatorSpec[], string][])("methods that cannot be are refused in one sentence: %j", (methods, sentence) => {
  expect(() => chooseMethods(smoke, methods)).toThrow(sentence);
});

test("pixel space needs its own settings, and has no autoencoder", () => {
  const pixel: EmulatorSpec = {kind: "solver", latentChannels: null};
  expect(() => requireMethod({...smoke, pixel: undefined}, pixel, {})).toThrow("those of euler have none.");
  expect(() => requireMethod(smoke, pixel, {autoencoder: {steps: 3}})).toThrow("found some in pixel space.");
  expect(() => requireMethod(smoke, pixel, {})).not.toThrow();
});
