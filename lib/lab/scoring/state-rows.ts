/** Scores of single states in long format: one row for each that was scored, with all that it is a score of. */
import type {TableRow} from "../../core/table";
import {metricNames} from "../../evaluate/evaluate";
import {configChanges} from "../changes";
import type {Config} from "../config";
import type {MethodScores} from "./score";

/** Numbers of a row: those of every state, and those of some fields or on request. */
const NUMBERS = [...metricNames, "transport", "mass"] as const;

/**
 * Tabulate scores of states: run, system, preset, variant (changes of the preset), seed, method, space, compression, context,
 * reference, trajectory, field, state, lead time, then all metrics. What is unknown or undefined is null.
 *
 * @param run name of the experiment.
 */
export function stateRows(scores: readonly MethodScores[], config: Config, run: string): TableRow[] {
  const {system, preset, stride, rollout, metrics} = config;
  const shared = {run, system, preset, variant: configChanges(config)};
  const options = {context: rollout.context ?? 1, reference: metrics?.reference ?? "states"};
  return scores.flatMap(({labels: {method, space, compression}, seed, rows}) =>
    rows.map(({trajectory, field, state, ...numbers}): TableRow => {
      const own = NUMBERS.map((name) => [name, finite(numbers[name])] as const);
      return {
        ...shared,
        ...{seed: seed ?? null, method, space, compression, ...options},
        ...{trajectory, field, state, "lead time": state * stride},
        ...Object.fromEntries(own),
      };
    }),
  );
}

/** A number that is undefined, as the spread of a single forecast, has no value in a table. */
const finite = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
