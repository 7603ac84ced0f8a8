import ndarray from "ndarray";
import {
  ensembleMean,
  ensembleMember,
  limitOfSkill,
  errorBySpread,
  pointwiseSpread,
  skill,
  spread,
  spreadSkillRatio,
} from "../../lib/evaluate/ensemble";

/** Reproducible standard normal numbers (Box-Muller over a linear congruential generator). */
function normals(n: number, seed: number): Float64Array {
  let state = seed;
  const uniform = () => ((state = (state * 1664525 + 1013904223) % 2 ** 32) + 0.5) / 2 ** 32;
  return Float64Array.from({length: n}, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

test("the mean square of the spread at each point is the square of the spread; one member has none", () => {
  const members = [1, 2, 3, 4].map((seed) => normals(50, seed));
  const square = pointwiseSpread(members).reduce((sum, value) => sum + value ** 2, 0) / 50;
  expect(square).toBeCloseTo(spread(members) ** 2, 12);
  expect([...pointwiseSpread([[1, 2]])]).toEqual([0, 0]);
});

test("errors by spread: groups of one size, from the smallest spread, and all of them the skill", () => {
  const members = [
    [0, 4, 0, 1],
    [0, 8, 2, 1],
  ];
  const groups = errorBySpread([1, 6, 4, 1], members, 2);
  expect(groups[0].error).toBeCloseTo(Math.sqrt(1 / 2), 12); // points 0 and 3, means 0 and 1
  expect(groups[1].error).toBeCloseTo(Math.sqrt(9 / 2), 12); // points 1 and 2, means 6 and 1
  expect(groups.map((group) => group.spread ** 2)).toEqual([0, 7.5].map((value) => expect.closeTo(value, 12)));
  const [all] = errorBySpread([1, 6, 4, 1], members, 1);
  expect(all).toEqual({spread: expect.closeTo(spread(members)), error: expect.closeTo(skill([1, 6, 4, 1], members))});
  expect(() => errorBySpread([1, 6, 4, 1], members, 5)).toThrow("groups");
});

test("errors follow the spread of a calibrated ensemble in every group", () => {
  const drawn = (seed: number) => normals(8000, seed).map((value, i) => 4 ** (i % 4) * value);
  const members = Array.from({length: 16}, (_, k) => drawn(20 + k));
  for (const {spread, error} of errorBySpread(drawn(9), members, 4))
    expect(Math.abs(error / spread - 1)).toBeLessThan(0.08); // 5 standard errors
});

test("a case by hand: two members of two points", () => {
  const members = [
    [0, 2],
    [4, 4],
  ];
  expect([...ensembleMean(members)]).toEqual([2, 3]);
  // mean over members of squared deviations: (4 + 1) / 2 over points = 2.5; times (2 + 1) / (2 - 1)
  expect(spread(members)).toBeCloseTo(Math.sqrt(3 * 2.5), 12);
  // Eq. 12: 1 / (K - 1) sums to <8, 2> = 5, corrected by (K + 1) / K
  expect(spread(members)).toBeCloseTo(Math.sqrt(5) * Math.sqrt(3 / 2), 12);
  expect(skill([2, 5], members)).toBeCloseTo(Math.sqrt(2), 12);
});

test.each([2, 4, 16])("%d exchangeable members are calibrated: ratio 1", (K) => {
  const n = 60000;
  const members = Array.from({length: K}, (_, k) => normals(n, 100 + k));
  const u = normals(n, 7);
  expect(Math.abs(spreadSkillRatio(spread(members), skill(u, members)) - 1)).toBeLessThan(0.015); // 5 standard errors
});

test("an over-confident ensemble has a ratio below 1, and an over-dispersed one above", () => {
  const n = 10000;
  const ratio = (width: number) => {
    const members = Array.from({length: 8}, (_, k) => normals(n, 50 + k).map((value) => width * value));
    return spreadSkillRatio(spread(members), skill(normals(n, 7), members));
  };
  expect(ratio(0.5)).toBeLessThan(0.6);
  expect(ratio(2)).toBeGreaterThan(1.5);
});

test("spread ignores a common shift, and one member has none", () => {
  const members = [normals(50, 1), normals(50, 2)];
  expect(spread(members.map((member) => member.map((value) => value + 5)))).toBeCloseTo(spread(members), 12);
  expect(spread([members[0]])).toBe(0);
});

test("scale comes out of spread and skill, and cancels in their ratio; members may change places", () => {
  const [u, ...members] = [1, 2, 3, 4].map((seed) => normals(50, seed));
  const scaled = (x: Float64Array) => x.map((value) => 3 - 8 * value);
  expect(spread(members.map(scaled))).toBeCloseTo(8 * spread(members), 12);
  expect(skill(scaled(u), members.map(scaled))).toBeCloseTo(8 * skill(u, members), 12);
  expect(spread([...members].reverse())).toBeCloseTo(spread(members), 12);
  expect(skill(u, [...members].reverse())).toBeCloseTo(skill(u, members), 12);
  expect(spread([u, u])).toBe(0);
  expect(skill(u, [u, u])).toBe(0);
});

test("the code's form is finite at a perfect forecast, and agrees otherwise", () => {
  expect(spreadSkillRatio(0, 0)).toBeNaN();
  expect(spreadSkillRatio(0, 0, {ratio: "code"})).toBe(1);
  expect(spreadSkillRatio(30, 40, {ratio: "code"})).toBeCloseTo(spreadSkillRatio(30, 40), 4);
});

test("the limit of the skill is that of infinitely many members", () => {
  const n = 20_000;
  const signal = normals(n, 3);
  const u = normals(n, 7).map((value, i) => value + signal[i]);
  const members = Array.from({length: 8}, (_, k) => normals(n, 100 + k).map((value, i) => value + 0.5 * signal[i]));
  // the members' mean tends to half the signal: what is left is the noise and the other half
  const expected = Math.sqrt(1 + 0.25);
  const found = limitOfSkill(skill(u, members), spread(members), 8);
  expect(Math.abs(found / expected - 1)).toBeLessThan(0.025); // 5 standard errors
  expect(skill(u, members) / expected - 1).toBeGreaterThan(0.03);
  expect(limitOfSkill(5, 6, 3)).toBe(4); // the root of 25 - 36 / 4
  expect(limitOfSkill(1, 4, 3)).toBe(0);
  expect(limitOfSkill(1, 0, 1)).toBe(1);
});

test("refuses members of different size", () => {
  expect(() => ensembleMean([[1, 2], [1]])).toThrow("expected members of 2 points, found one of 1");
  expect(() => ensembleMean([])).toThrow("expected members to be a list, each a row of numbers, found []");
});

describe("an ensemble of trajectories", () => {
  const shape = [3, 2, 2, 2, 1]; // K, L, X, Y, C
  const ensemble = ndarray(
    Float32Array.from({length: 24}, (_, i) => i * i),
    shape,
  );
  const views = [
    ensemble,
    ensemble.transpose(0, 1, 3, 2, 4),
    ensemble.lo(1, 1, 0, 0, 0),
    ensemble.step(-1, 1, 1, -1, 1),
  ];

  test("a member is a view of it, strides and offsets included", () => {
    for (const view of views) {
      for (let k = 0; k < view.shape[0]; k++) {
        const member = ensembleMember(view, k);
        expect(member.data).toBe(ensemble.data);
        expect(member.shape).toEqual(view.shape.slice(1));
        expect(member.get(0, 1, 0, 0)).toBe(view.get(k, 0, 1, 0, 0));
      }
    }
    expect(() => ensembleMember(ensemble, 3)).toThrow("expected a member from 0 to 2, found 3");
  });
});
