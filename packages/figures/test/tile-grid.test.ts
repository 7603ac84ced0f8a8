import {placed, type Grid} from "../src/tiles";

const grid: Grid = {nx: 32, ny: 32, gap: 1, total: 5 * 33 - 1, left: 120, right: 12};
const rows = (count: number) => Array.from({length: count}, () => ({}));
const none = {width: 0, height: 0};

test("rows stand below each other in cells of half pixels", () => {
  const {cell, bottoms, depth} = placed(rows(3), grid, 900);
  expect(cell).toBe(4.5); // 768 pixels for 164 cells
  expect(bottoms).toEqual([-32, -65, -98]);
  expect(depth).toBe(98);
});

test("a row that is set apart leaves four gaps", () => {
  expect(placed([{}, {apart: true}], grid, 900).bottoms).toEqual([-32, -68]);
});

test("an image is at least 90 pixels wide and 36 high, however many there are", () => {
  const flat: Grid = {nx: 128, ny: 32, gap: 5, total: 6 * 133 - 5, left: 120, right: 84};
  expect(placed(rows(3), flat, 700, none).cell).toBe(0.5);
  const {cell, bottoms} = placed(rows(3), flat, 700);
  expect(cell * (bottoms[0] - bottoms[1])).toBeGreaterThanOrEqual(36);
  const many: Grid = {...grid, total: 12 * 33 - 1};
  expect(placed(rows(1), many, 700).cell * many.nx).toBeGreaterThanOrEqual(90);
});
