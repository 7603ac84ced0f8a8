import {rankRows} from "../../lib/train/ranks";

test("ranks share every micro-batch equally, in their order", () => {
  expect(rankRows(4, {rank: 0, count: 1})).toEqual([0, 1, 2, 3]);
  expect([0, 1].map((rank) => rankRows(4, {rank, count: 2}))).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect([0, 1].map((rank) => rankRows(8, {rank, count: 2}, 2))).toEqual([
    [0, 1, 4, 5],
    [2, 3, 6, 7],
  ]);
  const all = [0, 1, 2].flatMap((rank) => rankRows(36, {rank, count: 3}, 4));
  expect(all.sort((a, b) => a - b)).toEqual(Array.from({length: 36}, (_, i) => i));
});

test("refuses a batch that does not divide", () => {
  expect(() => rankRows(32, {rank: 0, count: 3})).toThrow("train: expected a batch that divides by 3 ranks, found 32.");
  const sentence = "expected a batch that divides by 2 ranks times 3 micro-batches, found 32";
  expect(() => rankRows(32, {rank: 0, count: 2}, 3)).toThrow(sentence);
});
