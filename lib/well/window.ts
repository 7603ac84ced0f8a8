/** Windows: which states of a trajectory are read. */

/** Which states of a trajectory to read: `start`, `start + stride`, ..., `length` of them (default: all that follow). */
export interface StateWindow {
  start?: number;
  length?: number;
  stride?: number;
}

/**
 * Fill in what a window leaves open.
 *
 * @throws RangeError if it does not lie inside the states of the trajectory.
 */
export function resolveWindow(trajectory: number, frames: number, window: StateWindow): Required<StateWindow> {
  const {start = 0, stride = 1} = window;
  const {length = Math.max(0, Math.ceil((frames - start) / stride))} = window;
  if (!(start >= 0 && stride >= 1 && length >= 1 && start + stride * (length - 1) < frames)) {
    const wanted = `${length} states from ${start} by ${stride}`;
    throw new RangeError(`trajectory ${trajectory}: expected a window inside its ${frames} states, found ${wanted}`);
  }
  return {start, length, stride};
}
