import {holm} from "../../lib/evaluate/holm";

test("the smallest of m values is multiplied by m, the next by m − 1, and none falls below one before it", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]); // as R's p.adjust(…, "holm")
  expect(holm([0.5, 0.6])).toEqual([1, 1]);
});

test("one test is not corrected, and values that are NaN do not count", () => {
  expect(holm([0.02])).toEqual([0.02]);
  expect(holm([NaN, 0.02, 0.5])).toEqual([NaN, 0.04, 0.5]);
});
