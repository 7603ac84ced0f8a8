import {dealiased, modesOf, positions} from "../../src/kolmogorov/transforms";

test("one mode of each pair is held, once, and none is the mean", () => {
  const {i, j} = modesOf([3, 2]);
  const keys = [...i].flatMap((x, m) => [`${x},${j[m]}`, `${-x},${-j[m]}`]);
  expect(new Set(keys).size).toBe(7 * 5 - 1);
  expect(keys).toHaveLength(7 * 5 - 1);
});

test("modes come in shells, so that those of a coarse grid begin the list of a fine one", () => {
  const coarse = modesOf([4, 4]);
  const fine = modesOf([6, 6]);
  expect(fine.i.subarray(0, coarse.i.length)).toEqual(coarse.i);
  expect(fine.j.subarray(0, coarse.j.length)).toEqual(coarse.j);
});

test("wave numbers along x are those of the box's length", () => {
  const {i, j, kx, ky, square} = modesOf([2, 3], 8 * Math.PI);
  kx.forEach((k, m) => {
    expect(k).toBeCloseTo(i[m] / 4, 14);
    expect(ky[m]).toBe(j[m]);
    expect(square[m]).toBeCloseTo((i[m] / 4) ** 2 + j[m] ** 2, 14);
  });
});

test("three times the waves fit below the number of points", () => {
  expect([4, 6, 7, 48, 64].map(dealiased)).toEqual([1, 1, 2, 15, 21]);
});

test("modes are found in another list, or missing", () => {
  const of = modesOf([2, 3]);
  const within = modesOf([3, 2]);
  positions(of, within).forEach((at, m) => {
    if (at < 0) expect(of.j[m]).toBe(3);
    else expect([within.i[at], within.j[at]]).toEqual([of.i[m], of.j[m]]);
  });
});
