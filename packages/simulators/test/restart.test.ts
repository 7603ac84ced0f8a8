import ndarray from "ndarray";
import {euler} from "../src/euler/system";
import {checkRestart, fieldsOf, simulateFrom, statesOf, type StateFields} from "../src/restart";

const request = {system: "euler", seed: [], grid: [2, 2], frames: 5, endTime: 2};
const state = {
  energy: new Float32Array(4),
  density: new Float32Array(4),
  pressure: new Float32Array(4),
  momentum: new Float32Array(8),
};

test("a solver runs through the frames after the first, counted from its time, and its runs alone are timed", () => {
  let clock = 0;
  const times: number[] = [];
  const solver = {
    steps: 7,
    run: (until: number) => {
      times.push(until);
      clock += 1000;
    },
  };
  const read = () => {
    clock += 500;
    return {density: Float32Array.of(times.length, times.at(-1) ?? 0)};
  };
  const told: number[] = [];
  const onFrame = ({density}: StateFields) => told.push(density[0]);
  const restart = {state, first: 2, clock: () => clock, onFrame};
  const {fields, diagnostics} = simulateFrom(request, restart, solver, [4, 3], read);
  expect(told).toEqual([0, 1, 2]);
  expect(times).toEqual([0.5, 1]);
  expect([...fields.density]).toEqual([0, 0, 1, 0.5, 2, 1]);
  expect(diagnostics).toEqual({steps: 7, updates: 84, seconds: 2});
});

test.each([
  [{state: {...state, momentum: new Float32Array(4)}}, "expected state.momentum to be 8 numbers, found 4"],
  [{state: {}}, "expected state.energy to be 4 numbers, found none"],
  [{state, first: 5}, "expected first to be a frame from 0 to 4, found 5"],
  [{state, share: 0}, "expected share to be positive, found 0"],
])("a restart that does not fit is refused in a sentence: %#", (restart, message) => {
  expect(() => checkRestart(euler, request, restart)).toThrow(`restart of euler: ${message}.`);
  expect(() => checkRestart(euler, request, {state, first: 4, share: 2})).not.toThrow();
});

test("a state is split into its fields, vectors with their components side by side, and joined again", () => {
  const state = ndarray(
    Float32Array.from({length: 10}, (_, i) => i),
    [1, 2, 5],
  );
  const fields = fieldsOf(state, euler);
  expect([...fields.energy]).toEqual([0, 5]);
  expect([...fields.momentum]).toEqual([3, 4, 8, 9]);
  expect(statesOf(fields, euler)).toEqual(state.data);
});
