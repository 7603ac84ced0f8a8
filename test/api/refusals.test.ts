/**
 * Public functions whose right calls train, draw or read files refuse wrong arguments in a sentence too. Their right calls are
 * made elsewhere, see `exempt.ts`.
 */
import {tmpdir} from "node:os";
import path from "node:path";
import * as lola from "./public";
import {LabComparison, Evaluation} from "@lola-ts/laboratory/stages";
import {tinyAutoencoder} from "../tiny";
import {faultOf} from "./judge";

/** A path at which nothing is: wrong arguments leave no file. */
const folder = (...names: string[]) => path.join(tmpdir(), "lola-refusals", ...names);
const lab = lola.openLab({system: "euler", preset: "smoke", name: "refusals"});
const figure = {data: [], layout: {}} as lola.Figure;
const source = {} as lola.WellSource;

/** Wrong arguments by name, and what a sentence may name in place of the function. */
const calls: Readonly<Record<string, {call: (...args: never[]) => unknown; wrong: readonly (readonly unknown[])[]}>> = {
  show: {call: lab.show.bind(lab), wrong: [[], [5], [{}], [figure, 5], [figure, {name: 5}], [figure, {nme: "a"}]]},
  showTable: {
    call: lab.showTable.bind(lab),
    wrong: [[], ["a", "b"], [[1, 2], "b"], [[{a: 1}], 5], [[{a: 1}], "b", {digit: 2}]],
  },
  compare: {call: lola.compare, wrong: [[], [{}], [{a: lab}], [{a: 1, b: 2}], [{a: lab, b: lab}, {methods: 5}]]},
  openTrained: {call: lola.openTrained, wrong: [[], [{}], [lab, {trajectories: -1}], [lab, {trajectories: "a"}]]},
  viewRollouts: {call: lola.viewRollouts, wrong: [[], [{}], [lab, {trajectory: -1}], [lab, {trajectory: NaN}]]},
  latentCalibration: {call: lola.latentCalibration, wrong: [[], [{}, []], [lab], [lab, 5], [lab, [{kind: "solve"}]]]},
  validation: {call: lola.validation, wrong: [[], ["nonesuch"], [5]]},
  Loader: {call: (...args: never[]) => new lola.Loader(...(args as [never, never])), wrong: [[], [{}], [source, {}]]},
  WellSource: {call: (...args: never[]) => new lola.WellSource(...(args as [never])), wrong: [[], [{}]]},
  summariseWell: {call: lola.summariseWell, wrong: [[], [folder()], [folder(), "nonesuch"], [5, "a"]]},
  reconstruction: {call: lola.reconstruction, wrong: [[], [{}], [{}, {}, 0]]},
  testTrajectory: {call: lola.testTrajectory, wrong: [[], [{}], [{}, 0]]},
};

test.each(Object.entries(calls))("%s refuses wrong arguments in a sentence", async (name, {call, wrong}) => {
  const problems: string[] = [];
  for (const [i, args] of wrong.entries()) {
    try {
      await call(...(args as never[]));
      problems.push(`${i}: accepted`);
    } catch (error) {
      const fault = faultOf(error, [
        name.split(".")[0],
        "methods",
        "testTrajectory",
        "openWell",
        "none.hdf5",
        "lola-refusals",
      ]);
      if (fault) problems.push(`${i}: ${fault}`);
    }
  }
  expect(problems).toEqual([]);
});

/** Labels of two methods that were scored, for evaluations. */
const scored = ["diffusion", "neural solver"].map((method) => ({
  labels: {dataset: "euler", method, space: "latent", compression: 20},
  rows: [{trajectory: 3, field: "density", state: 1, vrmse: 0.5}],
}));
const evaluation = new Evaluation(lab.config, scored as never);
const compared = new LabComparison([{name: "a", autoencoders: [], emulators: [], rollouts: []}] as never);
const diffusion = {kind: "diffusion", latentChannels: 16};
const model = tinyAutoencoder();
const kinds = '"diffusion" or "solver" or "crps"';

/** Call a method, or a function of the library, with any arguments. */
const method =
  (object: object, name: string) =>
  (...args: unknown[]) =>
    (object as Record<string, (...all: unknown[]) => unknown>)[name](...args);

/** Wrong calls of methods, and calls whose sentence names more than their function, with the beginning of the sentence. */
// prettier-ignore
const sentences: readonly [call: string, sentence: string, call: () => unknown][] = [
  ["lab.emulator()", "emulator: expected method to be options such as {kind: ...}, found none.", () => method(lab, "emulator")()],
  ["lab.emulator(choice)", 'emulator: unknown option "method.changes"; known are kind, latentChannels.', () => method(lab, "emulator")({...diffusion, changes: {}})],
  ["lab.rollouts(method)", "rollouts: expected methods to be a list of methods, found { kind: 'diffusion', latentChannels: 16 }; write [", () => method(lab, "rollouts")(diffusion)],
  ["lab.emulators(text)", 'emulators: expected methods to be a list of methods, found "x".', () => method(lab, "emulators")("x")],
  ["lab.emulators(kind)", `lab: expected methods[0].kind to be ${kinds}, found "difusion"; did you mean "diffusion"?`, () => method(lab, "emulators")([{...diffusion, kind: "difusion"}])],
  ["lab.evaluation(method)", "evaluation: expected methods to be a list of methods, found { kind: 'diffusion', latentChannels: 16 }; write [", () => method(lab, "evaluation")({methods: diffusion})],
  ["lab.evaluation(misspelt)", 'evaluation: unknown option "method"; did you mean "methods"?', () => method(lab, "evaluation")({method: diffusion})],
  ["lab.evaluation(trivial)", 'evaluation: expected trivial to be true or false, found "no".', () => method(lab, "evaluation")({trivial: "no"})],
  ["lab.evaluation(list)", "evaluation: expected its options to be options such as {methods: ...}, found [].", () => method(lab, "evaluation")([])],
  ["lab.latents(split)", 'latents: expected split to be "train" or "valid" or "test", found "training"; did you mean "train"?', () => method(lab, "latents")(16, "training")],
  ["lab.latents()", 'latents: expected split to be "train" or "valid" or "test", found none.', () => method(lab, "latents")(16)],
  ["lab.autoencoder(text)", 'autoencoder: expected latentChannels to be an integer of at least 1, found "16".', () => method(lab, "autoencoder")("16")],
  ["compare(metric)", 'compare: expected metric to be "vrmse" or', () => method(lola, "compare")({a: lab, b: lab.with({seed: 1})}, {metric: "foo"})],
  ["evaluation.of(number)", "of: expected trajectories to be a list of the trajectories 3, found 0.", () => method(evaluation, "of")(0)],
  ["evaluation.of(unknown)", "of: expected trajectories to be a list of the trajectories 3, found [ 77 ].", () => method(evaluation, "of")([77])],
  ["evaluation.results(misspelt)", 'results: unknown option "span"; did you mean "spans"?', () => method(evaluation, "results")({span: [[1, 20]]})],
  ["evaluation.results(spans)", "results: expected spans to be a list, each a list of 2 entries", () => method(evaluation, "results")({spans: [1, 20]})],
  ["evaluation.stateRows(misspelt)", "stateRows: expected methods to be a list, each \"diffusion\" or \"neural solver\", found [ 'difusion' ]; did you mean \"diffusion\"?", () => method(evaluation, "stateRows")({methods: ["difusion"]})],
  ["evaluation.stateRows(text)", 'stateRows: expected methods to be a list, each "diffusion" or "neural solver", found "diffusion"; write ["diffusion"].', () => method(evaluation, "stateRows")({methods: "diffusion"})],
  ["comparison.curves(text)", 'curves: expected its options to be options such as {method: ...}, found "foo".', () => method(compared, "curves")("foo")],
  ["comparison.animation(misspelt)", 'animation: unknown option "trajectries"; did you mean "trajectory"?', () => method(compared, "animation")({trajectries: 1})],
  ["comparison.table(metric)", 'table: expected metric to be "vrmse" or', () => method(compared, "table")("foo")],
  ["new Sampler(null)", "Sampler: expected its options to be options such as {kind: ...}, found null.", () => new lola.Sampler(null as never)],
  ["new Sampler(64)", "Sampler: expected its options to be options such as {kind: ...}, found 64.", () => new lola.Sampler(64 as never)],
  ["new Sampler(texts)", 'Sampler: expected steps to be a whole number of 1 or more, found "16".', () => new lola.Sampler({steps: "16"} as never)],
  ["sampler.sample()", "Sampler: expected denoiser to be a denoiser, found none.", () => method(new lola.Sampler(), "sample")()],
  ["Autoencoder.create(dropOut)", 'Autoencoder: unknown option "dropOut"; did you mean "dropout"?', () => lola.Autoencoder.create({...model.config, dropOut: 0.5} as never, 1)],
  ["Autoencoder.create(latentChannels)", 'Autoencoder: unknown option "latentChannels"; did you mean "latChannels"?', () => lola.Autoencoder.create({...model.config, latentChannels: 4} as never, 1)],
  ["model.encode(lists)", "Autoencoder: expected states to be a tensor of float32, found [ [ 1 ] ].", () => method(model, "encode")([[1]])],
  ["model.encode(whole numbers)", "Autoencoder: expected states to be a tensor of float32, found a tensor [1, 8, 8, 3] of int32.", () => model.encode(lola.tf.zeros([1, 8, 8, 3], "int32"))],
  ["saveRun({})", 'saveRun: expected run.kind to be "autoencoder" or "denoiser" or "solver", found none.', () => method(lola, "saveRun")(folder("never"), {})],
  ["loadRun()", "loadRun: expected folder to be a text, found none.", () => method(lola, "loadRun")()],
  ["loadCheckpoint()", "loadCheckpoint: expected path to be a text, found none.", () => method(lola, "loadCheckpoint")()],
  ["writeWell(number)", "writeWell: expected path to be a text, found 7.", () => method(lola, "writeWell")(7, {})],
  ["preset(system)", 'preset: expected name, for euler, to be "smoke" or "tour" or "mini" or "paper", found none.', () => method(lola, "preset")("euler")],
  ["rollout()", "rollout: expected emulator to be a function, found none.", () => method(lola, "rollout")()],
  ["standardize()", "standardize: expected constants to be constants of a standardisation, found none.", () => method(lola, "standardize")()],
  ["vrmse of one value", "vrmse: expected u to be a row of 2 numbers or more, found [ 1 ].", () => lola.vrmse([1], [2])],
  ["vrmse(eps)", 'vrmse: unknown option "eps"; known are epsilon, variance.', () => method(lola, "vrmse")([1, 2], [2, 1], {eps: 1})],
  ["crps(fair)", 'crps: unknown option "fair"; known are alpha.', () => method(lola, "crps")([1, 2], [[1, 2]], {fair: true})],
];

test.each(sentences)("%s", async (_, sentence, call) => {
  const failed = await Promise.resolve()
    .then(call)
    .then(
      () => "accepted",
      (error: Error) => error.message,
    );
  expect(failed.slice(0, sentence.length)).toBe(sentence);
  expect(failed).toMatch(/[.?]$/);
});
