import ndarray from "ndarray";
import {joinedSource} from "../../../lib/lab/parts/joined-rollouts";
import {trajectoryAt} from "../../../lib/lab/stages/latents";
import type {Restore, Rollout, RolloutSource} from "../../../lib/lab/stages/rollouts";

const method = {kind: "solver", latentChannels: null} as const;

/** A rollout of two trajectories whose values are those from `first` on. */
function source(key: string, members: number, first: number, extra: Partial<Rollout> = {}): RolloutSource {
  const shape = [2, members, 2, 1, 1];
  const states = ndarray(
    Float32Array.from({length: 4 * members}, (_, i) => first + i),
    shape,
  );
  return {method, key, open: () => Promise.resolve({method, key, trajectories: [3, 5], states, ...extra})};
}

test("members of all rollouts stand side by side, trajectory by trajectory", async () => {
  const joined = await joinedSource([source("a", 1, 0), source("b", 2, 100)]).open();
  expect(joined.states.shape).toEqual([2, 3, 2, 1, 1]);
  expect([...trajectoryAt(joined.states, 0).data]).toEqual([0, 1, 100, 101, 102, 103]);
  expect([...trajectoryAt(joined.states, 1).data]).toEqual([2, 3, 104, 105, 106, 107]);
  expect(joined.restore).toBeUndefined();
});

test("each rollout's symmetries are undone in its own members alone", async () => {
  const negated: Restore = (trajectory, {data, offset, size, shape}) =>
    ndarray(
      Float32Array.from({length: size}, (_, i) => -trajectory * data[offset + i]),
      [...shape],
    );
  const joined = await joinedSource([source("a", 1, 0), source("b", 2, 100, {restore: negated})]).open();
  const forecast = trajectoryAt(joined.states, 0);
  expect([...joined.restore!(3, forecast).data]).toEqual([0, 1, -300, -303, -306, -309]);
  expect([...forecast.data]).toEqual([0, 1, 100, 101, 102, 103]); // as it was
  const some = (count: number) => [...joined.restore!(3, forecast.hi(count)).data];
  expect(some(1)).toEqual([0, 1]); // of the first members alone
  expect(some(2)).toEqual([0, 1, -300, -303]);
});

test("rollouts of other trajectories or states are refused, and the order of the parts makes another key", async () => {
  const [a, b] = [source("a", 1, 0), source("b", 1, 0)];
  const other = joinedSource([a, source("c", 1, 0, {trajectories: [3, 4]})]);
  await expect(other.open()).rejects.toThrow("expected rollouts of the same trajectories and states");
  expect(joinedSource([a, b]).key).not.toBe(joinedSource([b, a]).key);
});
