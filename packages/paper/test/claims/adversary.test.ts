import type {Result, ScoredMetric} from "lola/evaluate";
import {adversary, type KINDS, type Attack} from "../../src/claims/adversary";

const TRAJECTORIES = 10;
const HORIZONS = ["1:20", "21:60", "61:100"];

/** Scores of a method whose ratio to the solver's is known; trajectories scatter by a tenth of a percent. */
const scores = (method: string, ratio: (horizon: string, t: number) => number, metric: ScoredMetric = "vrmse") =>
  [40, 80].flatMap((compression) =>
    HORIZONS.map((horizon): Result => {
      const samples = Array.from({length: TRAJECTORIES}, (_, t) => {
        const scatter = method === "neural solver" ? 1 : 1 + 0.001 * ((t % 3) - 1);
        return (1 + 0.1 * t) * scatter * ratio(horizon, t);
      });
      const labels = {dataset: "Euler", method, space: "latent", compression, horizon, metric} as const;
      return {...labels, value: samples[0], error: 0.01, samples};
    }),
  );
const solver = scores("neural solver", () => 1);
const lower = (ratio: (horizon: string, t: number) => number) => [...scores("diffusion", ratio), ...solver];

/** What turns the verdict on "Diffusion has a lower VRMSE than the neural solver", by kind. */
function turned(results: readonly Result[]): Partial<Record<keyof typeof KINDS, Attack["flip"] | "nothing">> {
  const attacks = adversary({results})("Diffusion has a lower VRMSE");
  return Object.fromEntries(attacks.map(({kind, flip}) => [kind, flip ?? "nothing"]));
}

test("a clear lead is turned by a limit alone, once it is beyond the lead", () => {
  expect(turned(lower(() => 0.8))).toEqual({
    "first states": "nothing",
    threshold: {change: "−20 %", verdict: "undecided"}, // 0.8 over 0.8 is equal
    horizon: "nothing",
  });
});

test("a lead of 3 % is turned where 2 % less is asked: what is left counts as equal", () => {
  expect(turned(lower(() => 0.97))).toMatchObject({threshold: {change: "−2 %", verdict: "undecided"}});
});

test("one trajectory of ten hides a lead: without it the claim holds", () => {
  const hidden = lower((_, t) => (t === 4 ? 3 : 0.9));
  expect(turned(hidden)).toMatchObject({"first states": {change: "1 of 10", verdict: "holds"}});
});

test("seven trajectories of ten carry a lead of a fifth: without two of them it is no longer sure", () => {
  const carried = lower((_, t) => (t < 7 ? 0.8 : 1));
  expect(turned(carried)).toMatchObject({"first states": {change: "2 of 10", verdict: "undecided"}});
});

test("a horizon on the other side: without it the claim holds", () => {
  const late = lower((horizon) => (horizon === "61:100" ? 1.2 : 0.8));
  expect(turned(late)).toMatchObject({horizon: {change: "without 61:100", verdict: "holds"}});
});

test("other trainings, ensembles and metrics are put in place where they were scored", () => {
  const at = (method: string, ratio: number, metric?: ScoredMetric) => scores(method, () => ratio, metric);
  const base = lower(() => 0.9);
  const seeds = ["diffusion, seed 0", "diffusion, seed 1", "neural solver, seed 1"];
  const ratios = [0.9, 0.85, 0.7];
  const middle = ({compression}: Result) => compression === 80;
  const results = [
    ...base,
    ...seeds.flatMap((method, i) => at(method, ratios[i]).filter(middle)),
    ...at("diffusion, 64 members", 0.89).filter(middle),
    ...at("diffusion", 1.3, "memberVrmse"),
    ...at("diffusion", 1.1, "rmse"),
    ...at("neural solver", 1, "rmse"),
  ];
  expect(turned(results)).toMatchObject({
    seed: {change: "solver 1", verdict: "fails"}, // 0.9 over 0.7 at one of two rates
    ensemble: {change: "one member", verdict: "fails"},
    metric: {change: "RMSE", verdict: "fails"},
  });
});

test("what was not scored is not tried, and a claim that is not measured has no adversary", () => {
  const attacks = adversary({results: lower(() => 0.9)})("Diffusion has a lower VRMSE");
  expect(attacks.map(({kind, tried}) => [kind, tried > 0])).toEqual([
    ["first states", true],
    ["threshold", true],
    ["horizon", true],
  ]);
  expect(adversary({results: lower(() => 0.9)})("Diffusion's spread/skill ratio is close")).toEqual([]);
});

test("a verdict over seeds is tried without each of them", () => {
  const seeds = [0.9, 0.9, 1.4].flatMap((ratio, seed) => [
    ...scores(`diffusion, seed ${seed}`, () => ratio * (1 + 0.001 * seed)),
    ...scores(`neural solver, seed ${seed}`, () => 1),
  ]);
  const attacks = adversary({results: seeds})("Over three seeds, diffusion has a lower VRMSE");
  expect(attacks.find(({kind}) => kind === "seed")).toMatchObject({
    flip: {change: "without 2", verdict: "holds"},
  });
});
