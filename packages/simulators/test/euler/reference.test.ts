import {eulerReferences, exactSodDensity, sodTube} from "../../src/euler/reference";

test("Sod's tube comes closer to the exact solution on a finer grid", () => {
  const error = (cells: number) => {
    const {x, density} = sodTube(cells);
    return x.reduce((sum, at, i) => sum + Math.abs(density[i] - exactSodDensity(at)), 0) / cells;
  };
  const coarse = error(50);
  const fine = error(200);
  expect(fine).toBeLessThan(0.003);
  expect(fine).toBeLessThan(0.4 * coarse);
});

test("the references are those of the literature", () => {
  const rows = eulerReferences().map(({reference}) => reference);
  const known = [
    0.30313, 0.927453, 0.426319, 0.265574, 0.316918, 1.046043, 0.361709, 0.338334, 0.291401, 0.816013, 0.496288,
    0.221188,
  ];
  expect(rows).toHaveLength(known.length);
  rows.forEach((value, i) => expect(value).toBeCloseTo(known[i], 5));
});
