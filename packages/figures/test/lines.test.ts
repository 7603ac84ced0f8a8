import type {ScatterData} from "plotly.js";
import {densityOf, lines} from "../src/curves";

const many = Array.from({length: 12}, (_, i) => i);
const few = {name: "few", x: [1, 10, 100], y: [3, 2, -1], error: [0.1, 0.2, 0.5]};
const long = {name: "long", x: many, y: many.map(() => 1), error: many.map(() => 0.25)};
const {data, layout} = lines([
  {x: "Noise", y: "VRMSE", logarithmic: true, curves: [few]},
  {x: "Lead time", y: "VRMSE", title: "Right", curves: [long, {...few, error: undefined}]},
]);
const traces = data as Partial<ScatterData>[];

test("few points have bars, many a band that is as wide as the error", () => {
  expect(traces.map(({fill}) => fill)).toEqual([undefined, "toself", undefined, undefined]);
  expect(traces[0].error_y).toMatchObject({array: [0.1, 0.2, 0.5]});
  const band = traces[1].y as number[];
  expect([Math.min(...band), Math.max(...band), band.length]).toEqual([0.75, 1.25, 24]);
});

test("a name has one colour, dash and marker in all panels, and one entry in the legend", () => {
  const [left, , right, again] = traces;
  expect(again.line).toEqual(left.line);
  expect(again.marker!.symbol).toBe(left.marker!.symbol);
  expect(right.line!.color).not.toBe(left.line!.color);
  expect(right.line!.dash).not.toBe(left.line!.dash);
  expect(traces.map(({showlegend}) => showlegend)).toEqual([true, false, true, false]);
});

test("axes are named, zero is shown with every error, and a panel may be logarithmic", () => {
  expect(layout).toMatchObject({
    xaxis: {type: "log", title: {text: "Noise"}},
    xaxis2: {title: {text: "Lead time"}},
  });
  const [low, high] = (layout.yaxis as {range: number[]}).range;
  expect(low).toBeCloseTo(1.08 * -1.5, 9);
  expect(high).toBeCloseTo(1.08 * 3.1, 9);
});

test("a gap in the errors is no error", () => {
  const {data} = lines([{x: "a", y: "b", curves: [{...few, error: [NaN, 0.1, 0.1]}]}]);
  expect((data[0] as Partial<ScatterData>).error_y).toMatchObject({array: [0, 0.1, 0.1]});
});

test("an interval reaches as far on each side as its ends do, in bars, bands and axes", () => {
  const ends = few.y.map((value): [number, number] => [value - 0.5, value + 2]);
  const {data, layout} = lines([{x: "a", y: "b", curves: [{...few, error: undefined, ends}]}]);
  expect((data[0] as Partial<ScatterData>).error_y).toMatchObject({array: [2, 2, 2], arrayminus: [0.5, 0.5, 0.5]});
  expect((layout.yaxis as {range: number[]}).range[1]).toBeCloseTo(1.08 * 5, 9);
  const above = long.y.map((value): [number, number] => [value, value + 3]);
  const {data: banded} = lines([{x: "a", y: "b", curves: [{...long, ends: above}]}]);
  const band = (banded[0] as Partial<ScatterData>).y as number[];
  expect([Math.min(...band), Math.max(...band)]).toEqual([1, 4]);
});

test("a logarithmic y has all values above zero within its range, and labels of its own", () => {
  const wide = {name: "wide", x: [1, 2, 3], y: [0.2, 8000, 0.7], error: [0.02, 6000, 0.9]};
  const {layout} = lines([{x: "Noise", y: "VRMSE", logarithmicY: true, curves: [wide]}]);
  const {type, range, tickvals} = layout.yaxis as {type: string; range: number[]; tickvals: number[]};
  expect(type).toBe("log");
  expect(10 ** range[0]).toBeLessThan(0.18);
  expect(10 ** range[1]).toBeGreaterThan(14_000);
  expect(tickvals).toEqual(expect.arrayContaining([1, 1000]));
  expect(layout.xaxis).not.toMatchObject({type: "log"});
});

test("a zoomed axis begins and ends with the values and their errors", () => {
  const flat = {name: "flat", x: [1, 2, 3], y: [0.62, 0.64, 0.66], error: [0.01, 0.01, 0.01]};
  const {layout} = lines([{x: "Calls", y: "VRMSE", zoomed: true, curves: [flat]}]);
  const [low, high] = (layout.yaxis as {range: number[]}).range;
  expect(low).toBeGreaterThan(0.6);
  expect(low).toBeLessThan(0.61);
  expect(high).toBeGreaterThan(0.67);
  expect(high).toBeLessThan(0.68);
});

test("a muted curve is grey, in the dash and marker of its name, and not in the legend", () => {
  const {data} = lines([{x: "÷", y: "VRMSE", curves: [few, {...few, muted: true}]}]);
  const [own, grey] = data as Partial<ScatterData>[];
  expect([own.showlegend, grey.showlegend]).toEqual([true, false]);
  expect(grey.line!.dash).toBe(own.line!.dash);
  expect(grey.line!.color).not.toBe(own.line!.color);
});

test("a density is the share of each bin over its width", () => {
  expect(densityOf([0, 1, 1, 2], {bins: 2})).toEqual({x: [0.5, 1.5], y: [0.25, 0.75]});
  expect(densityOf([0, 1, 5], {range: [0, 2], bins: 2})).toEqual({x: [0.5, 1.5], y: [1 / 3, 1 / 3]});
  const {y} = densityOf([3, 3], {bins: 4});
  expect(y.reduce((sum, one) => sum + one / 4, 0)).toBeCloseTo(1, 12);
  expect(() => densityOf([])).toThrow("densityOf: expected values");
});

test("a curve of many points has at most 12 markers", () => {
  const curve = (length: number) => ({name: `${length}`, x: [...Array(length).keys()], y: [...Array(length).keys()]});
  const {data} = lines([{x: "x", y: "y", curves: [curve(10), curve(200)]}]);
  const marked = (data as Partial<ScatterData>[]).map(({marker}) => marker?.maxdisplayed);
  expect(marked).toEqual([undefined, 12]);
});

test("each of a few points on a logarithmic axis has a label, unless two are near each other", () => {
  const ticksAt = (x: number[]) => {
    const curve = {name: "a", x, y: x.map(() => 1)};
    const {layout} = lines([{x: "Compression ÷", y: "VRMSE", logarithmic: true, curves: [curve]}]);
    return (layout.xaxis as {tickvals: number[]}).tickvals;
  };
  expect(ticksAt([40, 80, 320])).toEqual([40, 80, 320]);
  expect(ticksAt([40, 44, 320])).not.toContain(44);
});

test("nine panels stand in three rows, each with its heading above it, and the legend above all", () => {
  const panels = Array.from({length: 9}, (_, i) => ({x: `x${i}`, y: "y", title: `title ${i}`, curves: [few]}));
  const {layout} = lines(panels);
  const domain = (letter: "x" | "y", i: number) =>
    (layout as unknown as Record<string, {domain: number[]}>)[`${letter}axis${i > 0 ? i + 1 : ""}`].domain;
  for (let i = 0; i < 9; i++) {
    expect(domain("x", i)).toEqual(domain("x", i % 3));
    expect(domain("y", i)).toEqual(domain("y", i - (i % 3)));
    const heading = layout.annotations!.find(({text}) => text === `title ${i}`)!;
    expect(heading.y).toBe(domain("y", i)[1]);
  }
  expect(domain("y", 3)[1]).toBeLessThan(domain("y", 0)[0]);
  expect(domain("y", 6)[0]).toBeCloseTo(0, 12);
  expect(layout.legend!.y).toBeGreaterThan(1);
  expect(layout.height).toBeGreaterThan(2.5 * lines(panels.slice(0, 3)).layout.height!);
});
