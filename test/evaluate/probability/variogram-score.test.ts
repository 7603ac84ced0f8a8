import {Rng, fftn} from "@lola-ts/core";
import {bandEdges, rings} from "../../../lib/evaluate/spectrum";
import {variogramBands, variogramScore} from "../../../lib/evaluate/probability/variogram-score";
import {energyScore, crps} from "../../../lib/evaluate/probability/crps";

const grid = [16, 16];
const size = 256;
type Field = Float64Array;

/** Gaussian fields of a steep spectrum and unit variance, and white ones. */
const random = Rng.from("variogram score");
const white = (): Field => Float64Array.from({length: size}, () => random.normal());
const weights = Float64Array.from({length: size}, (_, i) => {
  const k = Math.hypot(...[i >> 4, i & 15].map((n) => (n < 8 ? n : n - 16)));
  return k === 0 ? 0 : k ** -1.5;
});
const power = Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0) / size);

/** Multiply a field's spectrum by a factor of each frequency. */
function filtered(field: Field, factor: (i: number) => number): Field {
  const [re, im] = [Float64Array.from(field), new Float64Array(size)];
  fftn(re, im, grid);
  const [a, b] = [re, im].map((part) => part.map((value, i) => value * factor(i)));
  fftn(b, a, grid); // the inverse transform, with both parts swapped
  return a.map((value) => value / size);
}

const steep = () => filtered(white(), (i) => weights[i] / power);
const smooth = (field: Field) => filtered(field, (i) => (weights[i] > 0.35 ? 1 : 0));
const ensembleOf = (make: () => Field) => Array.from({length: 8}, make);
const plus = (a: Field, b: Field, factor = 1) => a.map((value, i) => value + factor * b[i]);

describe("propriety: of an answer and errors of a steep spectrum the true distribution scores best", () => {
  const answer = steep();
  const moved = answer.map((_, i) => answer[(i + 3) % size]);
  const forecasts: Record<string, () => Field> = {
    true: () => plus(answer, steep()),
    blurred: () => plus(answer, smooth(steep())),
    moved: () => plus(moved, steep()),
    narrow: () => plus(answer, steep(), 0.6),
    wide: () => plus(answer, steep(), 1.6),
    white: () => plus(answer, white()),
  };
  const cases = 120;
  const mean = Object.fromEntries(
    Object.keys(forecasts).map((name) => [name, {low: 0, mid: 0, high: 0, energy: 0, crps: 0}]),
  );
  for (let n = 0; n < cases; n++) {
    const truth = plus(answer, steep());
    for (const [name, draw] of Object.entries(forecasts)) {
      const members = ensembleOf(draw);
      const found = {
        ...variogramScore(truth, members, grid),
        energy: energyScore(truth, members),
        crps: crps(truth, members),
      };
      for (const key of Object.keys(found) as (keyof typeof found)[]) mean[name][key] += found[key] / cases;
    }
  }

  test.each(["blurred", "moved", "narrow", "wide", "white"])("%s loses", (name) => {
    for (const band of ["mid", "high"] as const) expect(mean[name][band]).toBeGreaterThan(1.02 * mean.true[band]);
  });

  test("white noise of the right size is hidden from CRPS and energy score, and not from short lags", () => {
    for (const key of ["crps", "energy"] as const) expect(mean.white[key]).toBeLessThan(1.02 * mean.true[key]);
    expect(mean.white.high).toBeGreaterThan(1.25 * mean.true.high);
    expect(mean.white.mid).toBeGreaterThan(1.03 * mean.true.mid);
  });
});

test("is the mean over pairs of the squared difference of root differences, less its bias, by hand", () => {
  const line = [8]; // rings of equal |k| in one dimension
  const u = [0, 1, 0, 4, 0, 9, 0, 0];
  const members = [u.map((value) => 4 * value), u.map(() => 7)];
  const edges = bandEdges(rings(line).k);
  const found = variogramScore(u, members, line);
  variogramBands.forEach((band, b) => {
    const lengths = [0.25, 0.75].map((place) =>
      Math.max(1, Math.round(0.5 / (edges[b] * (edges[b + 1] / edges[b]) ** place))),
    );
    const lags = [...new Set(lengths)].filter((lag) => lag < 8);
    const scores = lags.map((lag) => {
      let sum = 0;
      for (let p = 0; p + lag < 8; p++) {
        const d = Math.sqrt(Math.abs(u[p] - u[p + lag]));
        // members differ by 2 d and 0: the mean is d, so the error is 0, and the variance of their mean d²
        sum -= d ** 2;
      }
      return sum / (8 - lag);
    });
    expect(found[band]).toBeCloseTo(scores.reduce((a, c) => a + c) / scores.length, 12);
  });
});

test("lags along axes and diagonals are half a wavelength long, whatever their direction, by brute force", () => {
  const [rows, columns] = [12, 10];
  const places = Array.from({length: rows * columns}, (_, i) => [Math.floor(i / columns), i % columns]);
  const draw = Rng.from("lags");
  const [u, ...members] = Array.from({length: 4}, () => Float64Array.from(places, () => draw.normal()));
  const edges = bandEdges(rings([rows, columns]).k);
  const difference = (field: Field, p: number, q: number) => Math.sqrt(Math.abs(field[p] - field[q]));
  const found = variogramScore(u, members, [rows, columns]);
  variogramBands.forEach((band, b) => {
    const lags = new Map<string, [number, number]>();
    for (const place of [0.25, 0.75]) {
      const half = 0.5 / (edges[b] * (edges[b + 1] / edges[b]) ** place);
      for (const [x, y] of [
        [0, 1],
        [1, 0],
        [1, 1],
        [1, -1],
      ]) {
        const steps = Math.max(1, Math.round(half / Math.sqrt(x ** 2 + y ** 2)));
        lags.set(`${steps * x} ${steps * y}`, [steps * x, steps * y]);
      }
    }
    const scores = [...lags.values()].flatMap(([x, y]) => {
      const pairs = places.flatMap(([i, j], p) => {
        const isInside = i + x < rows && j + y >= 0 && j + y < columns;
        return isInside ? [[p, (i + x) * columns + j + y]] : [];
      });
      const each = pairs.map(([p, q]) => {
        const own = members.map((member) => difference(member, p, q));
        const mean = (own[0] + own[1] + own[2]) / 3;
        const scatter = own.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (3 * 2);
        return (difference(u, p, q) - mean) ** 2 - scatter;
      });
      return pairs.length > 0 ? [each.reduce((sum, one) => sum + one, 0) / pairs.length] : [];
    });
    expect(scores.length).toBeGreaterThanOrEqual(4);
    expect(found[band]).toBeCloseTo(scores.reduce((sum, one) => sum + one, 0) / scores.length, 12);
  });
});

test.each([2, 4, 16])("has the same expectation for every number of members: %d", (K) => {
  const draw = Rng.from("variogram", K);
  const line = [4096];
  const field = () => Float64Array.from({length: 4096}, () => draw.normal());
  const {high} = variogramScore(field(), Array.from({length: K}, field), line);
  // var √|z| of the difference z of two standard normal variables: E|z| − (E√|z|)²
  const gamma = 1.2254167024651776; // Γ(3/4)
  const expected = 2 / Math.sqrt(Math.PI) - (2 * gamma ** 2) / Math.PI;
  expect(Math.abs(high / expected - 1)).toBeLessThan(0.1);
});

test("is in the units of the field, and blind to a constant that is added", () => {
  const [u, a, b] = [steep(), steep(), steep()];
  const {low, mid, high} = variogramScore(u, [a, b], grid);
  const scaled = variogramScore(u.map((x) => 3 * x), [a, b].map((v) => v.map((x) => 3 * x)), grid); // prettier-ignore
  const raised = variogramScore(u, [a, b].map((v) => v.map((x) => x + 5)), grid); // prettier-ignore
  [low, mid, high].forEach((value, i) => {
    expect(scaled[variogramBands[i]]).toBeCloseTo(3 * value, 10);
    expect(raised[variogramBands[i]]).toBeCloseTo(value, 10);
  });
  expect(variogramScore(u, [u], grid)).toEqual({low: 0, mid: 0, high: 0});
});

test("a NaN shows; no members and other sizes are refused", () => {
  expect(variogramScore(steep(), [steep().fill(NaN, 0, 1)], grid).high).toBeNaN();
  expect(() => variogramScore(steep(), [], grid)).toThrow("variogramScore: expected members to be a list");
  expect(() => variogramScore([1, 2], [[1, 2]], grid)).toThrow("expected fields of 256 points, found 2");
});
