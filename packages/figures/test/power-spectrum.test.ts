import type {ScatterData} from "plotly.js";
import {powerSpectra} from "../src/power-spectrum";
import {colours} from "../src/style";

const k = [0.05, 0.1, 0.5];
const curves = [{method: "autoencoder", compression: 5, power: [[8, 2, 0.25]]}];

test("spectra on the left, ratios to the truth on the right, both over log wavenumber", () => {
  const {data: traces, layout} = powerSpectra(k, [[8, 4, 1]], curves);
  const data = traces as Partial<ScatterData>[];
  expect(data.map(({name, yaxis}) => `${name} ${yaxis}`)).toEqual(["truth y", "autoencoder ÷5 y", "autoencoder ÷5 y2"]);
  expect(data[2]).toMatchObject({x: k, y: [1, 0.5, 0.25], line: {color: colours[1]}, showlegend: false});
  expect((layout.xaxis as {type: string}).type).toBe("log");
  expect((layout.yaxis as {type: string}).type).toBe("log");
  expect(layout.yaxis2!.range![0]).toBe(0);
});

test("bands are named at their geometric centre", () => {
  const {layout} = powerSpectra(k, [[8, 4, 1]], curves, {bands: [0.0625, 0.125, 0.25, 0.5]});
  for (const panel of ["x", "x2"]) {
    const names = (layout.annotations as {text: string; x: number; xref: string}[]).filter(({xref}) => xref === panel);
    expect(names.map(({text}) => text)).toEqual(["Low<br>16–8 px", "Mid<br>8–4 px", "High<br>4–2 px"]);
    expect(10 ** names[0].x).toBeCloseTo(Math.sqrt(0.0625 * 0.125), 10);
  }
  expect(layout.shapes).toHaveLength(4);
});

test("of several trajectories lines are medians and bands quantiles, of spectra and of their own ratios", () => {
  const truths = [1, 2, 4].map((scale) => [8 * scale, 4 * scale, scale]);
  const halves = truths.map((power) => power.map((value) => value / 2));
  const own = [{method: "autoencoder", compression: 5, power: halves}];
  const {data: traces, layout} = powerSpectra(k, truths, own, {caption: "seed 0"});
  const data = traces as Partial<ScatterData>[];
  const lines = data.filter(({fill}) => fill === undefined);
  expect(lines.map(({y}) => y)).toEqual([
    [16, 8, 2],
    [8, 4, 1],
    [0.5, 0.5, 0.5],
  ]);
  const bands = data.filter(({fill}) => fill === "toself").map(({y}) => y as number[]);
  expect(bands[0][0]).toBeCloseTo(16 + 0.68 * 16, 12); // 84 % of three values: 0.68 of the way from the second to the third
  expect(bands[0].at(-1)).toBeCloseTo(8 + 0.32 * 8, 12);
  expect(new Set(bands[2])).toEqual(new Set([0.5])); // every trajectory loses half
  expect(JSON.stringify(layout.annotations)).toContain("medians over 3 trajectories");
});

test("a rate has a marker beside its colour", () => {
  const {data} = powerSpectra(k, [[8, 4, 1]], curves);
  expect((data as Partial<ScatterData>[]).map(({marker}) => marker?.symbol)).toEqual([
    undefined,
    "circle-open",
    "circle-open",
  ]);
});

test("refuses spectra that do not fit", () => {
  const three = {...curves[0], power: [1, 2, 3].map(() => [8, 2, 1])};
  expect(() => powerSpectra(k, [[8, 4, 1]], [three])).toThrow(
    "expected 1 spectra as of the truth, found 3 of autoencoder",
  );
  expect(() => powerSpectra(k, [[1, 2]], curves)).toThrow("expected 3 values per spectrum, found 2");
});
