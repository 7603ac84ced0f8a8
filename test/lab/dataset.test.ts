import {smokeLabs} from "./smoke";

const {open} = smokeLabs();

test("simulates data that are standardised over the training split", async () => {
  const dataset = await open().dataset();
  const states = dataset.states("train");
  const {train, valid, test} = dataset.wells;
  expect([train.length, valid.length, test.length]).toEqual([2, 1, 1]);
  const channels = train.channels.length;
  for (let c = 0; c < channels; c++) {
    const values = states.data.filter((_, i) => i % channels === c);
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(square - 1)).toBeLessThan(0.5); // vector components share one deviation
  }
  expect(dataset.summary.floors).toBe(0);
});

test("is simulated once: another laboratory opens the same numbers", async () => {
  const [first, second] = [await open().dataset(), await open().dataset()];
  expect(second.key).toBe(first.key);
  expect(second.summary).toEqual(first.summary); // the time that it took included
  expect(second.states("valid").data).toEqual(first.states("valid").data);
  expect(first.describe().map(({split, trajectories, frames, grid}) => [split, trajectories, frames, grid])).toEqual([
    ["train", 2, 11, "16 × 16"],
    ["valid", 1, 11, "16 × 16"],
    ["test", 1, 11, "16 × 16"],
  ]);
});
