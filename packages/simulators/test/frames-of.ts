/** States of simulated trajectories, and how far two of them are apart. */
import type {StateFields} from "../src/restart";
import type {SimulatedTrajectory} from "../src/result";

/** Take a frame out of a trajectory. */
export function frameAt({fields}: SimulatedTrajectory, frames: number, frame: number): StateFields {
  const parts = Object.entries(fields).map(([name, values]) => {
    const size = values.length / frames;
    return [name, values.slice(frame * size, (frame + 1) * size)] as const;
  });
  return Object.fromEntries(parts);
}

/** Root mean square of the difference over that of the true state, the largest over fields. */
export function distance(truth: StateFields, other: StateFields): number {
  const errors = Object.entries(truth).map(([name, values]) => {
    const sum = (of: (value: number, i: number) => number) =>
      values.reduce((total, value, i) => total + of(value, i), 0);
    return Math.sqrt(sum((value, i) => (value - other[name][i]) ** 2) / sum((value) => value ** 2));
  });
  return Math.max(...errors);
}

/** Distances of a restart's frames from the request's own. */
export function distances(
  own: SimulatedTrajectory,
  restarted: SimulatedTrajectory,
  frames: number,
  first: number,
): number[] {
  return Array.from({length: frames - first}, (_, k) =>
    distance(frameAt(own, frames, first + k), frameAt(restarted, frames - first, k)),
  );
}
