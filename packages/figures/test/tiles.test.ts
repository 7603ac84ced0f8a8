import ndarray from "ndarray";
import {fieldOf, limitsOf, tiles, type TileRow} from "../src/tiles";

const values = ({data}: {data: ArrayLike<number>}) => Array.from(data);
type Spec = Record<string, never>;
const field = (nx: number, ny: number, f: (x: number, y: number) => number) => ({
  data: Float32Array.from({length: nx * ny}, (_, i) => f(Math.floor(i / ny), i % ny)),
  shape: [nx, ny] as const,
});

describe("fieldOf", () => {
  const shape = [2, 3, 4, 2];
  const data = Float32Array.from({length: 48}, (_, i) => i);

  test("takes the state and channel asked for, from flat arrays and from views", () => {
    const expected = Array.from({length: 12}, (_, p) => 24 + 2 * p + 1);
    expect(values(fieldOf({data, shape}, 1, 1))).toEqual(expected);
    const view = ndarray(data, shape).lo(1, 0, 0, 1);
    expect(values(fieldOf(view, 0, 0))).toEqual(expected);
    const turned = fieldOf(ndarray(data, shape).transpose(0, 2, 1, 3), 1, 1);
    expect(turned.shape).toEqual([4, 3]);
    expect(turned.data[1]).toBe(24 + 1 + 8); // x = 0, y = 1 is one row further down
  });

  test("shows the middle plane of three dimensions, and large fields at a fraction", () => {
    const cube = {data: Float32Array.from({length: 2 * 2 * 4}, (_, i) => i), shape: [1, 2, 2, 4, 1]};
    expect(values(fieldOf(cube, 0, 0))).toEqual([2, 6, 10, 14]);
    const large = {data: Float32Array.from({length: 64}, (_, i) => i), shape: [1, 8, 8, 1]};
    expect(values(fieldOf(large, 0, 0, 4))).toEqual([0, 2, 4, 6, 16, 18, 20, 22, 32, 34, 36, 38, 48, 50, 52, 54]);
  });

  test("projects three dimensions where asked to", () => {
    const cube = {data: Float32Array.from({length: 2 * 2 * 4}, (_, i) => i), shape: [1, 2, 2, 4, 1]};
    expect(values(fieldOf(cube, 0, 0, 128, "projection"))).toEqual([1.5, 5.5, 9.5, 13.5]);
    const flat = {data: Float32Array.of(1, 2, 3, 4), shape: [1, 2, 2, 1]};
    expect(values(fieldOf(flat, 0, 0, 128, "projection"))).toEqual([1, 2, 3, 4]);
  });

  test("refuses what is not there", () => {
    expect(() => fieldOf({data, shape}, 2, 0)).toThrow("within [2,3,4,2], found 2 and 0");
  });
});

test("limitsOf takes quantiles over all fields, ignores gaps, and widens", () => {
  const ramp = field(101, 1, (x) => x); // quantiles 1 and 99
  expect(limitsOf([ramp])).toEqual([0.99, 99.01]);
  const outlier = field(100, 100, (x, y) => (x + y === 0 ? 1e9 : x === 1 && y === 1 ? NaN : x));
  expect(limitsOf([outlier])[1]).toBeLessThan(100);
  expect(() => limitsOf([field(1, 1, () => NaN), null])).toThrow("found none");
});

test("tiles draw coarse images as large as the finest, in blocks", () => {
  const limits = [0, 10] as const;
  const fine = {label: "state", limits, fields: [field(8, 4, (x) => x)]};
  const coarse = {label: "latent", limits, fields: [field(4, 2, (x, y) => 2 * x + y)]};
  const [, blocks] = tiles({columns: ["τ = 0"], rows: [fine, coarse]}).data as unknown as {z: number[][]}[];
  expect(blocks.z).toEqual([0, 0, 1, 1].map((y) => [0, 0, 1, 1, 2, 2, 3, 3].map((x) => 2 * x + y)));
});

describe("tiles", () => {
  const row = (label: string, value: number): TileRow => ({
    label,
    limits: [-1, 1],
    fields: [0, 1].map((c) => field(48, 24, (x, y) => value + c + x / 100 + y / 1000)),
  });
  const {data, layout} = tiles({
    columns: ["τ = 4", "τ = 8"],
    rows: [row("truth", 0), {...row("other", 5), apart: true}],
  });
  const traces = data as unknown as {
    z: (number | null)[][];
    y0: number;
    zmin: number;
    zsmooth: boolean;
    name: string;
  }[];

  test("a row is one heatmap, its images apart, x to the right and y upwards, not smoothed", () => {
    expect(traces.map(({name}) => name)).toEqual(["truth", "other"]);
    const [{z, zsmooth, zmin}] = traces;
    expect([z.length, z[0].length]).toEqual([24, 48 + 2 + 48]);
    expect(z[3][7]).toBeCloseTo(0.073, 6);
    expect(z[0][48]).toBeNull();
    expect(z[0][49]).toBeNull();
    expect(z[0][50]).toBeCloseTo(1, 6);
    expect([zsmooth, zmin]).toEqual([false, -1]);
  });

  test("a row may have colours of its own", () => {
    const scale: [number, string][] = [
      [0, "rgb(0,0,0)"],
      [1, "rgb(1,1,1)"],
    ];
    const figure = tiles({columns: ["a", "b"], rows: [row("own", 0), {...row("other", 0), scale}]});
    const [own, other] = figure.data as unknown as {colorscale: unknown[]}[];
    expect(own.colorscale.length).toBeGreaterThan(2);
    expect(other.colorscale).toEqual(scale);
  });

  test("a colour bar stands beside its row, or beside as many as it is told", () => {
    const bars = [true, 2].map((bar) => {
      const {data} = tiles({columns: ["a", "b"], rows: [{...row("top", 0), bar}, row("below", 1)]});
      return (data[0] as unknown as {colorbar: {y: number; len: number}}).colorbar;
    });
    const depth = 24 + 2 + 24;
    expect(bars[0].y).toBeCloseTo(1 - 12 / depth, 6);
    expect(bars[0].len).toBeCloseTo((0.9 * 24) / depth, 6);
    expect(bars[1].y).toBeCloseTo(0.5, 6);
    expect(bars[1].len).toBeCloseTo(0.9, 6);
  });

  test("ticks of a colour bar are where their labels say", () => {
    const {data} = tiles({columns: ["a", "b"], rows: [{...row("top", 0), limits: [-8.4, 8.4], bar: true}]});
    const {tickvals, ticktext} = (data[0] as unknown as {colorbar: {tickvals: number[]; ticktext: string[]}}).colorbar;
    expect(tickvals).toEqual(ticktext.map((label) => Number(label.replace("−", "-"))));
    expect(tickvals).toEqual([-7, -2, 2, 7]);
  });

  test("rows go down without overlap, with a larger gap where set apart", () => {
    const [top, next] = traces.map(({y0}) => y0);
    expect(top).toBe(-24);
    expect(next).toBe(-24 - 24 - 4 * 2);
  });

  test("the longest line of a label has room", () => {
    const left = (label: string) => {
      const rows = [
        {
          label,
          fields: [{shape: [2, 2] as [number, number], data: new Float32Array(4)}],
          limits: [0, 1] as [number, number],
        },
      ];
      return (tiles({columns: ["a"], rows}).layout as {margin: {l: number}}).margin.l;
    };
    expect(left("short")).toBe(100);
    expect(left("log₁₀ temperature")).toBeGreaterThan(120);
    expect(left("log₁₀<br>temperature")).toBeLessThan(110);
  });

  test("flat images are high enough to see, and their labels are on one line", () => {
    const flat = (nx: number, ny: number) => ({
      label: "neural solver<br>÷32",
      fields: Array.from({length: 6}, () => ({shape: [nx, ny], data: new Float32Array(nx * ny)})),
      limits: [0, 1] as [number, number],
    });
    const drawn = (nx: number, ny: number) => {
      const {layout} = tiles({columns: "abcdef".split(""), rows: [flat(nx, ny), flat(nx, ny)]});
      const {tickvals, ticktext, range} = layout.yaxis!;
      const {height = 0, margin: {t = 0, b = 0} = {}} = layout;
      const cell = (height - t - b) / (Number(range![1]) - Number(range![0]));
      return {label: ticktext![0], pitch: cell * Math.abs(Number(tickvals![0]) - Number(tickvals![1]))};
    };
    const [low, high] = [drawn(128, 32), drawn(64, 64)];
    expect(low.pitch).toBeGreaterThanOrEqual(36);
    expect(low.label).not.toContain("<br>");
    expect(high.label).toContain("<br>");
  });

  test("cells are square: the axes' pixels per cell are equal, and labels are at the images' centres", () => {
    const {width, height, margin, xaxis, yaxis} = layout as unknown as {
      width: number;
      height: number;
      margin: Record<"l" | "r" | "t" | "b", number>;
      xaxis: {range: number[]; tickvals: number[]; ticktext: string[]};
      yaxis: {range: number[]; ticktext: string[]; scaleanchor: string};
    };
    const perX = (width - margin.l - margin.r) / (xaxis.range[1] - xaxis.range[0]);
    const perY = (height - margin.t - margin.b) / (yaxis.range[1] - yaxis.range[0]);
    expect(perX).toBeCloseTo(perY, 1);
    expect(width).toBeLessThanOrEqual(900);
    expect(width).toBeGreaterThan(700);
    expect(yaxis.scaleanchor).toBe("x");
    expect(xaxis.tickvals).toEqual([23.5, 73.5]);
    expect(xaxis.ticktext).toEqual(["τ = 4", "τ = 8"]);
    expect(yaxis.ticktext[1]).toContain(">other<");
  });

  test("missing values are whitesmoke, images that are complete have no ground", () => {
    const holed = {...row("holed", 0), fields: [field(4, 4, (x) => (x === 0 ? NaN : 1)), field(4, 4, () => 1)]};
    const figure = tiles({columns: ["a", "b"], rows: [holed]});
    const shapes = figure.layout.shapes as Record<string, unknown>[];
    expect(shapes).toHaveLength(1);
    expect(shapes[0]).toMatchObject({fillcolor: "whitesmoke", layer: "below", x0: -0.5, x1: 3.5, y0: -4.5, y1: -0.5});
    expect((figure.data[0] as {z: Spec[]}).z[0][0]).toBeNull();
  });

  test("refuses images of different shape and too many of them", () => {
    const odd = {...row("odd", 0), fields: [field(3, 3, () => 0)]};
    expect(() => tiles({columns: ["a", "b"], rows: [row("even", 0), odd]})).toThrow('found one of [3,3] in row "odd"');
    expect(() => tiles({columns: ["a"], rows: [row("long", 0)]})).toThrow('expected 1 images, found 2 in row "long"');
    expect(() => tiles({columns: [], rows: []})).toThrow("found none");
  });
});
