import type {ScatterData} from "plotly.js";
import {figure23} from "../src/latent-space";

const places = [
  [0, 1],
  [2, 3],
  [4, 5],
] as const;
const {data, layout} = figure23(places, [
  {title: "γ", values: [1, 2, 3]},
  {title: "Ra", values: [1e8, 1e7, 1e6], logarithmic: true},
]);
const traces = data as Partial<ScatterData>[];

test("panels have the same points, coloured by different quantities, with marks beside colours", () => {
  expect(traces[0].x).toEqual([0, 2, 4]);
  expect(traces[1].x).toEqual(traces[0].x);
  expect(traces.map(({marker}) => marker!.color)).toEqual([
    [1, 2, 3],
    [8, 7, 6],
  ]);
  expect(traces[0].marker!.symbol).toEqual(["circle", "square", "triangle-up"]);
});

test("marks are the values where these are few, else thirds, and the caption names them", () => {
  const points = Array.from({length: 6}, (_, i) => [i, 0] as const);
  const captionOf = (panels: Parameters<typeof figure23>[1], caption?: string) =>
    figure23(points, panels, {caption, width: 1600}).layout.annotations![0].text;
  const two = {title: "Ra", values: [1e6, 1e7, 1e7, 1e7, 1e7, 1e7]};
  const many = {title: "γ", values: [1, 2, 3, 4, 5, 6]};
  expect(captionOf([two], "mini")).toBe("Marks: Ra 10<sup>6</sup> (circle), 10<sup>7</sup> (square). mini");
  expect(captionOf([many, many])).toBe("Marks: lower (circle), middle (square) and upper third (triangle).");
  const [first] = figure23(points, [two]).data as Partial<ScatterData>[];
  expect(first.marker!.symbol).toEqual(["circle", "square", "square", "square", "square", "square"]);
});

test("colour bars stand beside their panel and name values themselves", () => {
  const bars = traces.map(({marker}) => marker!.colorbar!);
  const {domain} = layout.xaxis as {domain: number[]};
  expect(bars[0].x).toBe(domain[1]);
  expect(bars[1].ticktext).toContain("10<sup>7</sup>");
  expect(bars[1].tickvals).toContain(7);
});

test("few values are the ticks of a logarithmic bar, and no label is there twice", () => {
  const two = figure23(places, [{title: "Ra", values: [1e6, 1e7, 1e6], logarithmic: true}]);
  expect((two.data[0] as Partial<ScatterData>).marker!.colorbar).toMatchObject({
    tickvals: [6, 7],
    ticktext: ["10<sup>6</sup>", "10<sup>7</sup>"],
  });
  const ends = figure23(places, [{title: "ρ₀", values: [44.5, 4.45, 44.5], logarithmic: true}]);
  const {color, colorbar} = (ends.data[0] as Partial<ScatterData>).marker!;
  expect([...new Set(color as number[])]).toEqual(colorbar!.tickvals); // a tick beyond the last colour is not drawn
  const plain = figure23(places, [{title: "Z", values: [0, 1, 0]}]);
  expect((plain.data[0] as Partial<ScatterData>).marker!.colorbar).toMatchObject({tickvals: [0, 1], ticktext: ["0", "1"]}); // prettier-ignore
  const many = Array.from({length: 9}, (_, i) => 1e6 * 10 ** (i / 8));
  const nine = figure23(
    many.map((_, i) => [i, i] as const),
    [{title: "Ra", values: many, logarithmic: true}],
  );
  const labels = (nine.data[0] as Partial<ScatterData>).marker!.colorbar!.ticktext as string[];
  expect(new Set(labels).size).toBe(labels.length);
});

test("refuses values that are not one per point", () => {
  expect(() => figure23(places, [{title: "γ", values: [1, 2]}])).toThrow("panels.0.values");
});
