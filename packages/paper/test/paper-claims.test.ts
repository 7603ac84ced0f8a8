import {decide, mantelClaim} from "../src/claims/claim";
import {contextStatement} from "../src/claims/score-claims";

const score = (samples: number[]) => ({method: "diffusion", horizon: "1:20", samples});

describe("the number of context states", () => {
  const base = [0.5, 0.6, 0.7, 0.8];
  const claim = (scale: (value: number) => number) =>
    contextStatement([
      {context: 1, scores: [score(base)]},
      {context: 2, scores: [score(base.map(scale))]},
    ]);

  test("is compared with either side of a change that still counts as none", () => {
    const same = claim((value) => value);
    expect(same.comparisons.map(({label}) => label)).toEqual([
      "diffusion c = 2, 1:20, not above",
      "diffusion c = 2, 1:20, not below",
    ]);
    expect(decide(same).verdict).toBe("holds");
  });

  test("makes a difference where errors change by more", () => {
    expect(decide(claim((value) => 1.3 * value)).verdict).toBe("fails");
    expect(decide(claim((value) => 0.7 * value)).verdict).toBe("fails");
  });

  test("is not measured where other trajectories were scored", () => {
    const others = [
      {context: 1, scores: [score(base)]},
      {context: 2, scores: [score(base.slice(1))]},
    ];
    expect(decide(contextStatement(others))).toMatchObject({
      verdict: "not measured",
      test: "scores cannot be paired, of 3 and 4 samples",
    });
  });
});

test("contexts that were not scored decide nothing", () => {
  expect(decide(contextStatement(undefined))).toMatchObject({verdict: "not measured"});
});

describe("distances and a parameter", () => {
  const text = {source: "D", claim: "similar ones are near each other"};
  const values = [1, 10, 100, 1000, 10000];
  const apart = (distance: (a: number, b: number) => number) =>
    values.map((_, a) => values.map((_, b) => distance(a, b)));

  test("hold together where distances grow with its logarithm", () => {
    const claim = mantelClaim(
      text,
      values,
      apart((a, b) => Math.abs(Math.log(values[a]) - Math.log(values[b]))),
    );
    expect(claim).toMatchObject({verdict: "holds", statistic: "rank correlation 1.00 over 10 pairs"});
  });

  test("do not where distances shrink with it, and are undecided in between", () => {
    expect(
      mantelClaim(
        text,
        values,
        apart((a, b) => (a === b ? 0 : 9 - Math.abs(a - b))),
      ).verdict,
    ).toBe("fails");
    const uneven = apart((a, b) => (a === b ? 0 : 1 + ((a * b) % 3) + 0.1 * Math.abs(a - b)));
    expect(mantelClaim(text, values, uneven).verdict).toBe("undecided");
  });

  test("are not measured for two values", () => {
    expect(
      mantelClaim(
        text,
        [1, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    ).toMatchObject({
      // prettier-ignore
      verdict: "not measured",
      test: "four values of the parameter are needed, found 2",
    });
  });
});
