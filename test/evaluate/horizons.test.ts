import {metricNames, type MetricRow} from "../../lib/evaluate/evaluate";
import {horizons, leadTimes} from "../../lib/evaluate/horizons";

/** Rows whose every metric is f(trajectory, state, field index). */
function madeUp(f: (trajectory: number, state: number, field: number) => number): MetricRow[] {
  const rows: MetricRow[] = [];
  for (let trajectory = 0; trajectory < 3; trajectory++)
    for (let state = 0; state <= 25; state++)
      for (let field = 0; field < 2; field++) {
        const value = f(trajectory, state, field);
        const metrics = Object.fromEntries(metricNames.map((name) => [name, value])) as Record<"vrmse", number>;
        rows.push({trajectory, field: `${field}`, state, ...metrics} as MetricRow);
      }
  return rows;
}

describe("horizons", () => {
  const ranges = [
    [1, 20],
    [21, 60],
    [61, 100],
  ] as const;

  test("a stride of 4 puts states 1-5, 6-15 and 16-25 into the paper's horizons", () => {
    const scores = horizons(
      madeUp((_, state) => state),
      ranges,
      4,
    );
    const values = scores.filter(({metric}) => metric === "vrmse").map(({horizon, value}) => [horizon, value]);
    expect(values).toEqual([
      ["1:20", 3],
      ["21:60", 10.5],
      ["61:100", 20.5],
    ]);
  });

  test("the standard error is that of trajectories, not of rows", () => {
    const [score] = horizons(
      madeUp((trajectory, _, field) => trajectory + 10 * field),
      ranges,
      4,
    );
    expect(score.samples).toEqual([5, 6, 7]);
    expect(score.value).toBe(6);
    expect(score.error).toBeCloseTo(1 / Math.sqrt(3), 12);
  });

  test("the median ignores one absurd field or frame, the mean does not", () => {
    const rows = madeUp((_, state) => (state === 3 ? 1800 : 0.5));
    expect(horizons(rows, ranges, 4)[0].value).toBeGreaterThan(300);
    expect(horizons(rows, ranges, 4, {statistic: "median"})[0]).toMatchObject({value: 0.5, error: 0});
  });

  test("a diverged forecast stays visible, an empty horizon is refused", () => {
    expect(
      horizons(
        madeUp((trajectory) => (trajectory === 1 ? NaN : 1)),
        ranges,
        4,
      )[0].value,
    ).toBeNaN();
    expect(() =>
      horizons(
        madeUp(() => 1),
        [[101, 200]],
        4,
      ),
    ).toThrow("within 101:200, found lead times from 0 to 100");
  });
});

test("leadTimes averages over fields and trajectories, in order of time", () => {
  const rows = leadTimes(madeUp((trajectory, state, field) => state + trajectory + field).reverse(), 4);
  expect(rows).toHaveLength(26);
  expect(rows[7]).toMatchObject({state: 7, lead: 28, vrmse: 8.5});
});

test("the median of a lead time is that of all fields and trajectories together", () => {
  const values = [
    [0, 8],
    [1, 9],
    [2, 2],
  ];
  const [row] = leadTimes(madeUp((trajectory, _, field) => values[trajectory][field]), 4, {statistic: "median"}); // prettier-ignore
  expect(row.vrmse).toBe(2); // the trajectories' own medians are 4, 5 and 2
});

test("leadTimes gives standard errors over trajectories, not over their fields; NaN for a single trajectory", () => {
  const [row] = leadTimes(
    madeUp((trajectory, _, field) => trajectory + 10 * field),
    4,
  );
  expect(row.vrmse).toBe(6);
  expect(row["vrmse ±"]).toBeCloseTo(1 / Math.sqrt(3), 12);
  const one = madeUp(() => 1).filter(({trajectory}) => trajectory === 0);
  expect(leadTimes(one, 4)[0]["vrmse ±"]).toBeNaN();
});
