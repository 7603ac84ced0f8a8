import type {Layout, LayoutAxis, Legend} from "plotly.js";
import {figure5, figure8} from "../src/metric-curves";

const curves = (method: string, level: number) => [
  {
    method,
    compression: 20,
    rows: [4, 8, 12].map((lead) => ({lead, vrmse: level, ratio: 0.8, low: 0.1, mid: 0.2, high: 0.3})),
  },
];
const systems = [
  {title: "Euler", curves: curves("diffusion", 0.5)},
  {title: "Convection", curves: curves("neural solver", 0.7)},
];
const {data, layout} = figure8(systems, {caption: "seed 0"});
const axes = (letter: string) =>
  Object.entries(layout as Record<string, LayoutAxis>).filter(([name]) => new RegExp(`^${letter}axis\\d*$`).test(name));

test("each system has the five panels of Figure 5, one system below the other, without overlap", () => {
  expect([axes("x").length, axes("y").length]).toEqual([10, 10]);
  const spans = axes("y").map(([, {domain}]) => domain as [number, number]);
  const [above, below] = [spans.slice(0, 5), spans.slice(5)];
  expect(Math.min(...above.map(([from]) => from))).toBeGreaterThan(Math.max(...below.map(([, to]) => to)));
  for (const [from, to] of spans) {
    expect(from).toBeGreaterThanOrEqual(-1e-9);
    expect(to).toBeLessThanOrEqual(1 + 1e-9);
  }
});

test("traces, anchors and shapes refer to the axes and legends of their own system", () => {
  const known = new Set([...axes("x"), ...axes("y")].map(([name]) => name.replace("axis", "")));
  for (const [, {anchor, matches}] of [...axes("x"), ...axes("y")]) {
    expect(known.has(anchor as string)).toBe(true);
    if (matches) expect(known.has(matches)).toBe(true);
  }
  expect(layout.shapes!.map(({xref}) => xref)).toEqual(["x2", "x7"]);
  const drawn = (data as {name?: string; xaxis?: string; legend?: string}[]).filter(({xaxis}) => xaxis !== undefined);
  expect(new Set(drawn.slice(0, drawn.length / 2).map(({xaxis}) => xaxis))).toEqual(
    new Set(["x", "x2", "x3", "x4", "x5"]),
  );
  expect(new Set(drawn.slice(drawn.length / 2).map(({xaxis}) => xaxis))).toEqual(
    new Set(["x6", "x7", "x8", "x9", "x10"]),
  );
  const legends = ["legend", "legend2", "legend3", "legend4"].map(
    (name) => (layout as Record<string, Legend>)[name].y!,
  );
  expect(legends[0]).toBeGreaterThan(legends[2]);
});

test("one system alone is Figure 5 with its title, and the whole has one caption", () => {
  const one = figure8([systems[0]], {caption: "seed 0"});
  const plain = figure5(systems[0].curves);
  expect(one.data).toHaveLength(plain.data.length);
  const texts = (spec: Layout) => spec.annotations!.map(({text}) => text);
  expect(texts(one.layout)).toEqual(["seed 0", "Euler", ...texts(plain.layout)]);
  expect(texts(layout).filter((text) => text === "seed 0")).toHaveLength(1);
});

test("refuses nothing", () => {
  expect(() => figure8([])).toThrow("figure8: expected curves of a system, found none");
});
