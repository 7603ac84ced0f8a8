/** View 4: forecasts beside the truth. */
import type {Scores} from "../engine/images";
import {box, h, shortly} from "../page/dom";
import type {State} from "../page/state";
import {numberKnob, rateKnob} from "./knobs";
import {drawForecast, errorLimitsOnce, forecastPictures, limitsOnce, memberStrip, newestOf} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

/** Say who is nearer to the truth, and why. */
function verdict({vrmse, ratio}: Scores, {at, members}: State): string {
  const [mean, solver] = [vrmse.diffusion[at], vrmse.solver[at]];
  const numbers = `the VRMSE of the mean is ${shortly(mean)}, of the solver ${shortly(solver)}`;
  if (mean < solver) return `${numbers}: averaging ${members} futures is nearer to the truth than one answer.`;
  const limit = mean * Math.sqrt(members / (members + 1));
  return (
    `${numbers}. That is expected: a mean of ${members} members keeps some of their noise. With endless members an honest ensemble ` +
    `would have ${shortly(limit)}. Only the ensemble has a spread, which is ${shortly(ratio[at])} of its error.`
  );
}

export function rolloutView(context: Context, results: SharedResults) {
  const {facts, store} = context;
  const {shown, shape, window, stride} = facts;
  const last = shape[0] - 1;
  const pictures = forecastPictures(context);
  const strip = memberStrip(context);
  const windowOf = (by: number) => () => {
    const at = store.state.at + by * (window - 1);
    store.set({at: Math.max(0, Math.min(last, at - (at % (window - 1))))});
  };
  const byWindow = h(
    "div",
    {class: "work steps"},
    h("button", {type: "button", onclick: windowOf(-1)}, "‹ Previous window"),
    h("button", {type: "button", onclick: windowOf(1)}, "Next window ›"),
  );
  return viewOf(
    context,
    {
      name: "rollout",
      title: "4. Roll out",
      lead:
        "A forecast continues from its own last state, [[window]] after window. Members of the [[ensemble]] differ only by their " +
        `noise: they agree [at first](at=1) and part [later](at=${last}). An honest [[spread]] is as large as the error ` +
        "of the mean, and in the same places. The [[neural solver]] gives one answer.",
      seen: "The ensemble shows where it is unsure. The solver's one answer is often nearer, and says nothing about its error. [The scores](view=scores) weigh both.",
      notebook: "05-rollouts",
      onStop: () => results.toggle(),
    },
    [
      numberKnob(context, "members", "Members", true).element,
      byWindow,
      box("pictures six", pictures),
      strip.element,
      box("knobs", [
        rateKnob(context),
        numberKnob(context, "steps", "Steps of the sampler"),
        numberKnob(context, "seed", "Seed of the noise"),
      ]),
    ],
    (state) => {
      const {at} = state;
      const [{value: truth}, rollout] = [results.truth(state), results.rollout(state)];
      const limits = truth && limitsOnce(truth.images, shown.signed);
      if (truth && limits && rollout.value) {
        const amount = errorLimitsOnce(truth.images, rollout.value.solver);
        const all = {...rollout.value, truth: truth.images};
        strip.draw(drawForecast(pictures, facts, all, at, limits, amount).members, limits);
      }
      const newest = newestOf(facts, rollout.progress, state.members);
      if (limits && newest) {
        pictures.mean.draw(newest.mean, limits);
        strip.draw(newest.members, limits);
      }
      const scores = rollout.value?.scores;
      return [rollout, scores && `At lead time ${at * stride} ${verdict(scores, state)}`];
    },
  );
}
