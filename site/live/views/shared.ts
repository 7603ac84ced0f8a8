/** Results that several views share. */
import type {RolledOut} from "../engine/forecasts";
import type {Compressed, Truth} from "../engine/lesson";
import {Results} from "../page/results";
import type {State} from "../page/state";
import type {Context} from "./view";

/** Milliseconds without another choice after which a rollout begins. */
export const PATIENCE = 500;

/** The options of an ensemble, in one order. */
export function optionsOf({members, steps, order, seed}: Pick<State, "members" | "steps" | "order" | "seed">) {
  return {members, steps, order, seed};
}

export type SharedResults = ReturnType<typeof sharedResults>;

export function sharedResults(context: Context) {
  const {first} = context;
  const truths = new Results<Truth>(context.engine, context.redraw);
  const compressed = new Results<Compressed>(context.engine, context.redraw);
  const rollouts = new Results<RolledOut>(context.engine, context.redraw);
  const {trajectory: opened, members, ...options} = first.parameters;
  truths.prepare([opened], first.truth);
  for (const [rate, value] of Object.entries(first.compressed)) compressed.prepare([opened, Number(rate)], value);
  for (const [rate, {members: images, ...whole}] of Object.entries(first.rolledOut)) {
    [...first.fewer[rate], whole.scores].forEach((scores, i, {length}) => {
      const count = members - length + 1 + i;
      const part = images.subarray(0, (images.length / members) * count); // members do not depend on one another
      const key = [opened, Number(rate), optionsOf({...options, members: count})];
      rollouts.prepare(key, {...whole, scores, members: part});
    });
  }
  const parametersOf = (state: State, rate: number) => [state.trajectory, rate, optionsOf(state)];
  return {
    truth: ({trajectory, rate}: State) => truths.get({call: "truth", trajectory, rate, parameters: [trajectory]}),
    compressed: ({trajectory, rate}: State) =>
      compressed.get({call: "compress", trajectory, rate, parameters: [trajectory, rate]}),
    rollout: (state: State) =>
      rollouts.get({
        ...{call: "rollOut", trajectory: state.trajectory, rate: state.rate, patience: PATIENCE},
        parameters: parametersOf(state, state.rate),
      }),
    /** The forecast at a rate if it is known; nothing is computed. */
    known: (state: State, rate: number) => rollouts.peek(parametersOf(state, rate)),
  };
}
