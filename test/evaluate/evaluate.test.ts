import ndarray from "ndarray";
import {distributionError, fairDistributionScore} from "../../lib/evaluate/distribution";
import {limitOfSkill, spread, spreadSkillRatio} from "../../lib/evaluate/ensemble";
import {crps, energyScore} from "../../lib/evaluate/probability/crps";
import {rankHistogram} from "../../lib/evaluate/probability/rank-histogram";
import {variogramScore} from "../../lib/evaluate/probability/variogram-score";
import {Rng} from "@lola-ts/core";
import {evaluateRollout, metricNames} from "../../lib/evaluate/evaluate";
import {horizons, leadTimes} from "../../lib/evaluate/horizons";
import {bandErrors, powerSpectrum, rings} from "../../lib/evaluate/spectrum";
import {vrmse} from "../../lib/evaluate/pointwise";

const noise = (n: number, seed: number) => Float32Array.from({length: n}, (_, i) => Math.sin(seed + 12.9898 * i * i));

const transport = {compared: "places", channel: "density", title: ""} as const;

describe("evaluateRollout", () => {
  const K = 3;
  const L = 2;
  const X = 8;
  const Y = 6;
  const C = 2;
  const truth = {data: noise(L * X * Y * C, 1), shape: [L, X, Y, C]};
  const ensemble = {data: noise(K * L * X * Y * C, 2), shape: [K, L, X, Y, C]};
  const rows = evaluateRollout(truth, ensemble, {fields: ["energy", "density"], trajectory: 4, firstState: 1});

  test("has a row per field and frame with the metrics of exactly that field and frame", () => {
    expect(rows.map(({field, state}) => `${field} ${state}`)).toEqual([
      "energy 1",
      "density 1",
      "energy 2",
      "density 2",
    ]);
    const at = (i: number, c: number) => (_: unknown, p: number) => (i * X * Y + p) * C + c;
    const u = Float64Array.from({length: X * Y}, at(1, 1)).map((p) => truth.data[p]);
    const members = [0, 1, 2].map((k) =>
      Float64Array.from({length: X * Y}, at(k * L + 1, 1)).map((p) => ensemble.data[p]),
    );
    const mean = u.map((_, p) => (members[0][p] + members[1][p] + members[2][p]) / 3);
    const row = rows[3];
    expect(row.trajectory).toBe(4);
    expect(row.vrmse).toBeCloseTo(vrmse(u, mean), 10);
    expect(row.spread).toBeCloseTo(spread(members), 10);
    expect(row.ratio).toBeCloseTo(spreadSkillRatio(row.spread, row.rmse), 10);
    expect(row.memberVrmse).toBeCloseTo(members.reduce((sum, v) => sum + vrmse(u, v), 0) / 3, 10);
    const scale = row.rmse / row.vrmse;
    expect(row.crps).toBeCloseTo(crps(u, members) / scale, 10);
    expect(row.energy).toBeCloseTo(energyScore(u, members) / scale, 10);
    expect(row.vrmseLimit).toBeCloseTo(limitOfSkill(row.vrmse, row.spread / scale, 3), 10);
    expect(row.ranks).toEqual(rankHistogram(u, members, Rng.from("ties", 0))); // there are no ties
    expect(row.high).toBeCloseTo(
      bandErrors(powerSpectrum([u], [X, Y]), powerSpectrum(members, [X, Y]), rings([X, Y]).k).high,
      10,
    );
  });

  test("takes ndarrays, also strided views of them", () => {
    const flipped = ndarray(truth.data, truth.shape).transpose(0, 2, 1, 3);
    const data = new Float32Array(truth.data.length);
    for (let i = 0, at = 0; i < L; i++)
      for (let y = 0; y < Y; y++)
        for (let x = 0; x < X; x++) for (let c = 0; c < C; c++) data[at++] = flipped.get(i, y, x, c);
    const view = evaluateRollout(flipped, {data, shape: [1, L, Y, X, C]});
    for (const row of view) expect(row.rmse).toBe(0);
    expect([view[0].ratio, view[0].spread]).toEqual([NaN, NaN]); // one member
  });

  test("of a single forecast the CRPS is the mean absolute error, the energy score its VRMSE; a diverged one has no ranks", () => {
    const forecast = {data: ensemble.data.slice(0, L * X * Y * C), shape: [1, L, X, Y, C]};
    const [row] = evaluateRollout(truth, forecast);
    const at = Array.from({length: X * Y}, (_, p) => p * C);
    const error = at.reduce((sum, p) => sum + Math.abs(forecast.data[p] - truth.data[p]), 0) / (X * Y);
    expect(row.crps).toBeCloseTo((error * row.vrmse) / row.rmse, 10);
    expect(row.energy).toBeCloseTo(row.vrmse, 12);
    expect(row.vrmseLimit).toBe(row.vrmse);
    expect(row.ranks).toBeUndefined();
    const diverged = {...ensemble, data: ensemble.data.map((value, i) => (i === 0 ? NaN : value))};
    const [lost, kept] = evaluateRollout(truth, diverged);
    expect([lost.crps, lost.ranks]).toEqual([NaN, undefined]);
    expect(kept.ranks!.reduce((sum, count) => sum + count)).toBe(X * Y);
  });

  test("works in three dimensions", () => {
    const cube = {data: noise(2 * 64 * 1, 5), shape: [2, 4, 4, 4, 1]};
    const [row] = evaluateRollout(cube, {data: cube.data, shape: [1, ...cube.shape]});
    expect([row.vrmse, row.low]).toEqual([0, 0]);
  });

  test("adds the distance between distributions to the rows of one field, and scores it over these", () => {
    const options = {fields: ["energy", "density"], transport};
    const found = evaluateRollout(truth, ensemble, options);
    const plain = evaluateRollout(truth, ensemble, {fields: options.fields});
    found.forEach(({transport, ...row}, i) => {
      expect(row).toEqual(plain[i]); // everything else stays as it is
      expect(transport === undefined).toBe(row.field !== "density");
    });
    const at = (k: number) => Float64Array.from({length: X * Y}, (_, p) => ensemble.data[(k * L * X * Y + p) * C + 1]);
    const u = Float64Array.from({length: X * Y}, (_, p) => truth.data[p * C + 1]);
    expect(found[1].transport).toBeCloseTo(distributionError(options.transport, u, [0, 1, 2].map(at), [X, Y]), 12);

    const score = horizons(found, [[0, 1]], 1).find(({metric}) => metric === "transport")!;
    expect(score.value).toBeCloseTo((found[1].transport! + found[3].transport!) / 2, 12);
    expect(leadTimes(found, 1).map(({transport}) => transport)).toEqual([found[1].transport, found[3].transport]);
    expect(horizons(plain, [[0, 1]], 1).map(({metric}) => metric)).toEqual(metricNames);
    expect(() => evaluateRollout(truth, ensemble, {...options, fields: ["a", "b"]})).toThrow(
      "expected a field density for transport, found a, b",
    );
  });

  test("adds the mean over members of how far each one's mass is off, either way, where it is asked for", () => {
    const one = {data: Float32Array.of(1, 3, 2, 2), shape: [1, 2, 2, 1]}; // 8 in all
    const three = {data: Float32Array.of(1, 3, 2, 4, 1, 3, 2, 0, 1, 3, 2, 2), shape: [3, 1, 2, 2, 1]}; // 10, 6 and 8
    expect(evaluateRollout(one, three)[0].mass).toBeUndefined();
    expect(evaluateRollout(one, three, {mass: true})[0].mass).toBeCloseTo((0.25 + 0.25 + 0) / 3, 12);
  });

  test("adds proper scores of structure where they are asked for, and nothing else changes", () => {
    const options = {fields: ["energy", "density"], transport};
    const plain = evaluateRollout(truth, ensemble, options);
    const found = evaluateRollout(truth, ensemble, {...options, proper: true});
    const at = (k: number) => Float64Array.from({length: X * Y}, (_, p) => ensemble.data[(k * L * X * Y + p) * C + 1]);
    const u = Float64Array.from({length: X * Y}, (_, p) => truth.data[p * C + 1]);
    const members = [0, 1, 2].map(at);
    const {low, mid, high} = variogramScore(u, members, [X, Y]);
    const fairTransport = fairDistributionScore(options.transport, u, members, [X, Y]);
    expect(found[1]).toEqual({...plain[1], variogramLow: low, variogramMid: mid, variogramHigh: high, fairTransport});
    found.forEach(({fairTransport: fair, variogramLow: _, variogramMid: __, variogramHigh: ___, ...row}, i) => {
      expect(row).toEqual(plain[i]);
      expect(fair === undefined).toBe(row.field !== "density");
    });
    expect(horizons(found, [[0, 1]], 1).map(({metric}) => metric)).toEqual([
      ...metricNames,
      "transport",
      "fairTransport",
      "variogramLow",
      "variogramMid",
      "variogramHigh",
    ]);
  });

  test("a truth among the members has no error, and scores do not depend on their order", () => {
    const exact = Float32Array.from([...truth.data, ...truth.data]);
    for (const row of evaluateRollout(truth, {data: exact, shape: [2, L, X, Y, C]})) {
      expect([row.vrmse, row.rmse, row.spread, row.memberVrmse]).toEqual([0, 0, 0, 0]);
      for (const band of ["low", "mid", "high"] as const) expect(row[band]).toBeLessThan(1e-12);
    }
    const size = L * X * Y * C;
    const order = [2, 0, 1];
    const data = Float32Array.from(order.flatMap((k) => [...ensemble.data.subarray(k * size, (k + 1) * size)]));
    const shuffled = evaluateRollout(truth, {data, shape: ensemble.shape}, {fields: ["energy", "density"]});
    shuffled.forEach((row, i) => {
      for (const name of metricNames) expect(row[name]).toBeCloseTo(rows[i][name], 9);
    });
  });

  test("refuses shapes that do not fit, and a wrong number of names", () => {
    expect(() => evaluateRollout(truth, truth)).toThrow(
      "expected ensemble to be an array [K, 2, 8, 6, 2], found an array [2, 8, 6, 2].",
    );
    expect(() => evaluateRollout(truth, ensemble, {fields: ["energy"]})).toThrow(
      "expected fields to be a list of 2 entries, each a text, found [ 'energy' ].",
    );
    expect(() => evaluateRollout({...truth, data: noise(10, 1)}, ensemble)).toThrow(
      "expected truth to be an array [L, X, Y, C] or [L, X, Y, Z, C], found an array [2, 8, 6, 2] with 10 of its 192 values",
    );
  });
});
