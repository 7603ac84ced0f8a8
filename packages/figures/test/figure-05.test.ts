import type {ScatterData} from "plotly.js";
import {figure5, type Curve} from "../src/metric-curves";
import {colours} from "../src/style";

const curve = (method: string, compression: number | undefined, level: number): Curve => ({
  method,
  compression,
  rows: [0, 4, 8, 100].map((lead) => ({lead, vrmse: level, ratio: 0.9, low: level, mid: level, high: level})),
});
const curves = [curve("diffusion", 5, 0.5), curve("neural solver", 1, 0.6), curve("first frame", undefined, 0.7)];
const figure = figure5(curves, {statistic: "median"});
const data = figure.data as Partial<ScatterData>[];
const {layout} = figure;
const lines = data.filter(({showlegend}) => showlegend === false);

test("five panels, spread/skill without trivial forecasts", () => {
  const count = (yaxis: string) => lines.filter((trace) => trace.yaxis === yaxis).length;
  expect(["y", "y2", "y3", "y4", "y5"].map(count)).toEqual([3, 2, 3, 3, 3]);
  const titles = [layout.yaxis, layout.yaxis2, layout.yaxis3, layout.yaxis4, layout.yaxis5].map(
    (axis) => axis?.title?.text,
  );
  expect(titles).toEqual(["VRMSE", "Spread/Skill", "Low", "Mid", "High"]);
  expect((layout.annotations as {text: string}[]).map(({text}) => text)).toContain("Power spectrum RMSE (median)");
});

test("colours are ranks, dashes methods, trivial forecasts grey", () => {
  const line = (name: string) => lines.find((trace) => trace.name === name)!.line;
  expect(line("diffusion ÷5")).toMatchObject({color: colours[1], dash: "solid"});
  expect(line("neural solver ÷1")).toMatchObject({color: colours[0], dash: "dash"});
  expect(colours as readonly string[]).not.toContain((line("first frame") as {color: string}).color);
});

test("all panels share one lead-time axis with room at both ends", () => {
  for (const i of [2, 3, 4, 5]) expect(layout[`xaxis${i}`]).toMatchObject({matches: "x"});
  expect((layout.xaxis as {range: number[]}).range).toEqual([-5, 105]);
});

test("the legend names each rate and each method once", () => {
  const names = data.filter(({showlegend}) => showlegend !== false).map(({name}) => name);
  expect(names).toEqual(["÷1", "÷5", "diffusion", "neural solver", "first frame"]);
});

test("an absurd value is cut, and the panel says so; gaps stay gaps", () => {
  const tame = curve("diffusion", 20, 0.5);
  const wild = {...tame, rows: tame.rows.map((row, i) => (i === 2 ? {...row, low: 1800, mid: NaN} : row))};
  const figure = figure5([...curves, wild]);
  expect(figure.layout.yaxis3!.range![1]).toBeLessThan(3);
  const notes = (figure.layout.annotations as {text: string}[]).map(({text}) => text);
  expect(notes.filter((text) => text.startsWith("cut"))).toEqual(["cut: up to 1800"]);
  const mid = (figure.data as Partial<ScatterData>[]).find(
    ({name, yaxis}) => name === "diffusion ÷20" && yaxis === "y4",
  )!;
  expect(mid.y).toEqual([0.5, 0.5, null, 0.5]);
});

test("a curve far above all others leaves the panel to them, one that is less far is shown", () => {
  const above = (times: number) => {
    const solver = curve("neural solver", 20, 0.5);
    return figure5([...curves, {...solver, rows: solver.rows.map((row) => ({...row, high: 0.5 * times}))}]).layout;
  };
  const topOf = (times: number) => (above(times).yaxis5!.range as number[])[1];
  expect(topOf(4000)).toBeLessThan(0.7);
  expect((above(4000).annotations as {text: string}[]).map(({text}) => text).join("; ")).toContain("cut: up to 2000");
  expect(topOf(6)).toBeGreaterThan(3);
});

test("limits can be given", () => {
  const figure = figure5(curves, {top: {vrmse: 1.1}});
  expect((figure.layout.yaxis as {range: number[]}).range[1]).toBeCloseTo(1.06 * 1.1, 6);
});

test("emulators choose the axes: a grey forecast far above them is cut, and named apart from them", () => {
  const far = figure5([...curves.slice(0, 2), curve("first frame", undefined, 90)]);
  const near = figure5(curves);
  for (const axis of ["yaxis", "yaxis3", "yaxis4", "yaxis5"] as const) {
    expect(far.layout[axis]!.range).toEqual(near.layout[axis]!.range);
  }
  const [bottom, top] = far.layout.yaxis!.range as number[];
  expect(0.6 / (top - bottom)).toBeGreaterThan(0.8); // the largest error fills most of its panel
  const notes = (far.layout.annotations as {text: string}[]).map(({text}) => text);
  expect(notes.filter((text) => text.startsWith("grey"))).toEqual(Array(4).fill("grey: up to 90"));
});

test("the ratio's axis begins below its smallest value and holds the line at 1", () => {
  const [bottom, top] = figure5(curves).layout.yaxis2!.range as number[];
  expect(bottom).toBeGreaterThan(0.6);
  expect(bottom).toBeLessThan(0.9);
  expect(top).toBeGreaterThan(1);
});

describe("bands", () => {
  const withErrors = (error: number) =>
    curves.map((one) => ({...one, rows: one.rows.map((row) => ({...row, "vrmse ±": error, "low ±": NaN}))}));

  test("reach one standard error to either side of their curve, and the caption says so", () => {
    const {data, layout} = figure5(withErrors(0.125), {caption: "seed 0"});
    const bands = (data as Partial<ScatterData>[]).filter(({fill}) => fill === "toself");
    expect(bands.map(({yaxis}) => yaxis)).toEqual(["y", "y", "y"]);
    expect(bands[0].x).toEqual([0, 4, 8, 100, 100, 8, 4, 0]);
    expect(bands[0].y).toEqual([...Array(4).fill(0.625), ...Array(4).fill(0.375)]);
    expect(JSON.stringify(layout.annotations)).toContain("Bands: one standard error over trajectories");
  });

  test("are left out, and not mentioned, where there is no error", () => {
    for (const list of [curves, withErrors(NaN)]) {
      const {data, layout} = figure5(list, {caption: "seed 0"});
      expect((data as Partial<ScatterData>[]).some(({fill}) => fill)).toBe(false);
      expect(JSON.stringify(layout.annotations)).not.toContain("Bands");
    }
  });
});

describe("spread/skill", () => {
  test("is left out for forecasts of one member, which have none", () => {
    const solver = curve("neural solver", 20, 0.5);
    const single = {...solver, rows: solver.rows.map((row) => ({...row, ratio: NaN}))};
    const drawn = (figure5([...curves, single]).data as Partial<ScatterData>[]).filter(
      ({yaxis, name}) => yaxis === "y2" && name === "neural solver ÷20",
    );
    expect(drawn).toEqual([]);
  });
});

describe("curves of several laboratories", () => {
  const labs = ["tour", "wide"].map((lab) => ({...curve("diffusion", 20, 0.5), lab}));
  const all = figure5([...labs, curve("first frame", undefined, 1)]).data as Partial<ScatterData>[];
  const drawn = all.filter(({yaxis, legendgroup}) => yaxis === "y" && legendgroup !== "first frame");

  test("are named after them, and differ in colour, dash and marker", () => {
    expect(drawn.map(({name}) => name)).toEqual(["tour: diffusion ÷20", "wide: diffusion ÷20"]);
    const looks = drawn.map(({line, marker, mode}) => ({
      color: line!.color,
      dash: line!.dash,
      symbol: marker!.symbol,
      mode,
    }));
    expect(looks[0].mode).toBe("lines+markers");
    for (const part of ["color", "dash", "symbol"] as const) expect(looks[0][part]).not.toBe(looks[1][part]);
  });

  test("are named in the legend, in their own style; methods where there are several", () => {
    const legend = (figure: Partial<ScatterData>[]) => figure.filter(({showlegend}) => showlegend !== false);
    expect(legend(all).map(({name}) => name)).toEqual(["tour", "wide", "first frame"]);
    expect(legend(all)[1].line).toMatchObject({color: drawn[1].line!.color, dash: drawn[1].line!.dash});
    const two = figure5([...labs, {...curve("neural solver", 20, 0.5), lab: "tour"}]).data as Partial<ScatterData>[];
    expect(legend(two).map(({name}) => name)).toEqual(["tour", "wide", "diffusion", "neural solver"]);
  });
});
