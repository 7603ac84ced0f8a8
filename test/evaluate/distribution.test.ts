import {distributionError, fairDistributionScore} from "../../lib/evaluate/distribution";
import {crps} from "../../lib/evaluate/probability/crps";
import {quantileDistance, slicedWasserstein} from "../../lib/evaluate/transport";
import {Rng} from "@lola-ts/core";

const field = (seed: number) => Float64Array.from({length: 64}, (_, i) => 1.5 + Math.sin(seed + 12.9898 * i * i));
const [u, a, b] = [1, 2, 3].map(field);
const grid = [8, 8];
const wasserstein = (x: Float64Array, y: Float64Array) => quantileDistance(x.slice().sort(), y.slice().sort());

const places = {compared: "places", channel: "density", title: ""} as const;
const values = {compared: "values", channel: "density", title: ""} as const;

test("is the mean over members of where mass is, or of what values there are", () => {
  const ofPlaces = (slicedWasserstein(u, a, grid) + slicedWasserstein(u, b, grid)) / 2;
  expect(distributionError(places, u, [a, b], grid)).toBeCloseTo(ofPlaces, 14);
  const ofValues = (wasserstein(u, a) + wasserstein(u, b)) / 2;
  expect(distributionError(values, u, [a, b], grid)).toBeCloseTo(ofValues, 14);
  expect(distributionError(values, u, [a, b], [4, 4, 4])).toBeCloseTo(ofValues, 14);
});

test("values may be anywhere, places may not", () => {
  const shuffled = u.map((_, i) => u[(i * 29) % 64]);
  expect(distributionError(values, u, [shuffled], grid)).toBe(0);
  expect(distributionError(places, u, [shuffled], grid)).toBeGreaterThan(1e-3);
  expect(distributionError(places, u, [u, u.map((value) => 3 * value)], grid)).toBeCloseTo(0, 14);
  const raised = u.map((value) => value + 0.25);
  expect(distributionError(values, u, [raised], [4, 4, 4])).toBeCloseTo(0.25, 12);
});

test("a diverged forecast stays visible, sizes are checked", () => {
  const diverged = a.map((value, i) => (i === 7 ? NaN : value));
  for (const metric of [places, values]) expect(distributionError(metric, u, [b, diverged], grid)).toBeNaN();
  expect(() => distributionError(places, u, [a.subarray(1)], grid)).toThrow(
    "members to be a list, each a row of 64 numbers, found [a row of 63 numbers]",
  );
  expect(() => distributionError(places, u, [], grid)).toThrow("found []");
});

describe("the fair score", () => {
  test("of shifted values it is the fair CRPS of the shift, and of one forecast the distance", () => {
    const shifts = [0.3, -0.1, 0.8];
    const members = shifts.map((shift) => u.map((value) => value + shift));
    const expected = crps([0], shifts.map((shift) => [shift])); // prettier-ignore
    expect(fairDistributionScore(values, u, members, grid)).toBeCloseTo(expected, 12);
    for (const metric of [places, values]) {
      expect(fairDistributionScore(metric, u, [a], grid)).toBe(distributionError(metric, u, [a], grid));
    }
    const three = [u, a, b].map((v, i, all) => slicedWasserstein(v, all[(i + 1) % 3], grid));
    const byHand = (three[0] + three[2]) / 2 - three[1] / 2;
    expect(fairDistributionScore(places, u, [a, b], grid)).toBeCloseTo(byHand, 14);
  });

  test("a mean that is smoother than any state loses, though its plain distance is the smallest", () => {
    // a drop of mass somewhere on the middle row
    const random = Rng.from("drops");
    const drop = (place: number) => u.map((_, i) => Math.exp(-(((i % 8) - place) ** 2)) * Number(i >> 3 === 4));
    const somewhere = (low: number, high: number) => () => drop(low + (high - low) * random.uniform());
    const mean = Array.from({length: 400}, somewhere(0, 7)).reduce((sum, one) => sum.map((x, i) => x + one[i]));
    const forecasts = {
      true: somewhere(0, 7),
      narrow: somewhere(2.5, 4.5),
      moved: somewhere(3, 7),
      blurred: () => mean,
    };
    const score = (draw: () => Float64Array, of: typeof fairDistributionScore) => {
      let sum = 0;
      for (let n = 0; n < 150; n++) sum += of(places, somewhere(0, 7)(), Array.from({length: 6}, draw), grid) / 150;
      return sum;
    };
    const fair = score(forecasts.true, fairDistributionScore);
    for (const name of ["narrow", "moved", "blurred"] as const) {
      expect(score(forecasts[name], fairDistributionScore)).toBeGreaterThan(1.04 * fair);
    }
    expect(score(forecasts.blurred, distributionError)).toBeLessThan(score(forecasts.true, distributionError));
  });
});
