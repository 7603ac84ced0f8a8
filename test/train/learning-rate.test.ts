import {learningRate, type Decay} from "../../lib/train/learning-rate";

test("constant stays at the rate after the warm-up", () => {
  const rate = learningRate({rate: 0.5, steps: 10, decay: "constant", warmup: 1});
  expect([0, 1, 5, 20].map(rate)).toEqual([0.25, 0.5, 0.5, 0.5]);
});

test("does not rise again after the last step", () => {
  expect(learningRate({rate: 1, steps: 10})(15)).toBeCloseTo(0, 12);
});

test("refuses rates, steps and decays that make no schedule", () => {
  expect(() => learningRate({rate: 0, steps: 5})).toThrow(
    "learningRate: expected rate to be a finite number above 0, found 0.",
  );
  expect(() => learningRate({rate: 1, steps: 5, decay: "cubic" as Decay})).toThrow('found "cubic"');
});

test("with epochs, all steps of one have the rate that the official scripts give it", () => {
  const epoch = 4;
  const epochs = 10;
  const warmup = 2;
  const ours = learningRate({rate: 2, steps: epoch * epochs, warmup: epoch * warmup, epoch});
  for (let step = 0; step < epoch * epochs; step++) {
    const t = Math.floor(step / epoch);
    const official = 2 * Math.min(1, (t + 1) / (warmup + 1)) * ((1 + Math.cos((Math.PI * t) / epochs)) / 2);
    expect(ours(step)).toBeCloseTo(official, 12);
  }
  expect(() => learningRate({rate: 1, steps: 5, epoch: 0})).toThrow(
    "expected epoch to be a whole number of 1 or more, found 0",
  );
});
