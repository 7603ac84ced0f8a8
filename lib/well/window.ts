/** Windows of trajectories. */

/** States `start`, `start + stride`, ... of a trajectory. */
export interface StateWindow {
  /** Default: 0. */
  start?: number;
  /** Number of states. Default: all that follow. */
  length?: number;
  /** Default: 1. */
  stride?: number;
}

/**
 * Fill in the defaults of a window.
 *
 * @throws RangeError if it does not lie inside the states of the trajectory.
 */
export function resolveWindow(trajectory: number, frames: number, window: StateWindow): Required<StateWindow> {
  const {start = 0, stride = 1} = window;
  const {length = Math.max(0, Math.ceil((frames - start) / stride))} = window;
  if (!(
    [start, stride, length].every(Number.isInteger) &&
    start >= 0 &&
    stride >= 1 &&
    length >= 1 &&
    start + stride * (length - 1) < frames
  )) {
    const wanted = `${length} states from ${start} by ${stride}`;
    throw new RangeError(`trajectory ${trajectory}: expected a window inside its ${frames} states, found ${wanted}.`);
  }
  return {start, length, stride};
}
