/** View 3: forecasts beside the truth. */
import type {Scores} from "../engine/images";
import {box, h, shortly} from "../page/dom";
import type {State} from "../page/state";
import {numberKnob, rateKnob} from "./knobs";
import {drawForecast, forecastPictures, limitsOnce, memberStrip, newestOf} from "./pictures";
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
  const {facts} = context;
  const {shown, shape, stride} = facts;
  const last = shape[0] - 1;
  const pictures = forecastPictures(context);
  const strip = memberStrip(context);
  return viewOf(
    context,
    {
      name: "rollout",
      title: "3. Roll out",
      lead:
        "A forecast continues from its own last state, [[window]] after window. Members of the [[ensemble]] differ only by their " +
        `noise: they agree [at first](at=1) and diverge [later](at=${last}). An honest [[spread]] is as large as the error ` +
        "of the mean, and in the same places. The [[neural solver]] gives one answer.",
      seen: "The ensemble shows where it is unsure. The solver's one answer is often nearer, and says nothing about its error. [The scores](view=scores) weigh both.",
      notebook: "05-rollouts",
    },
    [
      numberKnob(context, "members", "Members", true),
      box("pictures six", pictures),
      strip.element,
      h(
        "div",
        {class: "knobs"},
        rateKnob(context),
        numberKnob(context, "steps", "Steps of the sampler"),
        numberKnob(context, "seed", "Seed of the noise"),
      ),
    ],
    (state) => {
      const {at} = state;
      const [{value: truth}, rollout] = [results.truth(state), results.rollout(state)];
      const limits = truth && limitsOnce(truth.images, shown.signed);
      if (truth && limits && rollout.value) {
        strip.draw(drawForecast(pictures, facts, {...rollout.value, truth: truth.images}, at).members, limits);
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
