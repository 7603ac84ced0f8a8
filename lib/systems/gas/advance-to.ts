/** A state that moves in time steps. */
export interface TimeStepper {
  /** Time of the present state. */
  time: number;
  /** Compute the length of the next step, were there no end. */
  timeStep(): number;
  /** Take a step of length `dt`; moves `time`. */
  step(dt: number): void;
}

/**
 * Take steps to a time, reached exactly by shortening the last one.
 *
 * @throws Error if steps become too short to get there.
 */
export function advanceTo(stepper: TimeStepper, until: number): void {
  while (stepper.time < until) {
    const dt = stepper.timeStep();
    if (!(dt > 1e-12 * until)) {
      throw new Error(`advanceTo: expected steps that reach time ${until}, found one of ${dt} at time ${stepper.time}`);
    }
    // A last step much shorter than the others only costs time: let rounding not make one.
    const left = until - stepper.time;
    const last = dt >= left * (1 - 1e-12);
    stepper.step(last ? left : dt);
    if (last) stepper.time = until;
  }
}
