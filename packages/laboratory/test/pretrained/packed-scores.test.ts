import {gzipSync} from "node:zlib";
import {packRows, unpackRows} from "../../src/pretrained/packed-numbers";

test("rows are the same again: their names, the order of both, lists and what is null", () => {
  const rows = [
    {field: "density", state: 0, vrmse: 0.25, ranks: [1, 2, 3]},
    {field: "energy", state: 0, vrmse: null, transport: 1e-300},
    {field: "density", state: 1, vrmse: -0.5, ranks: []},
    {state: 1, field: "density"},
    {},
  ];
  expect(JSON.stringify(unpackRows(packRows(rows)))).toBe(JSON.stringify(rows));
  expect(unpackRows(packRows([]))).toEqual([]);
});

test("takes three quarters of the room of compressed rows, or less", () => {
  const digits = (value: number) => Number(value.toPrecision(6));
  const rows = Array.from({length: 2000}, (_, i) => {
    const [crps, ratio] = [digits(Math.sin(i) ** 2), digits(0.9 + 0.1 * Math.sin(i / 7))];
    return {field: `field ${i % 5}`, state: i % 26, vrmse: digits(2 * crps), crps, ratio, ranks: [i % 7, i % 3, i % 2]};
  });
  expect(packRows(rows).length).toBeLessThan(0.75 * gzipSync(JSON.stringify(rows), {level: 9}).length);
});
