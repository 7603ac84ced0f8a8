/** Every statistic of the topic `metrics`, for each of its grids, fields and steps, and its transport distances. */
import {sizeOf} from "@lola-ts/core";
import {ensembleMean, skill, spread, spreadSkillRatio} from "../../lib/evaluate/ensemble";
import {
  bandEdges,
  bandErrors,
  bandNames,
  bands,
  crossErrors,
  crossSpectrum,
  powerSpectrum,
  rings,
} from "../../lib/evaluate/spectrum";
import {quantileDistance, slicedDistances, slicesOf} from "../../lib/evaluate/transport";
import {massError, mean, meanSquare, nrmse, rmse, vrmse} from "../../lib/evaluate/pointwise";
import {reference, relativeError} from "./reference";

const golden = reference("metrics");
const cases = Object.keys(golden.config.cases);

/** Fields and members of a case: u is (C, L, *grid), v is (K, C, L, *grid); one entry per (C, L), in order. */
function fields(name: string) {
  const {data, shape} = golden.tensor(`${name}/in/u`);
  const v = golden.tensor(`${name}/in/v`);
  const grid = shape.slice(2);
  const size = sizeOf(grid);
  const states = shape[0] * shape[1];
  const entries = Array.from({length: states}, (_, i) => ({
    u: data.subarray(i * size, (i + 1) * size),
    members: Array.from({length: v.shape[0]}, (_, k) =>
      v.data.subarray((k * states + i) * size, (k * states + i + 1) * size),
    ),
  }));
  return {grid, entries};
}

describe.each(cases)("metrics on %s", (name) => {
  const {grid, entries} = fields(name);
  const close = (tensor: string, ours: number[], limit = 1e-5) =>
    expect(relativeError(ours, golden.tensor(`${name}/out/${tensor}`).data)).toBeLessThan(limit);

  test("moments, errors, spread and skill", () => {
    const over = (f: (u: Float32Array, mean: Float64Array, members: Float32Array[]) => number) =>
      entries.map(({u, members}) => f(u, ensembleMean(members), members));
    close("m1", over(mean));
    close("m2", over(meanSquare));
    close("rmse", over(rmse));
    close(
      "rmse",
      over((u, _, members) => skill(u, members)),
    );
    close(
      "nrmse",
      over((u, v) => nrmse(u, v)),
    );
    close(
      "vrmse",
      over((u, v) => vrmse(u, v)),
    );
    // the official sums and their ratio, a number near 1, are float32: they are accurate to 5e-7 at best
    const expected = golden.tensor(`${name}/out/mass_error`).data;
    over(massError).forEach((ours, i) =>
      expect(Math.abs(ours - expected[i])).toBeLessThan(5e-7 + 1e-5 * Math.abs(ours)),
    );
    close(
      "spread",
      over((_, v, members) => spread(members, v)),
    );
    close(
      "ssr",
      over((u, v, members) => spreadSkillRatio(spread(members, v), rmse(u, v), {ratio: "code"})),
    );
  });

  test("a single member has no spread", () => {
    const {spread: none, rmse: error, vrmse: relative} = golden.values[name].single_member;
    const {u, members} = entries[0];
    expect(spread(members.slice(0, 1))).toBe(none);
    expect(relativeError([rmse(u, members[0])], [error])).toBeLessThan(1e-5);
    expect(relativeError([vrmse(u, members[0])], [relative])).toBeLessThan(1e-5);
  });

  test("rings: edges, wavenumbers, counts and every frequency's ring", () => {
    const {index, counts, k} = rings(grid);
    expect(k).toHaveLength(golden.values[name].bins);
    expect([0, ...k]).toEqual([...golden.tensor(`${name}/bins/edges`).data]);
    close("k", [...k], 1e-12);
    expect([1, ...counts]).toEqual([...golden.indices(`${name}/bins/counts`).data]); // the first one is k = 0
    expect(index).toEqual(golden.indices(`${name}/bins/index`).data);
  });

  test("bands, and the first wavenumber's place in them", () => {
    const {k} = rings(grid);
    const masks = (firstWavenumber: "inclusive" | "official") =>
      bandNames.flatMap((band) => bands(k, {firstWavenumber})[band].map(Number));
    close("bands", [...bandEdges(k)], 1e-6);
    close("band_masks_inclusive", masks("inclusive"), 1e-12);
    close("band_masks", masks("official"), 1e-12);
    expect(bands(k, {firstWavenumber: "official"}).low[0]).toBe(golden.values[name].first_bin_in_low_band);
  });

  test("power spectra, cross spectra and the errors of each band", () => {
    const {k} = rings(grid);
    const spectra = entries.map(({u, members}) => {
      const pu = powerSpectrum([u], grid);
      const pv = powerSpectrum(members, grid);
      return {pu, pv, c: crossSpectrum(u, members, grid)};
    });
    close(
      "p_u",
      spectra.flatMap(({pu}) => [...pu]),
    );
    close(
      "p_v",
      spectra.flatMap(({pv}) => [...pv]),
    );
    close(
      "c_uv",
      spectra.flatMap(({c}) => [...c]),
    );

    for (const [firstWavenumber, suffix] of [
      ["inclusive", "_inclusive"],
      ["official", ""],
    ] as const) {
      const list = (errors: Record<string, number>) => bandNames.map((band) => errors[band]);
      const stored = (value: number) => (Number.isNaN(value) ? -1 : value); // an empty band is stored as -1
      const p = spectra.flatMap(({pu, pv}) => list(bandErrors(pu, pv, k, {firstWavenumber})));
      const c = spectra.flatMap(({pu, pv, c}) => list(crossErrors(c, pu, pv, k, {firstWavenumber})));
      close(`rmse_p${suffix}`, p.map(stored), 1e-4);
      close(`rmse_c${suffix}`, c.map(stored), 1e-4);
    }
  });
});

/** What comes before `rest` in the names of tensors. */
const before = (rest: string) =>
  golden.names.filter((name) => name.endsWith(rest)).map((name) => name.slice(0, -rest.length));

test("there are densities to compare", () => {
  expect(before("/in/directions").length).toBeGreaterThan(0);
});

/** Samples of one size, as the values of a field are. */
const samples = before("/in/u")
  .filter((name) => name.startsWith("wasserstein"))
  .map((name) => ({name, sides: ["u", "v"].map((side) => golden.tensor(`${name}/in/${side}`).data)}))
  .filter(({sides: [u, v]}) => u.length === v.length);

test.each(samples)("the distance of samples, $name", ({name, sides}) => {
  const [u, v] = sides.map((side) => side.slice().sort());
  const distance = quantileDistance(u, v);
  expect(relativeError([distance], golden.tensor(`${name}/out/distance`).data)).toBeLessThan(1e-5);
  expect(relativeError([distance], [golden.values[name]])).toBeLessThan(1e-5);
});

test.each(before("/in/directions"))("the sliced distance of densities, %s", (name) => {
  const grid = golden.tensor(`${name}/in/u`).shape;
  const [u, v] = ["u", "v"].map((side) => golden.tensor(`${name}/in/${side}`).data);
  const {data, shape} = golden.tensor(`${name}/in/directions`);
  const directions = Array.from({length: shape[0]}, (_, i) => data.subarray(i * shape[1], (i + 1) * shape[1]));
  const distances = slicedDistances(u, v, slicesOf(grid, directions));
  const distance = distances.reduce((a, b) => a + b) / distances.length;
  expect(relativeError([distance], golden.tensor(`${name}/out/distance_p1`).data)).toBeLessThan(1e-5);
  expect(relativeError([distance], [golden.values[`${name}_p1`]])).toBeLessThan(1e-5);
  const each = `${name}/out/per_direction_p1`;
  if (golden.has(each)) expect(relativeError(distances, golden.tensor(each).data)).toBeLessThan(1e-5);
});
