import {knobFigure, sweepCurves} from "../src/sweep-figures";
import {trial} from "./trials";

const trials = ["x", "y"].flatMap((name, i) =>
  [1e-4, 1e-3, 1e-2].flatMap((rate) =>
    [0, 1].map((seed) => trial({"a.rate": rate, "a.name": name}, seed, (i + 1) * 100 * rate + seed)),
  ),
);

test("a measure over an option: a line for each combination of the others, means over seeds with their errors", () => {
  const {data, layout} = knobFigure(trials, {option: "a.rate", measure: "error"});
  expect(data).toMatchObject([{name: "name = x", x: [1e-4, 1e-3, 1e-2]}, {name: "name = y"}]);
  const [first] = data as {y: number[]; error_y: {array: number[]}}[];
  expect(first.y).toEqual([0.51, 0.6, 1.5]);
  expect(first.error_y.array).toEqual([0.5, 0.5, 0.5]);
  expect(layout.xaxis).toMatchObject({type: "log"});
  expect(knobFigure(trials, {option: "a.name", measure: "error"}).layout.xaxis).toMatchObject({type: "category"});
  const near = knobFigure(
    [32, 128].map((rate) => trial({rate}, 0, 1)),
    {option: "rate", measure: "error"},
  );
  expect(near.layout.xaxis!.type).toBeUndefined();
});

test("learning curves over steps and over time: means over seeds, and bands from the lowest to the highest", () => {
  const {data, layout} = sweepCurves(trials, {caption: "tour"});
  const all = data as {name: string; fill?: string; xaxis: string; line: {color: string; dash: string}}[];
  const [bands, lines] = [all.filter(({fill}) => fill), all.filter(({fill}) => !fill)];
  expect(lines).toHaveLength(12);
  expect(lines[0]).toMatchObject({name: "rate = 0.0001, name = x", x: [50, 100], y: [1.02, 0.51]});
  expect(lines[6]).toMatchObject({xaxis: "x2", x: [25, 50]});
  expect(bands).toHaveLength(12);
  expect(bands[0]).toMatchObject({x: [50, 100, 100, 50], y: [2.02, 1.01, 0.01, 0.02]});
  expect(layout.annotations![0].text).toContain("bands: from the lowest seed to the highest. tour");
  expect(new Set(lines.slice(0, 6).map(({line}) => line.dash)).size).toBe(6);
});

test("one seed has no band, and of many lines no two have colour and dash alike", () => {
  const many = Array.from({length: 30}, (_, i) => trial({"a.rate": i}, 0, 1 + i));
  const {data, layout} = sweepCurves(many);
  const looks = (data as {line: {color: string; dash: string}}[]).slice(0, 30).map(({line}) => line.color + line.dash);
  expect(data).toHaveLength(60);
  expect(new Set(looks).size).toBe(30);
  expect(layout.annotations).toEqual([]);
});

test("a figure without its option, or without trials, is refused by name", () => {
  expect(() => knobFigure([], undefined as never)).toThrow(
    "knobFigure: expected options to be an option and a measure",
  );
  expect(() => knobFigure(1 as never, {option: "a", measure: "b"})).toThrow("knobFigure: expected trials to be a list");
});
