/** Sweeps that train nothing: what is measured follows from the variant and the seed. */
import {Lab, Sweep} from "@lola-ts/laboratory";
import {planSweep, trialsOf, type SweepPlan} from "../../../laboratory/src/sweep/sweep-plan";
import type {Overrides} from "@lola-ts/sweeps";
import {trial} from "../../../sweeps/test/trials";

/**
 * Replace sweeps of all laboratories.
 *
 * @param value what is measured of a variant, and a seed.
 * @returns the plans of the sweeps that were asked for.
 */
export function withoutTraining(value: (measure: string, overrides: Overrides, seed: number) => number): SweepPlan[] {
  const plans: SweepPlan[] = [];
  jest.spyOn(Lab.prototype, "sweep").mockImplementation(function (this: Lab, space, options) {
    const plan = planSweep(this.config, space, options);
    plans.push(plan);
    const trials = trialsOf(plan).map(({method, overrides, seed}) => {
      const values = Object.fromEntries(plan.measures.map((name) => [name, value(name, overrides, seed)]));
      const one = trial(overrides, seed, 0, {method});
      return {...one, measured: {...one.measured, values}};
    });
    return Promise.resolve(new Sweep(plan, trials, this.folder));
  });
  return plans;
}
