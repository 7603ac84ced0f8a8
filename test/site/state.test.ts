import type {SystemFacts} from "../../site/live/engine/facts";
import {defaultState, formatState, parseState, Store} from "../../site/live/page/state";

const facts = {
  ...{name: "tiny", shape: [26, 64, 64, 5], window: 5},
  trajectories: [{}, {}],
  rates: [{latentChannels: 32}, {latentChannels: 4}],
  shown: {image: [64, 64]},
  defaults: {latentChannels: 32, steps: 16, order: 3},
} as unknown as SystemFacts;
const opening = defaultState(facts);

test("an address holds the whole state", () => {
  const state = {
    ...opening,
    ...({view: "scores", trajectory: 1, rate: 4, at: 25, steps: 2, order: 4, members: 8, seed: 99} as const),
    ...({engine: "webgl", step: 7, scored: "solid", metric: "CRPS", horizon: 2} as const),
  };
  expect(parseState(formatState(state, opening), facts, opening, ["tiny", "solid"])).toEqual({state, problems: []});
});

test("an address says no more than differs", () => {
  expect(formatState(opening, opening)).toBe("#view=compress&system=tiny");
  expect(formatState({...opening, seed: 3}, opening)).toBe("#view=compress&system=tiny&seed=3");
});

test.each([
  ...["view=", "view=toString", "rate=5", "rate=32.0", "trajectory=2", "trajectory=-1", "at=26", "at=1e1"],
  ...["steps=1", "steps=33", "steps=.5", "order=0", "members=9", "seed=1000", "seed=NaN", "step=33", "engine=gpu"],
  ...["scored=x", "metric=mse", "horizon=3", "__proto__=1", "%ff=%", "x=<b>", "cells=1.2", "t=0.5"],
])("%s is left out, and named", (fragment) => {
  const {state, problems} = parseState(`#${fragment}`, facts, opening, ["tiny"]);
  expect(state).toEqual(opening);
  expect(problems).toHaveLength(1);
});

test.each([
  ["rate=5", "rate=5: expected one of 32, 4."],
  ["at=26", "at=26: expected a number from 0 to 25."],
  ["speed=9", "speed=9: the page has no such entry."],
])("%s is answered by what was expected", (fragment, sentence) =>
  expect(parseState(`#${fragment}`, facts, opening).problems).toEqual([sentence]),
);

test("a store tells of changes, and of none that is none", () => {
  const store = new Store(opening);
  const told: number[] = [];
  store.subscribe((state, before) => told.push(before.at, state.at));
  store.set({at: opening.at});
  store.set({at: 3});
  expect(told).toEqual([opening.at, 3]);
});

test("a change says how it enters the browser's history: as a step, unless something else is said", () => {
  const store = new Store(opening);
  const entries: string[] = [];
  store.subscribe((_, __, entry) => entries.push(entry));
  store.set({at: 1});
  store.set({at: 2}, "same");
  store.set({at: 3}, "none");
  expect(entries).toEqual(["step", "same", "none"]);
});
