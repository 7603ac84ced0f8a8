import {Rng} from "@lola-ts/core";
import {Advection, placeFlow} from "../../src/kolmogorov/advection";
import {modesOf, zeros, type Coefficients, type Modes, GridTransform} from "../../src/kolmogorov/transforms";

function random(modes: Modes): Coefficients {
  const rng = Rng.from("advection");
  const vorticity = zeros(modes);
  for (const part of [vorticity.re, vorticity.im]) part.forEach((_, m) => (part[m] = rng.normal()));
  return vorticity;
}

/** Waves of both signs. */
const both = ({kx, ky}: Modes, {re, im}: Coefficients) =>
  [...kx].flatMap((x, m) => [
    {x, y: ky[m], re: re[m], im: im[m]},
    {x: -x, y: -ky[m], re: re[m], im: -im[m]},
  ]);

test.each([
  [[2, 2], [7, 7], 2 * Math.PI],
  [[3, 5], [10, 16], 2 * Math.PI],
  [[1, 4], [4, 15], 5],
] as [[number, number], [number, number], number][])(
  "is the sum over all pairs of waves, free of aliases: waves up to %p on %p points",
  (limit, points, length) => {
    const modes = modesOf(limit, length);
    const vorticity = random(modes);
    const result = zeros(modes);
    new Advection(modes, points).evaluate(vorticity, result);
    // u of the wave p, times the gradient of the wave q
    const expected = zeros(modes);
    const waves = both(modes, vorticity);
    modes.kx.forEach((kx, m) => {
      for (const p of waves) {
        for (const q of waves) {
          if (Math.abs(p.x + q.x - kx) > 1e-9 || p.y + q.y !== modes.ky[m]) continue;
          const factor = -(p.x * q.y - p.y * q.x) / (p.x ** 2 + p.y ** 2);
          expected.re[m] += factor * (p.re * q.re - p.im * q.im);
          expected.im[m] += factor * (p.re * q.im + p.im * q.re);
        }
      }
    });
    result.re.forEach((value, m) => {
      expect(value).toBeCloseTo(expected.re[m], 10);
      expect(result.im[m]).toBeCloseTo(expected.im[m], 10);
    });
  },
);

test("the flow's curl is the vorticity, and its divergence is 0", () => {
  const modes = modesOf([3, 4]);
  const vorticity = random(modes);
  const transform = new GridTransform(modes, [10, 12]);
  placeFlow(transform, vorticity);
  const {re, im} = transform.spectrum;
  transform.plus.forEach((p, m) => {
    const q = transform.minus[m];
    const u = {re: (re[p] + re[q]) / 2, im: (im[p] - im[q]) / 2};
    const v = {re: (im[p] + im[q]) / 2, im: (re[q] - re[p]) / 2};
    const kx = modes.kx[m];
    const ky = modes.ky[m];
    expect(-kx * v.im + ky * u.im).toBeCloseTo(vorticity.re[m], 12);
    expect(kx * v.re - ky * u.re).toBeCloseTo(vorticity.im[m], 12);
    expect(Math.hypot(kx * u.re + ky * v.re, kx * u.im + ky * v.im)).toBeLessThan(1e-12);
  });
});

test("tells how fast the flow turns the shortest waves", () => {
  // omega = sin 2y: u = cos(2y) / 2 at most 1/2, v = 0
  const modes = modesOf([3, 5]);
  const vorticity = zeros(modes);
  modes.i.forEach((i, m) => {
    if (i === 0 && modes.j[m] === 2) vorticity.im[m] = -0.5;
  });
  expect(new Advection(modes, [10, 16]).evaluate(vorticity, zeros(modes))).toBeCloseTo(1.5, 12);
});
