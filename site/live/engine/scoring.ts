/** Scores of ensembles, by state. */
import {ensembleMean, spread, spreadSkillRatio, rmse, vrmse, crps, powerSpectrum} from "lola/evaluate";
import type {SystemFacts} from "./facts";
import {eachImage} from "./images";
import type {Images, Scores} from "./results";

/** List the members at one state of images [K, T, X, Y]. */
const membersAt = (all: readonly Float32Array[], states: number, at: number) => all.filter((_, n) => n % states === at);

/** Score an ensemble and the solver state by state. */
export function scoresOf(truth: Images, members: Images, solver: Images, facts: SystemFacts): Scores {
  const [states, answers, all] = [truth, solver, members].map((images) => eachImage(images, facts));
  const ensembles = states.map((_, i) => membersAt(all, states.length, i));
  const means = ensembles.map((ensemble) => ensembleMean(ensemble));
  const {image} = facts.shown;
  return {
    vrmse: {
      diffusion: states.map((state, i) => vrmse(state, means[i])),
      solver: states.map((state, i) => vrmse(state, answers[i])),
    },
    crps: {
      diffusion: states.map((state, i) => crps(state, ensembles[i])),
      solver: states.map((state, i) => crps(state, [answers[i]])),
    },
    ratio: states.map((state, i) => spreadSkillRatio(spread(ensembles[i], means[i]), rmse(state, means[i]))),
    spectra: {
      diffusion: ensembles.map((ensemble) => powerSpectrum(ensemble, image)),
      solver: answers.map((answer) => powerSpectrum([answer], image)),
    },
  };
}

/** Compute the RMSE of an ensemble's mean at each state, over all points or some. */
export function meanErrors(truth: Images, members: Images, facts: SystemFacts, places?: readonly number[]): number[] {
  const [states, all] = [truth, members].map((images) => eachImage(images, facts));
  return states.map((state, i) => {
    const mean = ensembleMean(membersAt(all, states.length, i));
    if (!places) return rmse(state, mean);
    const squares = places.map((place) => (state[place] - mean[place]) ** 2);
    return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / Math.max(1, squares.length));
  });
}
