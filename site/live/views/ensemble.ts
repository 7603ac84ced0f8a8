/** The rollout that views 4 and 6 share, and what is drawn of an ensemble. */
import type {RolledOut, Truth} from "../engine/results";
import {Results, type Found} from "../page/results";
import type {State} from "../page/state";
import type {Context} from "./view";

/** Milliseconds without another choice after which a rollout begins. */
export const PATIENCE = 500;

/** Truth and rollout of a state. */
export interface EnsembleResults {
  readonly truth: Found<Truth>;
  readonly rollout: Found<RolledOut>;
}

/** The results that both views show. */
export interface SharedEnsembles {
  of(state: State): EnsembleResults;
  /** Stop computing, or go on. */
  toggle(): void;
}

/** Make the results that both views show. */
export function ensembleResults(context: Context): SharedEnsembles {
  const {first} = context;
  const changed = () => (context.redraw("rollout"), context.redraw("scores"));
  const truths = new Results<Truth>(context.engine, changed);
  const rollouts = new Results<RolledOut>(context.engine, changed);
  const {trajectory, latentChannels, at: _at, cells: _cells, ...options} = first.parameters;
  truths.prepare([trajectory], first.truth);
  rollouts.prepare([trajectory, latentChannels, optionsOf(options)], first.rolledOut);
  return {
    of: ({trajectory, rate, ...state}) => ({
      truth: truths.get({call: "truth", trajectory, rate, parameters: [trajectory]}),
      rollout: rollouts.get({
        ...{call: "rollOut", trajectory, rate, patience: PATIENCE},
        parameters: [trajectory, rate, optionsOf(state)],
      }),
    }),
    toggle: () => rollouts.toggle(),
  };
}

/** The options of an ensemble, in one order. */
export const optionsOf = ({members, steps, order, seed}: Pick<State, "members" | "steps" | "order" | "seed">) => ({
  members,
  steps,
  order,
  seed,
});

/** Images of an ensemble at one state. */
export interface EnsembleState {
  readonly members: readonly Float32Array[];
  readonly mean: Float32Array;
  /** Standard deviation of the members at each point, with the factor that makes it comparable with the error of the mean. */
  readonly spread: Float32Array;
}

/** Take one state of an ensemble's images [K, T, X, Y]. */
export function ensembleAt(images: Float32Array, size: number, states: number, at: number): EnsembleState {
  const count = images.length / (states * size);
  const members = Array.from({length: count}, (_, k) => {
    const from = (k * states + at) * size;
    return images.subarray(from, from + size);
  });
  const mean = new Float32Array(size);
  const spread = new Float32Array(size);
  const factor = count > 1 ? (count + 1) / (count * (count - 1)) : 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (const member of members) sum += member[i];
    mean[i] = sum / count;
    let square = 0;
    for (const member of members) square += (member[i] - mean[i]) ** 2;
    spread[i] = Math.sqrt(factor * square);
  }
  return {members, mean, spread};
}

/** Compute |a - b| at each point. */
export const differenceOf = (a: Float32Array, b: Float32Array): Float32Array =>
  a.map((value, i) => Math.abs(value - b[i]));
