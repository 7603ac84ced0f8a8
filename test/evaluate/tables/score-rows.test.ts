import {metricNames, type MetricRow} from "../../../lib/evaluate/evaluate";
import {horizons} from "../../../lib/evaluate/horizons";
import {scoreRows} from "../../../lib/evaluate/tables/results";

const labels = {dataset: "Euler", method: "diffusion", space: "latent", compression: 20} as const;
const row = (trajectory: number, state: number, field: string, vrmse: number, spread: number): MetricRow => ({
  ...{trajectory, state, field, vrmse, spread},
  ...{
    rmse: 1,
    ratio: spread,
    low: 1,
    mid: 1,
    high: 1,
    memberVrmse: vrmse,
    crps: vrmse,
    energy: vrmse,
    vrmseLimit: vrmse,
  },
  ...(field === "density" && {transport: 0.5}),
});
const rows = (spread: number) =>
  [0, 1].flatMap((trajectory) =>
    [0, 1, 2].flatMap((state) => [
      row(trajectory, state, "density", trajectory + state, spread),
      row(trajectory, state, "pressure", 10 * (trajectory + state), spread),
    ]),
  );
const options = {
  horizons: [
    [1, 4],
    [8, 8],
  ],
  stride: 4,
} as const;
const table = scoreRows([{labels, rows: rows(0.2)}], options);
const of = (field: string, horizon: string, metric: string) =>
  table.filter((one) => one.field === field && one.horizon === horizon && one.metric === metric);

test("there is one row per field, horizon and metric, transport of its field only", () => {
  const keys = table.map(({field, horizon, metric}) => `${field} ${horizon} ${metric}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(table.map(({field}) => field))).toEqual(new Set(["all", "density", "pressure"]));
  expect(of("density", "1:4", "transport")).toHaveLength(1);
  expect(of("pressure", "1:4", "transport")).toHaveLength(0);
});

test("a field's value is its mean over states, then trajectories, with their scatter; all is the mean over fields", () => {
  expect(of("density", "1:4", "vrmse")).toEqual([
    {
      ...{method: "diffusion", space: "latent", compression: 20, horizon: "1:4", from: 1, to: 4},
      ...{field: "density", metric: "vrmse", value: 1.5, error: 0.5, trajectories: 2}, // 1 and 2
    },
  ]);
  expect(of("pressure", "8:8", "vrmse")[0]).toMatchObject({value: 25, error: 5});
  for (const {horizon, metric, value, error} of horizons(rows(0.2), options.horizons, options.stride)) {
    expect(of("all", horizon, metric)).toEqual([expect.objectContaining({value, error})]);
  }
});

test("a single trajectory has no error, and a forecast of one member no spread", () => {
  const single = rows(NaN).filter(({trajectory}) => trajectory === 0);
  const found = scoreRows([{labels, rows: single}], options);
  expect(found.every(({error, trajectories}) => Number.isNaN(error) && trajectories === 1)).toBe(true);
  expect(new Set(found.map(({metric}) => metric))).toEqual(
    new Set([...metricNames.filter((name) => name !== "spread" && name !== "ratio"), "transport"]),
  );
});
