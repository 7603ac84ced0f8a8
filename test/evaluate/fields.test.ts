import ndarray from "ndarray";
import {blur, dense, fieldAt, gather} from "../../lib/evaluate/fields";

const data = Float32Array.from({length: 24}, (_, i) => i);

describe("dense", () => {
  test("takes what is row-major as it is", () => {
    const found = dense({data, shape: [2, 3, 4]}, "x");
    expect(found).toEqual({data, shape: [2, 3, 4]});
    expect(found.data).toBe(data);
    expect(dense(ndarray(data, [2, 3, 4]), "x").data).toBe(data);
    // an axis of length 1 has no stride to speak of
    expect(dense({data, shape: [1, 24], stride: [7, 1]}, "x").data).toBe(data);
  });

  test.each([
    ["transposed", ndarray(data, [2, 3, 4]).transpose(2, 0, 1)],
    ["reversed", ndarray(data, [2, 3, 4]).step(-1, 1, -1)],
    ["cut", ndarray(data, [2, 3, 4]).lo(0, 1, 1).hi(2, 2, 2)],
    ["a later part without gaps", ndarray(data, [2, 3, 4]).lo(1, 0, 0)],
  ])("copies a view (%s) in row-major order", (_, view) => {
    const {data: found, shape} = dense(view, "x");
    const expected: number[] = [];
    const [a, b, c] = view.shape;
    for (let i = 0; i < a; i++) {
      for (let j = 0; j < b; j++) for (let k = 0; k < c; k++) expected.push(view.get(i, j, k));
    }
    expect(shape).toEqual(view.shape);
    expect(Array.from(found)).toEqual(expected);
  });

  test("refuses fewer values than the shape needs", () => {
    expect(() => dense({data, shape: [5, 5]}, "f: truth")).toThrow(
      "f: expected truth to be an array, found an array [5, 5] with 24 of its 25 values.",
    );
    expect(() => dense({data, shape: [4, 6], offset: 1}, "f: x")).toThrow(
      "f: expected x to be an array, found an array [4, 6]",
    );
  });
});

test("gather takes one channel of one frame, frames of all leading axes counted through", () => {
  const K = 2;
  const L = 2;
  const X = 1;
  const Y = 3;
  const C = 2;
  const array = {data, shape: [K, L, X, Y, C]};
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < L; i++) {
      for (let c = 0; c < C; c++) {
        const expected = [0, 1, 2].map((y) => ndarray(data, array.shape).get(k, i, 0, y, c));
        const out = new Float64Array(X * Y);
        expect(gather(array, k * L + i, c, out)).toBe(out);
        expect([...out]).toEqual(expected);
      }
    }
  }
});

describe("fieldAt", () => {
  const L = 2;
  const X = 2;
  const Y = 3;
  const C = 2;
  const trajectory = ndarray(data, [L, X, Y, C]);
  const expected = (view: typeof trajectory, frame: number, channel: number) =>
    Array.from({length: view.shape[1] * view.shape[2]}, (_, i) =>
      view.get(frame, Math.floor(i / view.shape[2]), i % view.shape[2], channel),
    );

  test.each([
    ["as it is", trajectory],
    ["transposed in space", trajectory.transpose(0, 2, 1, 3)],
    ["reversed", trajectory.step(-1, 1, -1, 1)],
    ["without its first frame", trajectory.lo(1, 0, 0, 0)],
  ])("takes one channel of one frame of a trajectory %s", (_, view) => {
    for (let frame = 0; frame < view.shape[0]; frame++) {
      for (let c = 0; c < C; c++) expect([...fieldAt(view, frame, c)]).toEqual(expected(view, frame, c));
    }
  });

  test("refuses a frame or a channel that is not there", () => {
    expect(() => fieldAt(trajectory, 2, 0)).toThrow("expected frame to be a whole number from 0 to 1, found 2");
    expect(() => fieldAt(trajectory, 0, -1)).toThrow("expected channel to be a whole number from 0 to 1, found -1");
  });
});

describe("blur", () => {
  test("averages each cell with its neighbours, periodically, in each state and channel by itself", () => {
    const [states, nx, ny, channels] = [2, 5, 4, 2];
    const values = Float32Array.from({length: states * nx * ny * channels}, (_, i) => Math.sin(7 * i));
    const at = (t: number, x: number, y: number, c: number) =>
      values[((t * nx + ((x + nx) % nx)) * ny + ((y + ny) % ny)) * channels + c];
    const expected: number[] = [];
    for (let t = 0; t < states; t++)
      for (let x = 0; x < nx; x++)
        for (let y = 0; y < ny; y++)
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) sum += at(t, x + dx, y + dy, c);
            expected.push(sum / 9);
          }
    const {data: found, shape} = blur({data: values, shape: [states, nx, ny, channels]}, 1);
    expect(shape).toEqual([states, nx, ny, channels]);
    expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
  });

  test("of reach 0 changes nothing, and of three dimensions keeps the mean", () => {
    const solid = {data, shape: [1, 2, 3, 4, 1]};
    expect(Array.from(blur(solid, 0).data)).toEqual(Array.from(data));
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    expect(sum(blur(solid, 1).data)).toBeCloseTo(sum(data), 4);
  });
});
