/** View 4: what is on the screen, in numbers. */
import {box, h, shortly} from "../page/dom";
import {Plot} from "../page/plot";
import {honestPart} from "./honest";
import {compared, quantityOf} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

function honestyInWords(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.1) return "the members disagree as much as they err, which is honest";
  const much = Math.abs(Math.round(100 * (ratio - 1)));
  return ratio < 1
    ? `they disagree ${much} % less than they err, and promise too much`
    : `they disagree ${much} % more than they err, and promise too little`;
}

export function scoresView(context: Context, results: SharedResults) {
  const {facts} = context;
  const xTitle = "lead time";
  const plots = {
    vrmse: new Plot({title: "VRMSE: 0 is exact, 1 as good as the spatial mean", xTitle, top: 1}),
    crps: new Plot({title: `CRPS of the whole distribution: ${quantityOf(facts)}`, xTitle}),
    ratio: new Plot({title: "Spread over error: 1 is honest", xTitle, top: 1.5}),
    spectrum: new Plot({title: "Power spectrum at this time", xTitle: "wavenumber, cycles per cell", log: true}),
  };
  const leads = Array.from({length: facts.shape[0]}, (_, i) => i * facts.stride);
  const parts = honestPart(facts);
  const honest = {name: "honest", kind: "ideal", y: leads.map(() => 1)};
  return viewOf(
    context,
    {
      name: "scores",
      title: "4. Score",
      lead:
        "Four numbers describe [the forecast of view 3](view=rollout). [[VRMSE]] compares one answer with the simulation: the mean of the [[ensemble]], " +
        "or the [[neural solver]]'s. [[CRPS]] scores all members together, which is what an ensemble is for. The ratio " +
        "of [[spread]] and error says whether the ensemble is honest, and so does the rank of the simulation among the members. The [[power spectrum]] shows at which sizes structure is lost. " +
        "Compare [2 members](members=2) with [4](members=4).",
      seen: "Which forecast is better depends on the question: one answer, or how likely each future is. [View 5](view=results) has the scores of all test trajectories.",
      notebook: "06-compression",
    },
    [box("plots", plots), h("div", {class: "plots"}, ...parts.elements)],
    (state) => {
      const {at, members} = state;
      const [truth, rollout] = [results.truth(state), results.rollout(state)];
      if (!truth.value || !rollout.value) return [rollout];
      const {vrmse, crps, ratio, spectra} = rollout.value.scores;
      parts.draw(rollout.value.scores, at);
      const both = <T>(score: {readonly diffusion: T; readonly solver: T}) => [
        {name: "diffusion", kind: "diffusion", y: score.diffusion},
        {name: "neural solver", kind: "solver", y: score.solver},
      ];
      plots.vrmse.set(leads, both(vrmse));
      plots.crps.set(leads, both(crps));
      plots.ratio.set(leads, [{name: "diffusion", kind: "diffusion", y: ratio}, honest]);
      for (const plot of [plots.vrmse, plots.crps, plots.ratio]) plot.mark(leads[at]);
      plots.spectrum.set(truth.value.k, [
        {name: "simulation", kind: "truth", y: truth.value.spectra[at]},
        ...both({diffusion: spectra.diffusion[at], solver: spectra.solver[at]}),
      ]);
      return [
        rollout,
        `Lead time ${leads[at]}: the CRPS of ${members} members is ${shortly(crps.diffusion[at])}, ` +
          `${compared(crps.diffusion[at], crps.solver[at])} the solver's ${shortly(crps.solver[at])}. ` +
          `Spread over error is ${shortly(ratio[at])}: ${honestyInWords(ratio[at])}.`,
      ];
    },
  );
}
