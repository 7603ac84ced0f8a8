import type {ScatterData} from "plotly.js";
import {powerSpectra} from "../../lib/figures/power-spectrum";
import {colours} from "../../lib/figures/style";

const k = [0.05, 0.1, 0.5];
const curves = [{method: "autoencoder", compression: 5, power: [8, 2, 0.25]}];

test("spectra on the left, ratios to the truth on the right, both over log wavenumber", () => {
  const {data: traces, layout} = powerSpectra(k, [8, 4, 1], curves);
  const data = traces as Partial<ScatterData>[];
  expect(data.map(({name, yaxis}) => `${name} ${yaxis}`)).toEqual(["truth y", "autoencoder ÷5 y", "autoencoder ÷5 y2"]);
  expect(data[2]).toMatchObject({x: k, y: [1, 0.5, 0.25], line: {color: colours[1]}, showlegend: false});
  expect((layout.xaxis as {type: string}).type).toBe("log");
  expect((layout.yaxis as {type: string}).type).toBe("log");
  expect(layout.yaxis2!.range![0]).toBe(0);
});

test("bands are named at their geometric centre", () => {
  const {layout} = powerSpectra(k, [8, 4, 1], curves, {bands: [0.0625, 0.125, 0.25, 0.5]});
  const names = (layout.annotations as {text: string; x: number; xref: string}[]).filter(({xref}) => xref === "x2");
  expect(names.map(({text}) => text)).toEqual(["Low", "Mid", "High"]);
  expect(10 ** names[0].x).toBeCloseTo(Math.sqrt(0.0625 * 0.125), 10);
  expect(layout.shapes).toHaveLength(2);
});

test("refuses spectra that do not fit", () => {
  expect(() => powerSpectra(k, [1, 2], curves)).toThrow("expected 3 values per spectrum, found 2");
});
