/** Results that several views share, and what is drawn of an ensemble. */
import type {Compressed, RolledOut, Truth} from "../engine/results";
import {Results, type Found} from "../page/results";
import {viewNames, type State} from "../page/state";
import type {Context} from "./view";

/** Milliseconds without another choice after which a rollout begins. */
export const PATIENCE = 500;

/** The results that several views show. */
export interface SharedResults {
  truth(state: State): Found<Truth>;
  compressed(state: State): Found<Compressed>;
  rollout(state: State): Found<RolledOut>;
  /** The forecast at a rate if it is known; nothing is computed. */
  known(state: State, rate: number): RolledOut | undefined;
  /** Stop computing a rollout, or go on. */
  toggle(): void;
}

/** Make the results that several views show. */
export function sharedResults(context: Context): SharedResults {
  const {first} = context;
  const changed = () => viewNames.forEach((name) => context.redraw(name));
  const truths = new Results<Truth>(context.engine, changed);
  const compressed = new Results<Compressed>(context.engine, changed);
  const rollouts = new Results<RolledOut>(context.engine, changed);
  const {trajectory: opened, members, ...options} = first.parameters;
  truths.prepare([opened], first.truth);
  for (const [rate, value] of Object.entries(first.compressed)) compressed.prepare([opened, Number(rate)], value);
  const parametersOf = ({trajectory, ...state}: State, rate: number) => [trajectory, rate, optionsOf(state)];
  for (const [rate, {members: images, ...whole}] of Object.entries(first.rolledOut)) {
    [...first.fewer[rate], whole.scores].forEach((scores, i, {length}) => {
      const count = members - length + 1 + i;
      const part = images.subarray(0, (images.length / members) * count); // members do not depend on one another
      const key = [opened, Number(rate), optionsOf({...options, members: count})];
      rollouts.prepare(key, {...whole, scores, members: part});
    });
  }
  return {
    truth: ({trajectory, rate}) => truths.get({call: "truth", trajectory, rate, parameters: [trajectory]}),
    compressed: ({trajectory, rate}) =>
      compressed.get({call: "compress", trajectory, rate, parameters: [trajectory, rate]}),
    rollout: (state) =>
      rollouts.get({
        ...{call: "rollOut", trajectory: state.trajectory, rate: state.rate, patience: PATIENCE},
        parameters: parametersOf(state, state.rate),
      }),
    known: (state, rate) => rollouts.peek(parametersOf(state, rate)),
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
