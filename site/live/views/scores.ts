/** View 6: what is on the screen, in numbers. */
import {h, shortly} from "../page/dom";
import {Plot} from "../page/plot";
import type {State} from "../page/state";
import type {SharedResults} from "./ensemble";
import {compared, quantityOf} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

/** Say what a ratio of spread and error means. */
export function honestyInWords(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.1) return "the members disagree as much as they err, which is honest";
  const much = Math.abs(Math.round(100 * (ratio - 1)));
  return ratio < 1
    ? `they disagree ${much} % less than they err, and promise too much`
    : `they disagree ${much} % more than they err, and promise too little`;
}

export function scoresView(context: Context, results: SharedResults): View {
  const {facts, follow} = context;
  const [T] = facts.shape;
  const xTitle = "lead time";
  const plots = {
    vrmse: new Plot({title: "VRMSE: 0 is exact, 1 the spatial mean", xTitle, top: 1}),
    crps: new Plot({title: `CRPS of the whole distribution: ${quantityOf(facts)}`, xTitle}),
    ratio: new Plot({title: "Spread over error: 1 is honest", xTitle, top: 1.5}),
    spectrum: new Plot({title: "Power spectrum at this time", xTitle: "wavenumber, cycles per cell", log: true}),
  };
  const frame = new ViewFrame(
    follow,
    {
      name: "scores",
      title: "6. Score",
      lead:
        "[The forecast above](view=rollout) in numbers, of the field that is shown. The mean of an [[ensemble]] and the " +
        "[[neural solver]]'s answer compete in [[VRMSE]]; the [[CRPS]] scores what an ensemble is made for, its distribution; the ratio " +
        "of [[spread]] and error says whether the ensemble is honest; and the [[power spectrum]] shows at which sizes structure is lost. " +
        "Compare [2 members](members=2) with [4](members=4).",
      seen: "Which forecast is better depends on the question: a single answer, or how likely each future is. [The committed scores](view=results) ask all test trajectories.",
      notebook: "06-compression",
      onStop: () => results.toggle(),
    },
    h("div", {class: "plots"}, ...Object.values(plots).map(({element}) => element)),
  );
  const leads = Array.from({length: T}, (_, i) => i * facts.stride);
  const ideal = leads.map(() => 1);

  return {
    name: "scores",
    element: frame.element,
    draw: (state: State) => {
      const truth = results.truth(state);
      const rollout = results.rollout(state);
      if (truth.value && rollout.value) {
        const {vrmse, crps, ratio, spectra} = rollout.value.scores;
        const both = (score: {readonly diffusion: readonly number[]; readonly solver: readonly number[]}) =>
          (["diffusion", "solver"] as const).map((kind) => ({
            ...{name: kind === "solver" ? "neural solver" : "diffusion", kind, x: leads, y: score[kind]},
          }));
        plots.vrmse.set(both(vrmse));
        plots.crps.set(both(crps));
        plots.ratio.set([
          {name: "diffusion", kind: "diffusion", x: leads, y: ratio},
          {name: "honest", kind: "ideal", x: leads, y: ideal},
        ]);
        for (const plot of [plots.vrmse, plots.crps, plots.ratio]) plot.mark(leads[state.at]);
        const k = Array.from(truth.value.k);
        plots.spectrum.set([
          {name: "simulation", kind: "truth", x: k, y: Array.from(truth.value.spectra[state.at])},
          {name: "diffusion", kind: "diffusion", x: k, y: Array.from(spectra.diffusion[state.at])},
          {name: "neural solver", kind: "solver", x: k, y: Array.from(spectra.solver[state.at])},
        ]);
        frame.say(
          rollout,
          `Lead time ${leads[state.at]}: the CRPS of ${state.members} members is ${shortly(crps.diffusion[state.at])}, ` +
            `${compared(crps.diffusion[state.at], crps.solver[state.at])} the solver's ${shortly(crps.solver[state.at])}. ` +
            `Spread over error is ${shortly(ratio[state.at])}: ${honestyInWords(ratio[state.at])}.`,
        );
      } else frame.say(rollout);
    },
  };
}
