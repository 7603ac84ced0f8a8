import type {ScatterData} from "plotly.js";
import {colours} from "../src/style";
import {movingAverage, trainingCurve} from "../src/curves";

test("movingAverage: by hand, fewer values at the ends, gaps left out", () => {
  expect(movingAverage([1, 2, 6, 3], 3)).toEqual([1.5, 3, 11 / 3, 4.5]);
  expect(movingAverage([1, NaN, 3], 3)).toEqual([1, 2, 3]);
  expect(movingAverage([4, 5], 1)).toEqual([4, 5]);
  expect(movingAverage([NaN], 3)).toEqual([NaN]);
});

test("each run has a faint line, an average in front, and validation dots, on a logarithmic axis", () => {
  const loss = Array.from({length: 100}, (_, i) => 1 / (i + 1));
  const {data: traces, layout} = trainingCurve([
    {label: "a", loss, validation: {steps: [50], loss: [0.1]}},
    {label: "b", loss},
  ]);
  const data = traces as Partial<ScatterData>[];
  expect(data.map(({mode}) => mode)).toEqual(["lines", "lines", "markers", "lines", "lines"]);
  expect(data[0].opacity).toBeLessThan(0.5);
  expect(data.filter(({showlegend}) => showlegend !== false).map(({name}) => name)).toEqual(["a", "b"]);
  expect(data[0]).toMatchObject({x: expect.arrayContaining([1, 100])});
  expect((layout.yaxis as {type: string}).type).toBe("log");
});

test("long runs are thinned, their last step kept", () => {
  const loss = new Array<number>(5001).fill(1);
  const [{x}] = trainingCurve([{label: "long", loss}]).data as unknown as {x: number[]}[];
  expect(x.length).toBeLessThan(900);
  expect(x[x.length - 1]).toBe(5001);
});

test("runs with a compression rate and a method are drawn like everywhere", () => {
  const run = (compression: number, method: string) => ({label: method, loss: [1, 0.5], compression, method});
  const data = trainingCurve([run(20, "neural solver"), run(5, "diffusion")]).data as Partial<ScatterData>[];
  expect(data[1].line).toMatchObject({color: colours[2], dash: "dash"});
  expect(data[3].line).toMatchObject({color: colours[1], dash: "solid"});
});

test("runs of several laboratories differ in colour, dash and the marker of their validation", () => {
  const validation = {steps: [2], loss: [0.5]};
  const run = (lab: string) => ({label: lab, lab, loss: [1, 0.5], validation, compression: 20, method: "diffusion"});
  const {data: traces, layout} = trainingCurve([run("tour"), run("wide")]);
  const data = traces as Partial<ScatterData>[];
  expect(layout.legend).toMatchObject({y: 1, yanchor: "bottom"}); // above the curves, which its names would cover
  const [, tour, tourDots, , wide, wideDots] = data;
  expect(tour.line!.color).not.toBe(wide.line!.color);
  expect(tour.line!.dash).not.toBe(wide.line!.dash);
  expect(tourDots.marker!.symbol).not.toBe(wideDots.marker!.symbol);
});
