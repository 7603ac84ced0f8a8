import {Rng} from "@lola-ts/core";
import {describeJudgement, effectOf, formatChange, judge, type JudgedScores} from "../../lib/evaluate/judge";
import {crossedSummary} from "../../lib/evaluate/statistics/crossed";
import {studentP} from "../../lib/evaluate/statistics/significance";

/** Scores of some seeds over 40 trajectories: a common difficulty of each trajectory, times a factor, with scatter. */
function scores(method: string, factor: number, {seeds = 3, scatter = 0.02, trajectories = 40} = {}): JudgedScores {
  const bySeed = Array.from({length: seeds}, (_, s) =>
    Array.from({length: trajectories}, (_, t) => {
      const difficulty = Math.exp(0.5 * Rng.from("difficulty", t).normal());
      return factor * difficulty * Math.exp(scatter * Rng.from(method, s, t).normal());
    }),
  );
  const samples = bySeed[0].map((_, t) => bySeed.reduce((sum, row) => sum + row[t], 0) / seeds);
  return {method, samples, bySeed};
}

const withValue = (row: readonly number[], at: number, value: number) => row.map((one, i) => (i === at ? value : one));
const solver = scores("solver", 1);
const compared = (label: string, own: JudgedScores, other = solver) => ({label, above: [own], below: [other]});
const [better, worse, equal] = [0.9, 1.1, 1.001].map((factor) => scores("diffusion", factor));

test("a cell is better, worse, equal or undecided", () => {
  const sides = (own: JudgedScores) => judge([compared("a", own)]).cells[0].side;
  expect([better, worse, equal].map(sides)).toEqual(["better", "worse", "equal"]);
  expect(sides(scores("diffusion", 1, {scatter: 1}))).toBe("undecided");
});

test("a statement holds if every cell is better, and fails only if one is worse: an equal cell decides nothing", () => {
  const verdict = (...all: JudgedScores[]) => judge(all.map((own, i) => compared(`${i}`, own))).verdict;
  const unclear = scores("diffusion", 1, {scatter: 1});
  expect(verdict(better, better)).toBe("holds");
  expect(verdict(better, worse)).toBe("fails");
  expect(verdict(better, equal)).toBe("undecided");
  expect(verdict(better, equal, worse)).toBe("fails");
  expect(verdict(better, unclear)).toBe("undecided");
  expect(verdict(worse, unclear)).toBe("fails");
  expect(judge([compared("a", better), compared("b", equal)], {equalIsEnough: true}).verdict).toBe("holds");
});

test("the test is the crossed t-test of log ratios", () => {
  const {value, error, p} = judge([compared("a", better)]).cells[0];
  const table = better.bySeed!.map((row, s) => row.map((one, t) => Math.log(one / solver.bySeed![s][t])));
  const expected = crossedSummary(table);
  expect([value, error]).toEqual([expect.closeTo(expected.value, 12), expect.closeTo(expected.error, 12)]);
  expect(p).toBeGreaterThanOrEqual(studentP(expected.value / expected.error, expected.freedom));
});

/** Three samples whose log ratios have a mean and, with 2 degrees of freedom, a standard error. */
const ratios = (mean: number, error: number) => ({
  label: "a",
  above: [{method: "own", samples: [-1, 0, 1].map((step) => Math.exp(mean + step * Math.sqrt(3) * error))}],
  below: [{method: "other", samples: [1, 1, 1]}],
});

test("p and the interval follow Student's distribution, computed by hand", () => {
  const {cells, effect} = judge([ratios(-0.2, 0.05)], {about: "models"});
  const [{value, error, freedom, p}] = cells;
  expect([value, error, freedom]).toEqual([expect.closeTo(-0.2, 12), expect.closeTo(0.05, 12), 2]);
  expect(p).toBeCloseTo(1 - 4 / Math.sqrt(4 ** 2 + 2), 12);
  const half = 4.3026527 * 0.05; // two-sided 5 % point for 2 degrees of freedom
  expect(effect!.value).toBeCloseTo(Math.exp(-0.2) - 1, 12);
  effect!.interval.forEach((end, i) => expect(end).toBeCloseTo(Math.exp(-0.2 + (2 * i - 1) * half) - 1, 7));
});

test.each([-0.005, 0.005])("equal means that a one-sided test at 5 % puts the change within 2 %%: mean %p", (mean) => {
  const room = Math.log(1.02) - 0.005; // to the nearer end
  const point = 2.91998558; // one-sided 5 % point for 2 degrees of freedom
  const side = (t: number) => judge([ratios(mean, room / t)], {about: "models"}).cells[0].side;
  expect([1.01 * point, 0.99 * point].map(side)).toEqual(["equal", "undecided"]);
});

test("p-values are corrected for the number of cells", () => {
  const cells = judge([compared("a", better), compared("b", worse), compared("c", equal)]).cells;
  const smallest = cells.reduce((a, b) => (b.p < a.p ? b : a));
  expect(smallest.corrected).toBeCloseTo(3 * smallest.p, 15);
});

test("heavy tails are not decided by a t-test that they deceive", () => {
  // one sign in most samples, and few huge ones of the other: the sign-flip test is the larger p-value
  const ones = Array.from({length: 40}, (_, t) => (t < 38 ? 0.9 : 1.4));
  const own = {method: "own", samples: ones};
  const other = {method: "other", samples: ones.map(() => 1)};
  const [{p, value, error}] = judge([compared("a", own, other)], {about: "models"}).cells;
  const student = studentP(value / error, 39);
  expect(p).toBeGreaterThan(student);
  const rough = judge([compared("a", own, other)], {about: "models", rough: true});
  expect(rough.cells[0].p).toBe(student);
  expect(rough.effect).toBeUndefined();
});

test("seeds that disagree leave a difference undecided that holds of these models", () => {
  const bySeed = [0.8, 0.97, 1.05].map((factor) => solver.bySeed![0].map((one) => factor * one));
  const samples = bySeed[0].map((_, t) => (bySeed[0][t] + bySeed[1][t] + bySeed[2][t]) / 3);
  const own = {method: "own", samples, bySeed};
  const first = {...solver, bySeed: [0, 1, 2].map(() => solver.bySeed![0])};
  expect(judge([compared("a", own, first)]).verdict).toBe("undecided");
  expect(judge([compared("a", own, first)], {about: "models"}).verdict).toBe("holds");
});

test("trajectories of a block whose effects differ by block are no independent samples", () => {
  const blocks = Array.from({length: 40}, (_, t) => t % 4);
  const own = {
    ...solver,
    method: "own",
    bySeed: solver.bySeed!.map((row) => row.map((one, t) => one * [0.7, 0.9, 0.97, 1.2][t % 4])),
  };
  expect(judge([compared("a", own)]).verdict).toBe("holds");
  expect(judge([compared("a", own)], {blocks}).verdict).toBe("undecided");
  expect(judge([compared("a", own)], {blocks: blocks.slice(1)}).verdict).toBe("holds"); // they are of other trajectories
});

test("a limit moves the line between right and wrong, and one side alone is compared with it", () => {
  const own = scores("diffusion", 1.05);
  expect(judge([compared("a", own)]).verdict).toBe("fails");
  expect(judge([{...compared("a", own), limit: 1.1}]).verdict).toBe("holds");
  const ratio = {method: "ratio", samples: [0.9, 0.91, 0.92, 0.9]};
  const between = (low: number, high: number) =>
    judge(
      [
        {label: "below", above: [ratio], limit: high},
        {label: "above", below: [ratio], limit: 1 / low},
      ],
      {about: "models"},
    ).verdict;
  expect(between(0.8, 1.2)).toBe("holds");
  expect(between(0.95, 1.2)).toBe("fails");
});

test("what cannot be compared is not measured, with the reason, and never has a p-value", () => {
  const reason = (own: JudgedScores, other = solver) => {
    const {verdict, reason, cells, effect} = judge([compared("a", own, other)]);
    expect(effect).toBeUndefined();
    expect([verdict, cells[0].side, cells[0].p]).toEqual(["not measured", "not measured", NaN]);
    return reason;
  };
  expect(reason(scores("diffusion", 1, {trajectories: 8}))).toBe("scores cannot be paired, of 8 and 40 samples");
  expect(reason(scores("a", 1, {trajectories: 2}), scores("b", 1, {trajectories: 2}))).toBe(
    "three samples are needed, found 2 (trajectory)",
  );
  expect(reason({method: "diffusion", samples: solver.samples})).toBe(
    "a second seed is needed to speak of methods, found one of diffusion",
  );
  const diverged = {...better, bySeed: better.bySeed!.map((row) => withValue(row, 3, NaN))};
  expect(reason(diverged)).toBe("diffusion has no score in 3 of 120 cases (NaN)");
  expect(reason(better, {...solver, bySeed: solver.bySeed!.map((row) => withValue(row, 0, NaN))})).toBe(
    "solver has no score in 3 of 120 cases (NaN)",
  );
  expect(reason({...better, bySeed: better.bySeed!.map((row) => withValue(row, 0, 0))})).toBe(
    "diffusion has a score that is not above 0",
  );
  expect(judge([])).toEqual({verdict: "not measured", cells: [], reason: "nothing to compare was scored"});
});

test("the change of a single seed, or of two samples, is shown without a p-value", () => {
  const single = {method: "diffusion", samples: solver.samples.map((one) => 0.5 * one)};
  const [cell] = judge([compared("a", single, {method: "solver", samples: solver.samples})]).cells;
  expect(cell.value).toBeCloseTo(Math.log(0.5), 12);
  const pair = (samples: number[]) => ({method: "own", samples});
  expect(judge([compared("a", pair([2, 2]), pair([1, 1]))], {about: "models"}).cells[0]).toMatchObject({
    side: "not measured",
    value: Math.log(2),
    p: NaN,
  });
});

test("a cell that was not measured keeps a statement from holding, and counts for no side", () => {
  const diverged = {...better, bySeed: better.bySeed!.map((row) => withValue(row, 3, NaN))};
  const {verdict, cells} = judge([compared("a", better), compared("b", diverged)]);
  expect(verdict).toBe("undecided");
  expect(cells[0].corrected).toBe(cells[0].p); // one measured cell: nothing to correct
});

test("a forecast without a training needs no second seed", () => {
  const frame = {method: "first frame", samples: solver.samples.map((one) => 2 * one), isTrained: false};
  expect(judge([compared("a", better, frame)]).verdict).toBe("holds");
});

test("the pooled effect is the mean ratio of all cells with its interval", () => {
  const both = [compared("a", better), compared("b", worse)];
  const {effect} = judge(both);
  expect(effectOf(both)).toEqual(effect);
  expect(effectOf([])).toBeUndefined();
  expect(effect!.value).toBeCloseTo(Math.sqrt(0.9 * 1.1) - 1, 2);
  expect(effect!.interval[0]).toBeLessThan(effect!.value);
  expect(effect!.interval[1]).toBeGreaterThan(effect!.value);
});

test("the pooled effect is the ratio itself, not the ratio over its limit, and needs one limit", () => {
  const cell = compared("a", better);
  expect(judge([{...cell, limit: 1.1}]).effect!.value).toBeCloseTo(judge([cell]).effect!.value, 12);
  expect(judge([cell, {...cell, limit: 1.1}]).effect).toBeUndefined();
});

test("without an effect one of twenty statements is decided, however many cells it has", () => {
  const decided = Array.from({length: 300}, (_, draw) => {
    const cells = Array.from({length: 3}, (_, cell) => {
      const samples = (name: string) =>
        Array.from({length: 12}, (_, t) => Math.exp(Rng.from(name, draw, cell, t).normal()));
      return compared(`${cell}`, {method: "a", samples: samples("null a")}, {method: "b", samples: samples("null b")});
    });
    return judge(cells, {about: "models"}).verdict !== "undecided";
  }).filter(Boolean).length;
  expect(decided / 300).toBeLessThan(0.09);
});

test("one line says what a judgement stands on", () => {
  expect(describeJudgement(judge([compared("a", better), compared("b", worse)]))).toMatch(
    /^better in 1, worse in 1 of 2 cells; together −0\.\d % \(−\d\.\d % to [+−]\d\.\d %\); p below 0\.001$/,
  );
  expect(describeJudgement(judge([]))).toBe("nothing to compare was scored");
  expect([0.0321, -0.5, 12].map(formatChange)).toEqual(["+3.2 %", "−50.0 %", "+1200 %"]);
});
