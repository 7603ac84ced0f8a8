import {firstFrame, spatialMean, trainingMean} from "../../lib/evaluate/baselines";
import {evaluateRollout} from "../../lib/evaluate/evaluate";

const shape = [2, 1, 2, 2]; // L, X, Y, C
const truth = {data: Float32Array.of(1, 10, 3, 30, 5, 50, 7, 90), shape};

test("each forecast, by hand", () => {
  expect(firstFrame(truth)).toEqual({data: Float32Array.of(1, 10, 3, 30, 1, 10, 3, 30), shape: [1, ...shape]});
  expect(spatialMean(truth)).toEqual({data: Float32Array.of(2, 20, 2, 20, 2, 20, 2, 20), shape: [1, ...shape]});
  const other = {data: truth.data.map((value) => value + 2), shape};
  expect(trainingMean([truth, other])).toEqual({data: truth.data.map((value) => value + 1), shape: [1, ...shape]});
});

test("the training mean keeps no trajectory: one buffer can hold them all in turn", () => {
  const buffer = new Float32Array(truth.data.length);
  function* reuse() {
    for (const shift of [0, 1, 5]) {
      buffer.set(truth.data.map((value) => value + shift));
      yield {data: buffer, shape};
    }
  }
  expect(trainingMean(reuse()).data).toEqual(truth.data.map((value) => value + 2));
});

test("the spatial mean of a conserved field scores 1, the first frame 0 at the start", () => {
  const frames = Array.from({length: 3}, (_, i) => Array.from({length: 64}, (_, p) => 5 + Math.sin(p + i)));
  const mean = frames.map((frame) => frame.reduce((a, b) => a + b) / 64);
  const data = Float32Array.from(frames.flatMap((frame, i) => frame.map((value) => value - mean[i] + 5)));
  const wave = {data, shape: [3, 8, 8, 1]};
  const [first, , last] = evaluateRollout(wave, spatialMean(wave), {variance: "population"});
  expect(first.vrmse).toBeCloseTo(1, 4);
  expect(last.vrmse).toBeCloseTo(1, 4);
  const [start, next] = evaluateRollout(wave, firstFrame(wave));
  expect([start.vrmse, start.ratio]).toEqual([0, NaN]);
  expect(next.vrmse).toBeGreaterThan(0.1);
});

test("refuses no trajectories and different shapes", () => {
  expect(() => trainingMean([])).toThrow("found none");
  expect(() => trainingMean([truth, {data: truth.data, shape: [2, 2, 1, 2]}])).toThrow("found one of [2,2,1,2]");
});
