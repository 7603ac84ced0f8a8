/** Solver that advances in time steps. */
export interface TimeStepper {
  /** Time of the present state. */
  time: number;
  /** Compute the longest step that the present state allows. */
  timeStep(): number;
  /** Take a step of length `dt` and add it to `time`. */
  step(dt: number): void;
}

/**
 * Advance to a time; the last step is shortened to reach it exactly.
 *
 * @throws Error if steps become too short to get there.
 */
export function advanceTo(stepper: TimeStepper, until: number): void {
  while (stepper.time < until) {
    const dt = stepper.timeStep();
    if (!(dt > 1e-12 * until)) {
      throw new Error(
        `advanceTo: expected steps that reach time ${until}, found one of ${dt} at time ${stepper.time}.`,
      );
    }
    // Stretch a step that rounding would leave just short of the end, instead of taking a tiny one after it.
    const left = until - stepper.time;
    const last = dt >= left * (1 - 1e-12);
    stepper.step(last ? left : dt);
    if (last) stepper.time = until;
  }
}
