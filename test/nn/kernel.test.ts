import {sizeOf} from "@lola-ts/core";
import {fromOfficialKernel, officialKernelShape, toOfficialKernel} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";

test.each([[[3, 3, 5, 7]], [[1, 1, 32, 33]], [[3, 3, 3, 2, 40]], [[3, 2, 65, 31]]])(
  "a kernel %j is transposed as the engine does it, at its place, and back",
  (shape) => {
    const size = sizeOf(shape);
    const flat = Float32Array.from({length: size + 10}, (_, i) => i);
    const [inputs, outputs, ...space] = [...shape.keys()].slice(-2).concat([...shape.keys()].slice(0, -2));
    const expected = tf.tidy(() =>
      tf.tensor(flat.subarray(4, 4 + size), shape).transpose([outputs, inputs, ...space]).dataSync(),
    ); // prettier-ignore
    const official = toOfficialKernel(flat, 4, shape);
    expect(official).toEqual(expected);
    const back = Float32Array.from(flat, () => -1);
    fromOfficialKernel(official, shape, back, 4);
    expect(back.subarray(4, 4 + size)).toEqual(flat.subarray(4, 4 + size));
    expect([...back.subarray(0, 4), ...back.subarray(4 + size)]).toEqual(new Array(10).fill(-1));
  },
);

test("the official shape has outputs and inputs first", () => {
  expect(officialKernelShape([3, 5, 7, 8, 9])).toEqual([9, 8, 3, 5, 7]);
});
