import {Model, nest, type Specs} from "../../lib/nn/module";
import {parameterCounts} from "../../lib/nn/operations";

class Example extends Model {
  readonly specs: Specs = {
    ...nest("first.inner", {
      weight: {shape: [3, 4], init: () => new Float32Array(12)},
      constant: {shape: [7], init: () => new Float32Array(7), trainable: false},
    }),
    ...nest("first", {bias: {shape: [5], init: () => new Float32Array(5)}}),
    ...nest("firstborn", {scale: {shape: [], init: () => new Float32Array(1)}}),
  };
}

test("counts trained parameters by top-level module or by those that are asked for", () => {
  const model = new Example();
  expect(parameterCounts(model)).toEqual({first: 17, firstborn: 1});
  expect(parameterCounts(model, ["first.inner", "first.bias", "second"])).toEqual({
    "first.inner": 12,
    "first.bias": 5,
    second: 0,
  });
});
