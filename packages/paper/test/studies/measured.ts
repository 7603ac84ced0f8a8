/** Sweeps that train nothing: what is measured follows from the variant and the seed. */
import {Sweep, planSweep, runSweep, trialsOf, type SweepPlan, type Overrides} from "@lola-ts/sweeps";
import {trial} from "../../../sweeps/test/trials";

/**
 * Replace sweeps of all laboratories, in a test that mocks `runSweep` of @lola-ts/sweeps.
 *
 * @param value what is measured of a variant, and a seed.
 * @returns the plans of the sweeps that were asked for.
 */
export function withoutTraining(value: (measure: string, overrides: Overrides, seed: number) => number): SweepPlan[] {
  const plans: SweepPlan[] = [];
  jest.mocked(runSweep).mockImplementation((lab, space, options) => {
    const plan = planSweep(lab.config, space, options);
    plans.push(plan);
    const trials = trialsOf(plan).map(({method, overrides, seed}) => {
      const values = Object.fromEntries(plan.measures.map((name) => [name, value(name, overrides, seed)]));
      const one = trial(overrides, seed, 0, {method});
      return {...one, measured: {...one.measured, values}};
    });
    return Promise.resolve(new Sweep(plan, trials, lab.folder));
  });
  return plans;
}
