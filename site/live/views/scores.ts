/** View 6: what is on the screen, in numbers. */
import {h, shortly} from "../page/dom";
import {Plot} from "../page/plot";
import type {State} from "../page/state";
import type {SharedEnsembles} from "./ensemble";
import {leadInWords, Player, ViewFrame, type Context, type View} from "./view";

export function scoresView(context: Context, results: SharedEnsembles): View {
  const {facts, store} = context;
  const [T] = facts.shape;
  const player = new Player("Lead time", T - 1, leadInWords(facts), store, {dominant: true});
  const xTitle = "lead time";
  const plots = {
    vrmse: new Plot({title: "VRMSE: 0 is exact, 1 the spatial mean", xTitle, top: 1}),
    crps: new Plot({title: "CRPS: the whole distribution", xTitle}),
    ratio: new Plot({title: "Spread over error: 1 is honest", xTitle, top: 1.5}),
    spectrum: new Plot({title: "Power spectrum at this time", xTitle: "wavenumber, cycles per cell", log: true}),
  };
  const frame = new ViewFrame(
    {
      name: "scores",
      title: "6. Score",
      lead:
        "The forecast above in numbers, of the field that is shown. The mean of an ensemble and a solver's answer compete in " +
        "VRMSE; the CRPS scores what an ensemble is made for, its distribution; the ratio says whether its spread is honest; " +
        "and the spectrum shows at which sizes structure is lost.",
      onStop: () => results.toggle(),
    },
    player.element,
    h("div", {class: "plots"}, ...Object.values(plots).map(({element}) => element)),
  );
  const leads = Array.from({length: T}, (_, i) => i * facts.stride);
  const ideal = leads.map(() => 1);

  return {
    name: "scores",
    element: frame.element,
    draw: (state: State) => {
      player.set(state.at);
      const {truth, rollout} = results.of(state);
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
          {name: "truth", kind: "truth", x: k, y: Array.from(truth.value.spectra[state.at])},
          {name: "diffusion", kind: "diffusion", x: k, y: Array.from(spectra.diffusion[state.at])},
          {name: "neural solver", kind: "solver", x: k, y: Array.from(spectra.solver[state.at])},
        ]);
        frame.say(
          rollout,
          `Lead time ${leads[state.at]}: CRPS ${shortly(crps.diffusion[state.at])} (diffusion, ${state.members} members) against ${shortly(crps.solver[state.at])} (solver).`,
        );
      } else frame.say(rollout);
    },
  };
}
