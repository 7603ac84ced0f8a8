/** View 4: forecasts beside the truth. */
import type {RolledOut, Truth} from "../engine/results";
import {h, shortly} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import type {Found} from "../page/results";
import {ranges, type State} from "../page/state";
import {differenceOf, ensembleAt, type SharedEnsembles} from "./ensemble";
import {Knob, leadInWords, limitsOnce, Player, rateKnob, ViewFrame, type Context, type View} from "./view";

export function rolloutView(context: Context, results: SharedEnsembles): View {
  const {facts, store, colours} = context;
  const {shown, shape} = facts;
  const [T] = shape;
  const player = new Player("Time", T - 1, leadInWords(facts), store, {dominant: true});
  const members = new Knob("Members", ranges.members, String, (value) => store.set({members: value}));
  const steps = new Knob("Steps of the sampler", ranges.steps, String, (value) => store.set({steps: value}));
  const seed = new Knob("Seed of the noise", ranges.seed, String, (value) => store.set({seed: value}));
  const rate = rateKnob(context);
  const pictures = {
    truth: new Picture("Truth", colours.field),
    mean: new Picture("Ensemble mean", colours.field),
    solver: new Picture("Neural solver", colours.field),
    spread: new Picture("Spread", colours.amount),
    error: new Picture("Error of the mean", colours.amount, "absolute"),
    solverError: new Picture("Error of the solver", colours.amount, "absolute"),
  };
  const few = Array.from({length: ranges.members.max}, (_, k) => new Picture(`Member ${k + 1}`, colours.field));
  const frame = new ViewFrame(
    {
      name: "rollout",
      title: "4. Roll out",
      lead:
        "A forecast feeds its own last state back, window after window. Members of the diffusion ensemble differ by their " +
        "noise alone. Play: they agree at first, then go their own ways. An honest spread is as large as the error of the " +
        "mean, and in the same places. The neural solver has one answer.",
      onStop: () => results.toggle(),
    },
    player.element,
    h("div", {class: "pictures three"}, ...Object.values(pictures).map(({element}) => element)),
    h("div", {class: "strip"}, ...few.map(({element}) => element)),
    h("div", {class: "knobs"}, members.element, rate.element, steps.element, seed.element),
  );
  const size = shown.image[0] * shown.image[1];

  const drawState = (truth: Truth, rolled: RolledOut, at: number) => {
    const limits = limitsOnce(truth.images, shown.signed);
    const amount = [0, (limits[1] - limits[0]) / 2] as const;
    const real = truth.images.subarray(at * size, (at + 1) * size);
    const answer = rolled.solver.subarray(at * size, (at + 1) * size);
    const ensemble = ensembleAt(rolled.members, size, T, at);
    pictures.truth.draw(real, shown.image, limits);
    pictures.mean.draw(ensemble.mean, shown.image, limits);
    pictures.solver.draw(answer, shown.image, limits);
    pictures.spread.draw(ensemble.spread, shown.image, amount);
    pictures.error.draw(differenceOf(real, ensemble.mean), shown.image, amount);
    pictures.solverError.draw(differenceOf(real, answer), shown.image, amount);
    few.forEach((picture, k) => {
      picture.element.hidden = k >= ensemble.members.length;
      if (!picture.element.hidden) picture.draw(ensemble.members[k], shown.image, limits);
    });
    const {vrmse, ratio} = rolled.scores;
    pictures.truth.describe(`${shown.name} ${rangeInWords(real)}`);
    pictures.mean.describe(`${rangeInWords(ensemble.mean)}, VRMSE ${shortly(vrmse.diffusion[at])}`);
    pictures.solver.describe(`${rangeInWords(answer)}, VRMSE ${shortly(vrmse.solver[at])}`);
    pictures.spread.describe(`${rangeInWords(ensemble.spread)}, over the error ${shortly(ratio[at])}`);
  };

  /** Show the windows of a rollout that goes on. */
  const drawProgress = ({progress}: Found<RolledOut>, truth: Truth) => {
    if (!progress?.members || progress.from === undefined) return;
    const count = store.state.members;
    const states = progress.members.length / (count * size);
    const limits = limitsOnce(truth.images, shown.signed);
    const {members: newest, mean} = ensembleAt(progress.members, size, states, states - 1);
    pictures.mean.draw(mean, shown.image, limits);
    few.forEach((picture, k) => {
      picture.element.hidden = k >= count;
      if (k < count) picture.draw(newest[k], shown.image, limits);
    });
  };

  return {
    name: "rollout",
    element: frame.element,
    draw: (state: State) => {
      player.set(state.at);
      members.set(state.members);
      steps.set(state.steps);
      seed.set(state.seed);
      rate.set(state.rate);
      const {truth, rollout} = results.of(state);
      if (truth.value && rollout.value) drawState(truth.value, rollout.value, state.at);
      if (truth.value) drawProgress(rollout, truth.value);
      const {vrmse} = rollout.value?.scores ?? {};
      frame.say(
        rollout,
        `At lead time ${state.at * facts.stride}: VRMSE of the mean ${shortly(vrmse?.diffusion[state.at])}, of the solver ${shortly(vrmse?.solver[state.at])}.`,
      );
    },
  };
}
