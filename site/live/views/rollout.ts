/** View 4: forecasts beside the truth. */
import type {Scores} from "../engine/images";
import {box, h, shortly} from "../page/dom";
import {rangeInWords} from "../page/picture";
import {ranges, type State} from "../page/state";
import {numberKnob, rateKnob} from "./knobs";
import {
  amountPicture,
  countOf,
  differenceOf,
  ensembleAt,
  errorLimitsOnce,
  fieldPicture,
  imageAt,
  limitsOnce,
} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

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

export function rolloutView(context: Context, results: SharedResults) {
  const {facts, store} = context;
  const {shown, shape, window, stride} = facts;
  const last = shape[0] - 1;
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
    store.set({at: Math.max(0, Math.min(last, at - (at % (window - 1))))});
  };
  const byWindow = h(
    "div",
    {class: "work steps"},
    h("button", {type: "button", onclick: windowOf(-1)}, "‹ Last window"),
    h("button", {type: "button", onclick: windowOf(1)}, "Next window ›"),
  );
  const drawMembers = (members: readonly Float32Array[], limits: readonly [number, number]) =>
    few.forEach((picture, k) => {
      picture.element.hidden = k >= members.length;
      if (k < members.length) picture.draw(members[k], limits);
    });
  return viewOf(
    context,
    {
      name: "rollout",
      title: "4. Roll out",
      lead:
        "A forecast feeds its own last state back, [[window]] after window. Members of the [[ensemble]] differ by their " +
        `noise alone: they agree [at first](at=1), and [later](at=${last}) go their own ways. An honest [[spread]] is as large as the error ` +
        "of the mean, and in the same places. The [[neural solver]] has one answer.",
      seen: "The ensemble knows where it does not know; the solver's one answer is often nearer, and says nothing about its error. [The scores](view=scores) weigh both.",
      notebook: "05-rollouts",
      onStop: () => results.toggle(),
    },
    [
      numberKnob(context, "members", "Members", true).element,
      byWindow,
      box("pictures six", pictures),
      box("strip", few),
      box("knobs", [
        rateKnob(context),
        numberKnob(context, "steps", "Steps of the sampler"),
        numberKnob(context, "seed", "Seed"),
      ]),
    ],
    (state) => {
      const {at} = state;
      const [{value: truth}, rollout] = [results.truth(state), results.rollout(state)];
      const limits = truth && limitsOnce(truth.images, shown.signed);
      if (truth && limits && rollout.value) {
        const {members, solver, scores} = rollout.value;
        const amount = errorLimitsOnce(truth.images, solver);
        const [real, answer] = [truth.images, solver].map((images) => imageAt(facts, images, at));
        const ensemble = ensembleAt(facts, members, at);
        const withError = (image: Float32Array, errors: readonly number[]) =>
          `${rangeInWords(image)}, VRMSE ${shortly(errors[at])}`;
        pictures.truth.draw(real, limits, `${shown.name} ${rangeInWords(real)}`);
        pictures.mean.draw(ensemble.mean, limits, withError(ensemble.mean, scores.vrmse.diffusion));
        pictures.solver.draw(answer, limits, withError(answer, scores.vrmse.solver));
        const skill = `over the error ${shortly(scores.ratio[at])}`;
        pictures.spread.draw(ensemble.spread, amount, `${rangeInWords(ensemble.spread)}, ${skill}`);
        pictures.error.draw(differenceOf(real, ensemble.mean), amount);
        pictures.solverError.draw(differenceOf(real, answer), amount);
        drawMembers(ensemble.members, limits);
      }
      const newest = rollout.progress?.members; // of a rollout that is running
      if (limits && newest) {
        const states = countOf(facts, newest) / state.members;
        const {members, mean} = ensembleAt(facts, newest, states - 1, states);
        pictures.mean.draw(mean, limits);
        drawMembers(members, limits);
      }
      const scores = rollout.value?.scores;
      return [rollout, scores && `At lead time ${at * stride} ${verdict(scores, state)}`];
    },
  );
}
