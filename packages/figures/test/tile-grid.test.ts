import {compactForm, fullForm, type Grid} from "../src/tiles";

const grid: Grid = {nx: 32, ny: 32, gap: 1, total: 5 * 33 - 1, left: 120, right: 12};
const rows = (count: number) => Array.from({length: count}, () => ({}));

test("the full form puts all rows below each other in cells of half pixels", () => {
  const {cell, places, offsets, depth} = fullForm(rows(3), grid, 900);
  expect(cell).toBe(4.5); // 768 pixels for 164 cells
  expect(places.map(({bottom}) => bottom)).toEqual([-32, -65, -98]);
  expect([offsets, depth]).toEqual([[0], 98]);
});

test("flat images are as large as the labels beside them need", () => {
  const flat: Grid = {nx: 128, ny: 32, gap: 5, total: 6 * 133 - 5, left: 120, right: 84};
  expect(fullForm(rows(3), flat, 700).cell).toBe(0.5);
  const {cell, places} = fullForm(rows(3), flat, 700, 36);
  expect(cell * (places[0].bottom - places[1].bottom)).toBeGreaterThanOrEqual(36);
});

test.each([2, 7, 11, 30])("%i rows fit into the box of the compact form", (count) => {
  const box = {width: 1000, height: 500};
  const {cell, places, across, depth, offsets} = compactForm(rows(count), grid, box);
  expect(cell * depth).toBeLessThanOrEqual(box.height);
  expect(Math.floor(cell * across) + grid.left + grid.right).toBeLessThanOrEqual(box.width + cell * offsets.length);
  expect(new Set(places.map(({offset, bottom}) => `${offset} ${bottom}`)).size).toBe(count);
});

test("two blocks where that leaves images larger, and rows that share a colour bar stay together", () => {
  const box = {width: 1000, height: 500};
  const one = compactForm(rows(2), grid, box);
  const two = compactForm(rows(11), grid, box);
  expect([one.offsets.length, two.offsets.length]).toEqual([1, 2]);
  expect(two.cell).toBeGreaterThan(500 / (11 * 33));
  const pairs = compactForm(
    Array.from({length: 10}, (_, r) => ({bar: r % 2 === 0 ? 2 : undefined})),
    grid,
    box,
  );
  for (let r = 0; r < 10; r += 2) expect(pairs.places[r].offset).toBe(pairs.places[r + 1].offset);
});
