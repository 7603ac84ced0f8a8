import {learningRate, type Decay} from "../../lib/train/schedule";
import {reference, relativeError} from "../reference/reference";

const vectors = reference("optim");
const cases = [...vectors.below("lr/").keys()].map((name) => name.split("_warmup") as [Decay, string]);

test.each(cases)("%s with %s warm-up steps is the official schedule", (decay, warmup) => {
  const {data} = vectors.tensor(`lr/${decay}_warmup${warmup}`);
  const rate = learningRate({rate: 1, steps: data.length, decay, warmup: Number(warmup)});
  expect(
    relativeError(
      Array.from(data, (_, i) => rate(i)),
      data,
    ),
  ).toBeLessThan(1e-6);
});

test("constant stays at the rate after the warm-up", () => {
  const rate = learningRate({rate: 0.5, steps: 10, decay: "constant", warmup: 1});
  expect([0, 1, 5, 20].map(rate)).toEqual([0.25, 0.5, 0.5, 0.5]);
});

test("does not rise again after the last step", () => {
  expect(learningRate({rate: 1, steps: 10})(15)).toBeCloseTo(0, 12);
});

test("refuses rates, steps and decays that make no schedule", () => {
  expect(() => learningRate({rate: 0, steps: 5})).toThrow(
    "expected rate > 0, steps > 0 and warmup >= 0, found 0, 5 and 0",
  );
  expect(() => learningRate({rate: 1, steps: 5, decay: "cubic" as Decay})).toThrow('found "cubic"');
});
