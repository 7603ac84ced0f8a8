import {runInNewContext} from "node:vm";
import type {Data} from "plotly.js";
import {LEVELS_SCRIPT, withImageLevels, type ImageLevels} from "../../src/render/compact";

const [rows, columns] = [40, 50];
const z = Array.from({length: rows}, (_, y) =>
  Array.from({length: columns}, (__, x) => (x === 7 ? null : Math.sin(x / 9) * Math.cos(y / 5))),
);
const trace = {type: "heatmap", z, zmin: -0.8, zmax: 0.9} as Data;

/** What a page shows of a trace. */
function onPage(one: Data): (number | null)[][] {
  const {data} = withImageLevels({data: [one], layout: {}});
  const context = {data: structuredClone(data), atob};
  runInNewContext(LEVELS_SCRIPT, context);
  return (context.data[0] as {z: (number | null)[][]}).z;
}

test("a page shows each value to half a level of its colours, and gaps as gaps", () => {
  const shown = onPage(trace);
  expect([shown.length, shown[0].length]).toEqual([rows, columns]);
  const half = (0.9 + 0.8) / 254 / 2;
  z.forEach((row, y) =>
    row.forEach((value, x) => {
      const found = shown[y][x];
      if (value === null) expect(found).toBeNull();
      else expect(Math.abs(found! - Math.min(0.9, Math.max(-0.8, value)))).toBeLessThan(half + 0.005 * Math.abs(value));
    }),
  );
});

test("a pixel takes a byte: a quarter of single precision", () => {
  const [{z: levels}] = withImageLevels({data: [trace], layout: {}}).data as unknown as {z: ImageLevels}[];
  expect(Buffer.from(levels.levels, "base64")).toHaveLength(rows * columns);
});

test("small matrices, whole numbers, images without limits and other traces stay", () => {
  const others: Data[] = [
    {...trace, z: z.slice(0, 5)} as Data,
    {...trace, z: z.map((row) => row.map((_, x) => x))} as Data,
    {type: "heatmap", z} as Data,
    {type: "scatter", y: [1, 2]},
  ];
  expect(withImageLevels({data: others, layout: {}}).data).toEqual(others);
});
