import {optionsOf, checkOptions} from "@lola-ts/core";
import {configRule, DATASET_OPTIONS, stageOf, type Config} from "../src/config";
import {changedConfig} from "../src/changes";
import {preset, presetNames, systemNames} from "../src/presets/presets";
import {labOptionsRule} from "../src/open-lab";
import {autoencoderChangesRule, emulatorChangesRule} from "../src/model-changes";
import {refusal} from "./refusal";

const tour = () => preset("euler", "tour");

describe("every preset follows the rules", () => {
  test.each(systemNames().flatMap((system) => presetNames(system).map((name) => [system, name] as const)))(
    "%s, %s",
    (system, name) => {
      const config = preset(system, name);
      expect(changedConfig("openLab", config, {})).toEqual(config);
    },
  );
});

describe("one sentence says what is wrong with a name", () => {
  test.each<[change: unknown, sentence: string]>([
    [{rolout: {steps: 4}}, 'openLab: unknown option "rolout"; did you mean "rollout"?'],
    [{latentChanels: [16]}, 'openLab: unknown option "latentChanels"; did you mean "latentChannels"?'],
    [{data: {gama: [1.4]}}, 'openLab: unknown option "data.gama"; did you mean "data.gammas"?'],
    [{data: {sed: 3}}, 'openLab: unknown option "data.sed"; did you mean "data.seed"?'],
    [{latent: {step: 10}}, 'openLab: unknown option "latent.step"; did you mean "latent.training.steps"?'],
    [{members: 4}, 'openLab: unknown option "members"; did you mean "objective.members" or "rollout.members"?'],
    [{data: {trajectories: {trian: 3}}}, '"data.trajectories.trian"; did you mean "data.trajectories.train"?'],
    [{autoencoder: {model: {saturaton: "tanh"}}}, 'did you mean "autoencoder.model.saturation"?'],
    [
      {autoencoder: {loss: {vmrse: 1}}},
      'unknown option "autoencoder.loss.vmrse"; did you mean "autoencoder.loss.vrmse"',
    ],
    [{contexts: {rho: 0.5}}, 'unknown option "contexts.rho"; known are kind, lambda.'],
    [{metrics: {zzzzzz: 1}}, 'unknown option "metrics.zzzzzz"; known are epsilon, variance, '],
    [{autoencoder: {steps: {many: 3}}}, 'unknown option "autoencoder.steps.many"; known are 4, 16.'],
    [{constructor: 1}, 'unknown option "constructor"'],
    [JSON.parse('{"__proto__": {"steps": 4}}'), 'unknown option "__proto__"'],
    [JSON.parse('{"rollout": {"__proto__": {"steps": 4}}}'), 'unknown option "rollout.__proto__"'],
    [(config: Config) => ({...config, rolout: {}}), 'unknown option "rolout"; did you mean "rollout"?'],
  ])("%j", (change, sentence) => {
    const message = refusal(change);
    expect(message).toContain(sentence);
  });
});

test("an option has the stage that is the first to read it, its own or its section's", () => {
  const byStage = {dataset: "data.seed", autoencoder: "autoencoder.training.batch", latents: "copies"};
  const more = {emulator: "latent.training.steps", rollout: "rollout.steps", evaluation: "metrics.variance"};
  for (const [stage, option] of Object.entries({...byStage, ...more})) expect(stageOf(option)).toBe(stage);
  const first = Object.keys(optionsOf(configRule)!).filter((option) => stageOf(option) === "dataset");
  expect(first.sort()).toEqual([...DATASET_OPTIONS].sort());
});

const cyclic: Record<string, unknown> = {};
cyclic.rollout = cyclic;
const cyclicList: unknown[] = [];
cyclicList.push(cyclicList);

describe("one sentence says what is wrong with a value", () => {
  test.each<[change: unknown, sentence: string]>([
    [
      {latent: {training: {steps: -5}}},
      "openLab: expected latent.training.steps to be a whole number of 1 or more, found -5.",
    ],
    [{rollout: {steps: 2.5}}, "expected rollout.steps to be a whole number of 1 or more, found 2.5."],
    [{rollout: {steps: NaN}}, "found NaN."],
    [{rollout: {steps: Infinity}}, "found Infinity."],
    [{rollout: {steps: "4"}}, 'found "4".'],
    [{rollout: 4}, "expected rollout to be options such as {members: ...}, found 4."],
    [{rollout: [4]}, "expected rollout to be options such as {members: ...}, found [ 4 ]."],
    [{rollout: null}, "found null."],
    [{rollout: () => 4}, "found a function."],
    [{rollout: new Map()}, "found Map(0) {}."],
    [{latentChannels: 8}, "found 8; write [8]."],
    [{latentChannels: []}, "the largest first and none twice, found []."],
    [{latentChannels: [16, 16]}, "found [ 16, 16 ]."],
    [
      {latentChannels: [4, 16]},
      "expected latentChannels to be a list of whole numbers of 1 or more, the largest first",
    ],
    [{horizons: [1, 20]}, "found [ 1, 20 ]; write [[ 1, 20 ]]."],
    [{horizons: [[20, 1]]}, "a pair [from, to] of lead times with from <= to, found [ [ 20, 1 ] ]."],
    [{data: {gammas: [NaN]}}, "each a finite number above 1, found [ NaN ]."],
    [{data: {gammas: [,]}}, "expected data.gammas to be"], // eslint-disable-line no-sparse-arrays
    [{autoencoder: {steps: {8: 0}}}, "expected autoencoder.steps.8 to be a whole number of 1 or more, found 0."],
    [
      {autoencoder: {training: {learningRate: 0}}},
      "expected autoencoder.training.learningRate to be a finite number above 0",
    ],
    [
      {autoencoder: {training: {optimiser: "adam"}}},
      'to be "adamw" or "soap" or "psgd", found "adam"; did you mean "adamw"?',
    ],
    [{autoencoder: {loss: "vmrse"}}, '"mae" or "similarity", found "vmrse"; did you mean "vrmse"?'],
    [{autoencoder: {loss: {}}}, "expected autoencoder.loss to be a loss, or weights of some, found none."],
    [
      {contexts: {kind: "wraped"}},
      'expected contexts.kind to be "truncated" or "wrapped", found "wraped"; did you mean "wrapped"?',
    ],
    [
      {schedule: {name: "rectified", sigmaMin: 2e3}},
      "expected schedule.sigmaMin to be below sigmaMax, 1000, found 2000.",
    ],
    [{data: {lines: "many"}}, 'expected data.lines to be "few" or "well", found "many".'],
    [{seed: -1}, "expected seed to be a whole number from 0 to 1073741824, found -1."],
    [null, "openLab: expected change to be options or a function, found null."],
    [[{copies: 1}], "openLab: expected change to be options or a function, found ["],
    ["copies", 'expected change to be options or a function, found "copies".'],
    [() => undefined, "openLab: expected the changed lab to be a configuration, found none."],
    [() => Promise.resolve(tour()), "expected the changed lab to be a configuration, found Promise"],
    [() => ({copies: 1}), "expected system to be"],
    [cyclic, 'unknown option "rollout.rollout"'],
    [{horizons: cyclicList}, "expected horizons to be"],
    [
      {system: "kolmogorov"},
      'expected system to stay euler in a change, found kolmogorov; write openLab({system: "kolmogorov"}).',
    ],
    [{preset: "smoke"}, "expected preset to stay tour in a change, found smoke"],
  ])("%p", (change, sentence) => {
    const message = refusal(change);
    expect(message).toContain(sentence);
  });
});

describe("the options of a call", () => {
  test("of openLab", () => {
    const check = (options: unknown) => () => checkOptions("openLab", labOptionsRule, options);
    expect(check({presset: "tour"})).toThrow('openLab: unknown option "presset"; did you mean "preset"?');
    expect(check({rollout: {steps: 4}})).toThrow('openLab: unknown option "rollout"; did you mean "change.rollout"?');
    expect(check({name: 5})).toThrow("openLab: expected name to be a text, found 5.");
    expect(check(null)).toThrow("openLab: expected its options to be options such as {system: ...}, found null.");
  });

  test("of an autoencoder's training", () => {
    const check = (changes: unknown) => () => checkOptions("autoencoder", autoencoderChangesRule, changes);
    expect(check({model: {saturation: "tanh"}, training: {optimiser: "adamw"}, steps: 3, seed: 1})).not.toThrow();
    expect(check({model: {saturaton: "tanh"}})).toThrow(
      'autoencoder: unknown option "model.saturaton"; did you mean "model.saturation"?',
    );
    expect(check({steps: 0})).toThrow("autoencoder: expected steps to be a whole number of 1 or more, found 0.");
    expect(check({optimiser: "adamw"})).toThrow('did you mean "training.optimiser"?');
    expect(check({validation: "mean"})).toThrow('expected validation to be "vrmse" or');
  });

  test("of an emulator's training", () => {
    const check = (changes: unknown) => () => checkOptions("emulator", emulatorChangesRule, changes);
    expect(check({network: {hidBlocks: 1}, training: {steps: 300}, seed: 2})).not.toThrow();
    expect(check({network: {blocks: 1}})).toThrow('unknown option "network.blocks"; did you mean "network.hidBlocks"?');
    expect(check({training: {steps: -5}})).toThrow(
      "expected training.steps to be a whole number of 1 or more, found -5.",
    );
  });
});
