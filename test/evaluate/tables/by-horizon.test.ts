import {byHorizon, type Result} from "../../../lib/evaluate/tables/results";

const score = (method: string, compression: number, horizon: string, value: number) =>
  ({dataset: "E", method, space: "latent", compression, horizon, metric: "ratio", value, error: value / 10}) as Result;

const results = [
  score("diffusion", 20, "1:20", 0.5),
  score("diffusion", 20, "21:60", 0.6),
  score("diffusion", 5, "1:20", 0.7),
  score("neural solver", 5, "1:20", 0),
];

test("a row per rate from the lowest, a column per horizon with its error, gaps left empty", () => {
  expect(byHorizon(results, "ratio", "diffusion")).toEqual([
    {method: "diffusion", "÷": 5, "1:20": 0.7, "1:20 ±": 0.06999999999999999, "21:60": null, "21:60 ±": null},
    {method: "diffusion", "÷": 20, "1:20": 0.5, "1:20 ±": 0.05, "21:60": 0.6, "21:60 ±": 0.06},
  ]);
});

test("a score that nobody has is named", () => {
  expect(() => byHorizon(results, "spread", "diffusion")).toThrow('expected scores "spread" of diffusion, found none');
});
