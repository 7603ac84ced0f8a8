/** How many steps, and how long, a training takes to an error. */
import {valueCell, type TableRow} from "@lola-ts/core";
import {summary} from "lola/evaluate";
import {byVariant, optionsOf, wholeTrials, type EndedTrial, type Measured} from "./trial";

/** First step at which a training's validation error is at most the target, on straight lines between validations. */
export function stepsToTarget({validation}: Pick<Measured, "validation">, target: number): number | undefined {
  const reached = validation.findIndex(([, error]) => error <= target);
  if (reached < 0) return undefined;
  const [step, error] = validation[reached];
  if (reached === 0) return step;
  const [before, above] = validation[reached - 1];
  return before + ((above - target) / (above - error)) * (step - before);
}

/**
 * Tabulate steps and seconds to a validation error: a row per method and variant with the mean over the seeds that reach it,
 * its standard error, and how many of them do.
 *
 * @param target default: the largest of the variants' last errors, so that all reach it.
 */
export function targetTable(trials: readonly EndedTrial[], target?: number): TableRow[] {
  const whole = wholeTrials(trials);
  const last = whole.map(({measured}) => measured.validation.at(-1)?.[1] ?? NaN).filter(Number.isFinite);
  const error = target ?? last.reduce((a, b) => Math.max(a, b), 0);
  const options = optionsOf(whole);
  return byVariant(whole).map((group) => {
    const reached = group.flatMap(({measured}) => {
      const steps = stepsToTarget(measured, error);
      return steps === undefined ? [] : [{steps, seconds: (steps * measured.seconds) / measured.steps}];
    });
    const steps = summary(reached.map((one) => one.steps));
    const seconds = summary(reached.map((one) => one.seconds));
    const {method, overrides} = group[0];
    return {
      method,
      ...Object.fromEntries(options.map((path) => [path, path in overrides ? valueCell(overrides[path]) : null])),
      error,
      reached: `${reached.length} of ${group.length}`,
      steps: reached.length > 0 ? steps.value : null,
      "steps ±": reached.length > 1 ? steps.error : null,
      seconds: reached.length > 0 ? seconds.value : null,
      "seconds ±": reached.length > 1 ? seconds.error : null,
    };
  });
}
