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
    ...({members: 8, seed: 99, engine: "webgl", step: 7, scored: "solid", metric: "CRPS", horizon: 2} as const),
    without: [0, 11],
    round: 1,
    guesses: [3, 0],
    cells: [
      [0, 63],
      [5, 6],
    ] as const,
  };
  const fragment = formatState(state, opening);
  expect(parseState(fragment, facts, opening, ["tiny", "solid"])).toEqual({state, problems: []});
  expect(parseState(formatState({...state, cells: []}, opening), facts, opening).state.cells).toEqual([]);
});

test("an address says no more than differs", () => {
  expect(formatState(opening, opening)).toBe("#view=machine&system=tiny");
  expect(formatState({...opening, seed: 3}, opening)).toBe("#view=machine&system=tiny&seed=3");
});

test.each([
  ...["view=", "view=toString", "rate=5", "rate=32.0", "trajectory=2", "trajectory=-1", "at=26", "at=1e1"],
  ...["start=22", "t=0", "t=1", "t=.5.5", "t=NaN", "steps=1", "steps=33", "order=0", "members=9", "seed=1000"],
  ...["cells=1", "cells=1.2.3", "cells=64.0", "cells=a.b", "cells=", "engine=gpu", "__proto__=1", "%ff=%", "x=<b>"],
  ...[`cells=${new Array(26).fill("1.1").join()}`, "scored=x", "metric=mse", "horizon=3", "without=a", "step=33"],
  ...["guesses=4", "guesses=", `guesses=${new Array(25).fill(0).join()}`, "round=24", "round=-1"],
])("%s is left out, and named", (fragment) => {
  const {state, problems} = parseState(`#${fragment}`, facts, opening, ["tiny"]);
  expect(state).toEqual(opening);
  expect(problems).toHaveLength(1);
});

test.each([
  ["rate=5", "rate=5: expected one of 32, 4."],
  ["at=26", "at=26: expected a number from 0 to 25."],
  ["cells=64.0", "cells=64.0: expected none, or at most 25 cells as x.y, below 64.64."],
  ["speed=9", "speed=9: the page has no such entry."],
])("%s is answered by what was expected", (fragment, sentence) =>
  expect(parseState(`#${fragment}`, facts, opening).problems).toEqual([sentence]),
);

describe("of a system that can be painted", () => {
  const flow = {...facts, name: "kolmogorov", shares: [1, 0.5]};
  const begin = defaultState(flow, []);
  const read = (fragment: string) => parseState(fragment, flow, begin);

  test("strokes, brush, canvas and grid are in the address", () => {
    const strokes = [
      [0, 1, 2],
      [1, 63, 0, 5, 6],
    ];
    const state = {...begin, strokes, brush: 1, canvas: "rest", share: 0.5} as const;
    const fragment = formatState(state, begin);
    expect(fragment).toBe("#view=machine&system=kolmogorov&canvas=rest&strokes=0.1.2,1.63.0.5.6&brush=1&share=0.5");
    expect(read(fragment)).toEqual({state, problems: []});
  });

  test.each([
    ...["strokes=", "strokes=0", "strokes=0.1", "strokes=3.1.1", "strokes=0.64.1", "strokes=0.1.2.3", "strokes=0.a.b"],
    ...["brush=3", "canvas=sea", "share=0.25", `strokes=${new Array(17).fill("0.1.1").join()}`],
    `strokes=0${".1.1".repeat(61)}`,
  ])("%s is left out, and named", (fragment) => {
    const {state, problems} = read(fragment);
    expect(state).toEqual(begin);
    expect(problems).toHaveLength(1);
  });
});

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
