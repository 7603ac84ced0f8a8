import type {SystemFacts} from "../../site/live/engine/facts";
import {defaultState, formatState, parseState, Store} from "../../site/live/page/state";

const facts = {
  ...{name: "tiny", shape: [26, 64, 64, 5], window: 5},
  trajectories: [{}, {}],
  rates: [{latentChannels: 32}, {latentChannels: 4}],
  shown: {image: [64, 64]},
  defaults: {latentChannels: 32, steps: 16, order: 3},
} as unknown as SystemFacts;
const opening = defaultState(facts, [
  [1, 2],
  [70, 3],
]);

test("the opening state leaves out cells that are not there", () => expect(opening.cells).toEqual([[1, 2]]));

test("an address holds the whole state", () => {
  const state = {
    ...opening,
    ...({view: "guide", trajectory: 1, rate: 4, at: 25, start: 21, t: 0.07, steps: 2, order: 4} as const),
    ...({members: 8, seed: 99, engine: "webgl"} as const),
    cells: [
      [0, 63],
      [5, 6],
    ] as const,
  };
  const fragment = formatState(state, opening);
  expect(parseState(fragment, facts, opening)).toEqual({state, ignored: []});
  expect(parseState(formatState({...state, cells: []}, opening), facts, opening).state.cells).toEqual([]);
});

test("an address says no more than differs", () => {
  expect(formatState(opening, opening)).toBe("#view=compress&system=tiny");
  expect(formatState({...opening, seed: 3}, opening)).toBe("#view=compress&system=tiny&seed=3");
});

test.each([
  ...["view=", "view=toString", "rate=5", "rate=32.0", "trajectory=2", "trajectory=-1", "at=26", "at=1e1"],
  ...["start=22", "t=0", "t=1", "t=.5.5", "t=NaN", "steps=1", "steps=33", "order=0", "members=9", "seed=1000"],
  ...["cells=1", "cells=1.2.3", "cells=64.0", "cells=a.b", "cells=", "engine=gpu", "__proto__=1", "%ff=%", "x=<b>"],
  `cells=${new Array(13).fill("1.1").join()}`,
])("%s is left out, and named", (fragment) => {
  const {state, ignored} = parseState(`#${fragment}`, facts, opening);
  expect(state).toEqual(opening);
  expect(ignored).toHaveLength(1);
});

test("a store tells of changes, and of none that is none", () => {
  const store = new Store(opening);
  const told: number[] = [];
  store.subscribe((state, before) => told.push(before.at, state.at));
  store.set({at: opening.at});
  store.set({at: 3});
  expect(told).toEqual([opening.at, 3]);
});
