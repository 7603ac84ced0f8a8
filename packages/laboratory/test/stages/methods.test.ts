import {
  autoencodersOf,
  chooseMethods,
  compressionOf,
  methodCosts,
  methodName,
  middleRate,
  requireMethod,
} from "../../src/stages/methods";
import {type EmulatorSpec} from "../../src/model-changes";
import {preset} from "../../src/presets/presets";
import {Autoencoder} from "lola/models";
import {smoke} from "../smoke";

describe("labels", () => {
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
});

describe("choice", () => {
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
    [
      [{...diffusion, changes: {rollout: {steps: 0}}}],
      "expected methods[0].changes.rollout.steps to be a whole number",
    ],
    [
      [{kind: "solver"}],
      "methods[0].latentChannels to be a whole number of 1 or more, or null in pixel space, found none.",
    ],
  ] as [EmulatorSpec[], string][])("methods that cannot be are refused in one sentence: %j", (methods, sentence) => {
    expect(() => chooseMethods(smoke, methods)).toThrow(sentence);
  });

  test("pixel space needs its own settings, and has no autoencoder", () => {
    const pixel: EmulatorSpec = {kind: "solver", latentChannels: null};
    expect(() => requireMethod({...smoke, pixel: undefined}, pixel, {})).toThrow("in the preset of euler, found none.");
    expect(() => requireMethod(smoke, pixel, {autoencoder: {steps: 3}})).toThrow("found some in pixel space.");
    expect(() => requireMethod(smoke, pixel, {})).not.toThrow();
  });
});

describe("costs", () => {
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
});

describe("the middle rate", () => {
  test.each([
    [[8], 8],
    [[16, 4], 16],
    [[32, 16, 4], 16],
    [[64, 32, 16, 4], 32],
  ])("of %j", (latentChannels, expected) => {
    expect(middleRate({latentChannels})).toBe(expected);
  });
});
