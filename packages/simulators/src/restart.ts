/** Simulations that start from a stored state, on the grid of their request or on a coarser or finer one. */
import type {NdArray} from "ndarray";
import {flat, sizeOf, type Field} from "@lola-ts/core";
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
  /** Whether everything outside of the state must be guessed from the state. Default: false, it is the request's own. */
  readonly alone?: boolean;
  /** Clock of the run's seconds, in milliseconds. Default: `performance.now`. */
  readonly clock?: () => number;
  /** Called with each frame as soon as it is computed, from the restarted one on. */
  readonly onFrame?: (frame: StateFields) => void;
}

interface StateFacts {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly axes: readonly string[];
}

/** Channels of each field, in the order of a state's. */
const widths = ({fields, axes}: Pick<StateFacts, "fields" | "axes">) =>
  fields.map(({name, order}) => ({name, width: axes.length ** order}));

/** Split a state [X, Y(, Z), C] into its fields. */
export function fieldsOf(state: NdArray<Float32Array>, system: Pick<StateFacts, "fields" | "axes">): StateFields {
  const data = flat(state);
  const channels = state.shape[state.shape.length - 1];
  let first = 0;
  const entries = widths(system).map(({name, width}) => {
    const from = first;
    first += width;
    const at = (i: number) => Math.floor(i / width) * channels + from + (i % width);
    return [name, Float32Array.from({length: (data.length / channels) * width}, (_, i) => data[at(i)])] as const;
  });
  return Object.fromEntries(entries);
}

/** Join the fields of one or more states to states [n, X, Y(, Z), C], flat. */
export function statesOf(fields: StateFields, system: Pick<StateFacts, "fields" | "axes">): Float32Array {
  const all = widths(system);
  const channels = all.reduce((sum, {width}) => sum + width, 0);
  const states = new Float32Array((fields[all[0].name].length / all[0].width) * channels);
  let first = 0;
  for (const {name, width} of all) {
    fields[name].forEach((value, i) => (states[Math.floor(i / width) * channels + first + (i % width)] = value));
    first += width;
  }
  return states;
}

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
  {first = 0, clock = () => performance.now(), onFrame}: Restart,
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
  const fields = recordFrames(times, advance, () => {
    const frame = read();
    onFrame?.(frame);
    return frame;
  });
  return {fields, diagnostics: {steps: solver.steps, updates: solver.steps * sizeOf(points), seconds}};
}
