import {Rng} from "@lola-ts/core";
import {modesOf, GridTransform} from "../../src/kolmogorov/transforms";

const rng = Rng.from("transforms");

/** A transform with random waves, and a copy of them. */
function random(limit: [number, number], points: [number, number]) {
  const transform = new GridTransform(modesOf(limit), points);
  const {spectrum, plus, minus} = transform;
  for (const at of [...plus, ...minus]) {
    spectrum.re[at] = rng.normal();
    spectrum.im[at] = rng.normal();
  }
  return {transform, re: spectrum.re.slice(), im: spectrum.im.slice()};
}

test.each([
  [
    [2, 3],
    [6, 8],
  ],
  [
    [1, 2],
    [4, 12],
  ],
  [
    [3, 1],
    [10, 5],
  ],
] as [[number, number], [number, number]][])("waves up to %p add up at the points of %p", (limit, points) => {
  const {transform, re, im} = random(limit, points);
  const {modes, plus, minus, grid} = transform;
  transform.toGrid();
  const [nx, ny] = points;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const sum = [0, 0];
      modes.i.forEach((i, m) => {
        const angle = 2 * Math.PI * ((i * x) / nx + (modes.j[m] * y) / ny);
        for (const [at, turn] of [
          [plus[m], angle],
          [minus[m], -angle],
        ]) {
          sum[0] += re[at] * Math.cos(turn) - im[at] * Math.sin(turn);
          sum[1] += re[at] * Math.sin(turn) + im[at] * Math.cos(turn);
        }
      });
      expect(grid.re[y * nx + x]).toBeCloseTo(sum[0], 12);
      expect(grid.im[y * nx + x]).toBeCloseTo(sum[1], 12);
    }
  }
});

test("the way to the grid and back gives the waves, times the number of points", () => {
  const {transform, re, im} = random([4, 5], [12, 16]);
  transform.toGrid();
  transform.fromGrid();
  const {plus, minus, spectrum} = transform;
  for (const at of [...plus, ...minus]) {
    expect(spectrum.re[at] / (12 * 16)).toBeCloseTo(re[at], 12);
    expect(spectrum.im[at] / (12 * 16)).toBeCloseTo(im[at], 12);
  }
});
