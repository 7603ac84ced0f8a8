/** Simulations that start from a stored state, on the grid of their request or on a coarser or finer one. */
import {sizeOf} from "@lola-ts/core";
import type {CommonRequest} from "./plan";
import {frameTimes, recordFrames, type SimulatedTrajectory} from "./result";

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

interface StateFacts {
  readonly name: string;
  readonly fields: readonly {readonly name: string; readonly order: number}[];
  readonly axes: readonly string[];
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
  const cells = sizeOf(grid);
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
  solver: {readonly steps: number; run(until: number): void},
  points: readonly number[],
  read: () => StateFields,
): SimulatedTrajectory {
  const times = frameTimes(request).slice(first);
  let seconds = 0;
  const advance = (time: number): void => {
    if (time === times[0]) return;
    const begin = clock();
    solver.run(time - times[0]);
    seconds += (clock() - begin) / 1000;
  };
  const fields = recordFrames(times, advance, read);
  return {fields, diagnostics: {steps: solver.steps, updates: solver.steps * sizeOf(points), seconds}};
}
