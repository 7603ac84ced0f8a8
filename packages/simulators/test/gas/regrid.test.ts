import {blockMeans, linear, resample} from "../../src/gas";

test("block means keep sums, and repeated cells come back", () => {
  const values = Float64Array.from({length: 8 * 4 * 2}, (_, i) => Math.sin(i * i));
  const coarse = resample(values, [8, 4], [blockMeans(8, 2), blockMeans(4, 2)], 2);
  expect(coarse).toHaveLength(2 * 2 * 2);
  const sum = (list: Float64Array, c: number) => list.reduce((total, value, i) => total + (i % 2 === c ? value : 0), 0);
  for (const c of [0, 1]) expect(sum(coarse, c) * 8).toBeCloseTo(sum(values, c), 12);
  const fine = resample(coarse, [2, 2], [blockMeans(2, 8), blockMeans(2, 4)], 2);
  expect(resample(fine, [8, 4], [blockMeans(8, 2), blockMeans(4, 2)], 2)).toEqual(coarse);
  expect(() => blockMeans(8, 3)).toThrow("one divides the other, found 8 and 3");
});

test("linear interpolation is exact for straight lines inside, wraps around and copies open ends", () => {
  const line = Float64Array.from({length: 4}, (_, i) => (i + 0.5) / 4);
  const fine = resample(line, [4], [linear(4, 8, "open")]);
  [...fine].slice(1, -1).forEach((value, i) => expect(value).toBeCloseTo((i + 1.5) / 8, 12));
  expect([fine[0], fine[7]]).toEqual([line[0], line[3]]);
  const [first] = resample(line, [4], [linear(4, 8, "periodic")]);
  expect(first).toBeCloseTo(0.75 * line[0] + 0.25 * line[3], 12);
  const inner = resample(line, [4], [linear(4, 4, "open", 1)]); // 2 cells inside, as 4
  [...inner].forEach((value, i) => expect(value).toBeCloseTo(0.25 + (i + 0.5) / 8, 12));
});

test("as many cells stay as they are", () => {
  const values = Float64Array.of(1, 5, 2, 7);
  for (const stencils of [blockMeans(4, 4), linear(4, 4, "periodic")])
    expect(resample(values, [4], [stencils])).toEqual(values);
});
