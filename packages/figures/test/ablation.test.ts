import type {ScatterData} from "plotly.js";
import {ablation} from "../src/curves";
import {colours} from "../src/style";

const run = (optimiser: string, identity: boolean) => ({
  optimiser,
  identity,
  steps: [1, 2],
  error: [0.5, 0.25],
  seconds: [3, 6],
});

test("colour and marker are the optimiser, dash and filling the initialisation, over steps and over time", () => {
  const {data: traces, layout} = ablation([run("AdamW", false), run("AdamW", true), run("SOAP", true)]);
  const data = traces as Partial<ScatterData>[];
  expect(data.map(({xaxis}) => xaxis)).toEqual(["x", "x", "x", "x2", "x2", "x2"]);
  const looks = data.map(({line, marker}) => [line!.color, line!.dash, marker!.symbol] as const);
  const [adamW, soap] = [looks[1][0], looks[2][0]];
  expect(looks.slice(0, 3)).toEqual([
    [adamW, "dash", "circle-open"],
    [adamW, "solid", "circle"],
    [soap, "solid", "square"],
  ]);
  expect(soap).not.toBe(adamW);
  for (const colour of [adamW, soap]) expect(colours as readonly unknown[]).not.toContain(colour); // those of rates
  expect(data[3]).toMatchObject({x: [3, 6], y: [0.5, 0.25], showlegend: false});
  expect(layout.yaxis2).toMatchObject({matches: "y", type: "log"});
});
