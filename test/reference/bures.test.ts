/** Distances between Gaussians, given by their moments or by samples. */
import {buresMatrix, buresWasserstein, fitGaussian} from "../../lib/evaluate/bures";
import {reference, relativeError} from "./reference";

const golden = reference("bures");
const named = (rest: string) =>
  golden.names.filter((name) => name.endsWith(rest)).map((name) => name.slice(0, -rest.length));
const pairs = named("/in/mean1");
const groups = named("/in/x");

test("there are pairs and groups", () => {
  expect(pairs.length).toBeGreaterThan(0);
  expect(groups.length).toBeGreaterThan(0);
});

test.each(pairs)("a pair of Gaussians, %s", (name) => {
  const [a, b] = [1, 2].map((i) => ({
    mean: golden.tensor(`${name}/in/mean${i}`).data,
    covariance: golden.tensor(`${name}/in/cov${i}`).data,
  }));
  const same = relativeError(a.mean, b.mean) === 0 && relativeError(a.covariance, b.covariance) === 0;
  for (const expected of [golden.tensor(`${name}/out/distance`).data[0], golden.values[name] as number]) {
    // rounding under the root: the distance of a Gaussian to itself is compared absolutely
    expect(Math.abs(buresWasserstein(a, b) - expected)).toBeLessThan(1e-5 * (same ? 1 : expected));
    expect(Math.abs(buresWasserstein(b, a) - expected)).toBeLessThan(1e-5 * (same ? 1 : expected));
  }
});

test.each(groups)("all pairs of groups of samples, %s", (name) => {
  const {data, shape} = golden.tensor(`${name}/in/x`);
  const [count, ...rest] = shape;
  const size = rest[0] * rest[1];
  const gaussians = Array.from({length: count}, (_, i) =>
    fitGaussian({data: data.subarray(i * size, (i + 1) * size), shape: rest}),
  );
  const matrix = buresMatrix(gaussians).flat();
  expect(relativeError(matrix, golden.tensor(`${name}/out/distance`).data)).toBeLessThan(1e-5);
  expect(relativeError(matrix, golden.values[name].flat())).toBeLessThan(1e-5);
});
