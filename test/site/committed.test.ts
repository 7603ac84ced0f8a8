/** The live page compares scores of the project's tables. */
import path from "node:path";
import {readCsv} from "lola/evaluate";
import {committedScores} from "../../site/build/committed";
import {metricNames, scoreAt} from "../../site/live/engine/committed";

const root = path.resolve(__dirname, "../..");
const all = committedScores();

test("all systems have scores, the default one first", () => {
  expect(all.map(({system}) => system)).toEqual(["rayleigh-benard", "euler", "gravity-cooling", "kolmogorov"]);
});

test("a score is its table's to four digits, at the horizon of the lead time", () => {
  const [scores] = all;
  const row = readCsv(path.join(root, "figures/rayleigh-benard/scorecard.csv")).find(
    (one) => one.method === "diffusion" && one["÷"] === "64" && one.horizon === "21:60",
  )!;
  const expected = [row.VRMSE, row["VRMSE ±"]].map((text) => Number(Number(text).toPrecision(4)));
  for (const lead of [21, 40, 60]) expect(scoreAt(scores, "VRMSE", "diffusion", 64.02, lead)).toEqual(expected);
  expect(scoreAt(scores, "VRMSE", "diffusion", 64, 20)).not.toEqual(expected);
  expect(scoreAt(scores, "VRMSE", "diffusion", 65, 40)).toBeUndefined();
  expect(scoreAt(scores, "ratio", "neural solver", 64, 40)).toBeUndefined(); // one answer has no spread
});

test("every method has bars or none for a metric, and curves are as long as the lead times", () => {
  for (const {methods, horizons, bars, curves, leads} of all) {
    for (const metric of metricNames) {
      expect(bars[metric].map((row) => row.length)).toEqual(methods.map(() => horizons.length));
      for (const curve of curves[metric]) expect([undefined, leads.length]).toContain(curve?.length);
    }
    expect(bars.VRMSE.flat()).not.toContain(null);
    expect(curves.VRMSE.filter((curve) => curve !== null).length).toBeGreaterThan(8);
  }
});
