import type {Data, Layout, ScatterData} from "plotly.js";
import {compact, type TypedArraySpec} from "../../src/render/compact";
import type {Figure} from "../../src/style";

const arrays = {u1: Uint8Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, f4: Float32Array, f8: Float64Array};

/** Read a typed array as plotly does. */
function decode({dtype, bdata}: TypedArraySpec): number[] {
  const bytes = Uint8Array.from(Buffer.from(bdata, "base64"));
  return Array.from(new arrays[dtype](bytes.buffer));
}

const trace = (values: Record<string, unknown>) =>
  compact({data: [values as Data], layout: {}}).data[0] as Record<string, unknown>;
const range = (n: number, f: (i: number) => unknown) => Array.from({length: n}, (_, i) => f(i));

test("rounds to four digits and leaves whole numbers and text", () => {
  const layout: Layout = {xaxis: {range: [0.123456, 2000001]}, title: {text: "0.123456"}, width: undefined};
  const small = compact({data: [{y: [1.23456, -0.000123456, 123456]}], layout});
  expect((small.data[0] as Partial<ScatterData>).y).toEqual([1.235, -0.0001235, 123456]);
  expect(small.layout).toEqual({xaxis: {range: [0.1235, 2000001]}, title: {text: "0.123456"}});
});

test("packs long lists and matrices, values intact", () => {
  const y = range(30, (i) => Math.sin(i as number)) as number[];
  const z = range(8, (i) => range(6, (j) => (i as number) / 7 - (j as number))) as number[][];
  const {y: list, z: matrix} = trace({y, z}) as {y: TypedArraySpec; z: TypedArraySpec};
  expect(list.dtype).toBe("f4");
  expect(list.shape).toBeUndefined();
  decode(list).forEach((value, i) => expect(Math.abs(value - y[i])).toBeLessThanOrEqual(5e-4 * Math.abs(y[i])));
  expect(matrix.shape).toBe("8, 6");
  decode(matrix).forEach((value, i) => expect(value).toBeCloseTo(z[Math.floor(i / 6)][i % 6], 2));
});

test.each([
  ["u1", 0, 255],
  ["i1", -128, 127],
  ["i2", -129, 32767],
  ["i4", -32769, 2147483647],
  ["f4", 0, 2147483648],
  ["f8", 0, 1e300],
])("whole numbers take the smallest type, %s", (dtype, low, high) => {
  const {x} = trace({x: [...range(30, () => low), high]}) as {x: TypedArraySpec};
  expect(x.dtype).toBe(dtype);
  expect(decode(x).at(-1)).toBe(high);
});

test("gaps stay gaps, in text and in packed arrays", () => {
  expect(trace({y: [1, NaN, null, Infinity]}).y).toEqual([1, null, null, null]);
  const {y} = trace({y: [NaN, null, ...range(30, (i) => i)]}) as {y: TypedArraySpec};
  expect(decode(y).slice(0, 3)).toEqual([NaN, NaN, 0]);
});

test("typed arrays become plain, and what is not numbers stays as it is", () => {
  const text = range(40, (i) => `label ${String(i)}`);
  const scale = range(40, (i) => [i, "#fff"]);
  const small = trace({x: Float32Array.from([0.5, 0.25]), text, colorscale: scale, cells: {values: [text, text]}});
  expect(small).toEqual({x: [0.5, 0.25], text, colorscale: scale, cells: {values: [text, text]}});
});

test("frames are packed too", () => {
  const figure: Figure = {
    data: [],
    layout: {width: 3},
    frames: [{name: "a", data: [{y: range(30, (i) => i) as number[]}]}],
  };
  const small = compact(figure);
  expect(small).toEqual({...figure, frames: [{name: "a", data: [{y: expect.objectContaining({dtype: "u1"})}]}]});
});

test("ragged rows are not a matrix", () => {
  const z = [range(20, (i) => i), range(19, (i) => i)];
  expect(trace({z}).z).toEqual(z);
});

test("a notebook's copy of a field image shrinks severalfold", () => {
  const z = Array.from({length: 64}, (_, i) => Array.from({length: 64}, (_, j) => Math.sin(i * j)));
  const size = (figure: object) => JSON.stringify(figure, null, 1).length;
  const figure: Figure = {data: [{type: "heatmap", z}], layout: {}};
  expect(size(compact(figure))).toBeLessThan(size(figure) / 4);
});
