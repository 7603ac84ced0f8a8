/** View 4: forecasts beside the truth. */
import type {RolledOut, Scores, Truth} from "../engine/results";
import {h, shortly} from "../page/dom";
import {rangeInWords} from "../page/picture";
import type {Found} from "../page/results";
import {ranges, type State} from "../page/state";
import {differenceOf, ensembleAt, type SharedResults} from "./ensemble";
import {numberKnob, rateKnob} from "./knobs";
import {amountPicture, errorLimitsOnce, fieldPicture, limitsOnce} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

/** Say who is nearer to the truth, and why. */
function verdict({vrmse, ratio}: Scores, {at, members}: State): string {
  const [mean, solver] = [vrmse.diffusion[at], vrmse.solver[at]];
  const numbers = `the VRMSE of the mean is ${shortly(mean)}, of the solver ${shortly(solver)}`;
  if (mean < solver) return `${numbers}: averaging ${members} futures is nearer to the truth than one answer.`;
  const limit = mean * Math.sqrt(members / (members + 1));
  return (
    `${numbers}. That is expected: a mean of ${members} draws keeps noise of its own, and with endless members an honest one would have ` +
    `${shortly(limit)}. What only the ensemble has is its spread, ${shortly(ratio[at])} of its error.`
  );
}

export function rolloutView(context: Context, results: SharedResults): View {
  const {facts, store, follow} = context;
  const {shown, shape, window} = facts;
  const [T] = shape;
  const members = numberKnob(context, "members", "Members", true);
  const steps = numberKnob(context, "steps", "Steps of the sampler");
  const seed = numberKnob(context, "seed", "Seed");
  const rate = rateKnob(context);
  const pictures = {
    truth: fieldPicture(context, "Simulation"),
    mean: fieldPicture(context, "Mean of the members"),
    solver: fieldPicture(context, "Neural solver"),
    spread: amountPicture(context, "Spread"),
    error: amountPicture(context, "Error of the mean"),
    solverError: amountPicture(context, "Error of the solver"),
  };
  const few = Array.from({length: ranges.members.max}, (_, k) => fieldPicture(context, `Member ${k + 1}`));
  const windowOf = (by: number) => () => {
    const at = store.state.at + by * (window - 1);
    store.set({at: Math.max(0, Math.min(T - 1, at - (at % (window - 1))))});
  };
  const byWindow = h(
    "div",
    {class: "work steps"},
    h("button", {type: "button", onclick: windowOf(-1)}, "‹ Last window"),
    h("button", {type: "button", onclick: windowOf(1)}, "Next window ›"),
  );
  const frame = new ViewFrame(
    follow,
    {
      name: "rollout",
      title: "4. Roll out",
      lead:
        "A forecast feeds its own last state back, [[window]] after window. Members of the [[ensemble]] differ by their " +
        `noise alone: they agree [at first](at=1), and [later](at=${T - 1}) go their own ways. An honest [[spread]] is as large as the error ` +
        "of the mean, and in the same places. The [[neural solver]] has one answer.",
      seen: "The ensemble knows where it does not know; the solver's one answer is often nearer, and says nothing about its error. [The scores](view=scores) weigh both.",
      notebook: "05-rollouts",
      onStop: () => results.toggle(),
    },
    members.element,
    byWindow,
    h("div", {class: "pictures six"}, ...Object.values(pictures).map(({element}) => element)),
    h("div", {class: "strip"}, ...few.map(({element}) => element)),
    h("div", {class: "knobs"}, rate.element, steps.element, seed.element),
  );
  const size = shown.image[0] * shown.image[1];

  const drawState = (truth: Truth, rolled: RolledOut, at: number) => {
    const limits = limitsOnce(truth.images, shown.signed);
    const amount = errorLimitsOnce(truth.images, rolled.solver);
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

  /** Show the windows of a rollout that is running. */
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
      members.set(state.members);
      steps.set(state.steps);
      seed.set(state.seed);
      rate.set(state.rate);
      const truth = results.truth(state);
      const rollout = results.rollout(state);
      if (truth.value && rollout.value) drawState(truth.value, rollout.value, state.at);
      if (truth.value) drawProgress(rollout, truth.value);
      const {scores} = rollout.value ?? {};
      frame.say(rollout, scores ? `At lead time ${state.at * facts.stride} ${verdict(scores, state)}` : "");
    },
  };
}
