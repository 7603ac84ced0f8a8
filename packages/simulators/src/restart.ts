/** Simulations that start from a stored state, on the grid of their request or on a coarser or finer one. */
import type {CommonRequest} from "./plan";
import {frameTimes, type SimulatedTrajectory} from "./result";

/** Fields of one state by name, in the layout of a frame. */
export type StateFields = SimulatedTrajectory["fields"];

/** State that a simulation starts from in place of the initial state of its request. */
export interface Restart {
  /** Fields on the output grid of the request, in physical units: stored, decoded or of any other origin. */
  readonly state: StateFields;
  /** Frame of the request that the state takes the place of. Default: 0. */
  readonly first?: number;
  /** Simulated points for each point that the request simulates along an axis; below 1, the grid is coarser. Default: 1. */
  readonly share?: number;
  /** Clock of the run's seconds, in milliseconds. Default: `performance.now`. */
  readonly clock?: () => number;
}

/** Facts about a system that a state has to fit. */
interface StateFacts {
  readonly name: string;
  readonly fields: readonly {readonly name: string; readonly order: number}[];
  readonly axes: readonly string[];
}

/** Solver that a restart advances. */
interface Runner {
  readonly steps: number;
  run(until: number): void;
}

/**
 * Check a restart of a system.
 *
 * @throws RangeError naming the field, frame or share that does not fit the request.
 */
export function checkRestart(
  {name, fields, axes}: StateFacts,
  {grid, frames}: CommonRequest,
  {state, first = 0, share = 1}: Restart,
): void {
  const fail = (what: string, expected: string, found: unknown): never => {
    throw new RangeError(`restart of ${name}: expected ${what} to be ${expected}, found ${String(found)}.`);
  };
  const cells = grid.reduce((product, count) => product * count, 1);
  for (const {name: field, order} of fields) {
    const length = cells * axes.length ** order;
    if (state[field]?.length !== length) fail(`state.${field}`, `${length} numbers`, state[field]?.length ?? "none");
  }
  if (!(Number.isInteger(first) && first >= 0 && first < frames))
    fail("first", `a frame from 0 to ${frames - 1}`, first);
  if (!(share > 0 && share < Infinity)) fail("share", "positive", share);
}

/**
 * Run a solver that holds the state of a restart through the frames that follow.
 *
 * @param points of the simulation.
 * @param read reads the present state as a frame.
 * @returns frames from the restarted one on; `seconds` are of the solver alone, without its set-up and the reading of frames.
 */
export function simulateFrom(
  request: CommonRequest,
  {first = 0, clock = () => performance.now()}: Restart,
  solver: Runner,
  points: readonly number[],
  read: () => StateFields,
): SimulatedTrajectory {
  const [start, ...later] = frameTimes(request).slice(first);
  let seconds = 0;
  const frames = [
    read(),
    ...later.map((time) => {
      const begin = clock();
      solver.run(time - start);
      seconds += (clock() - begin) / 1000;
      return read();
    }),
  ];
  const joined = Object.keys(frames[0]).map((name) => {
    const size = frames[0][name].length;
    const values = new Float32Array(frames.length * size);
    frames.forEach((frame, k) => values.set(frame[name], k * size));
    return [name, values] as const;
  });
  const updates = solver.steps * points.reduce((product, count) => product * count, 1);
  return {fields: Object.fromEntries(joined), diagnostics: {steps: solver.steps, updates, seconds}};
}
