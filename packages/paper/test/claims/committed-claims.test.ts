import {toCsv, trajectoryRows, readTrajectoryScores, type Result} from "lola/evaluate";
import {systemNames} from "@lola-ts/simulators";
import {temporaryFolder} from "../../../../test/folder";
import {writeFileSync} from "node:fs";
import {CATALOGUE, numberOf} from "../../src/claims/catalogue";
import {fewIn, fewResults} from "../../src/claims/few-scores";
import {agrees, claimsOf, trialsOf, type Finding, type Trial} from "../../src/claims/committed-claims";

const folder = temporaryFolder();

const result = (method: string, rate: number, horizon: string, factor: number): Result => {
  const samples = Array.from({length: 8}, (_, t) => factor * (1 + 0.1 * t + 0.003 * ((t * rate) % 5)));
  const labels = {dataset: "Euler", method, space: "latent", compression: rate, horizon, metric: "vrmse"} as const;
  return {...labels, value: samples[0], error: 0.01, samples};
};
const results = [40, 80].flatMap((rate) =>
  ["1:20", "21:60", "4:4"].flatMap((horizon) => [
    result("autoencoder", rate, horizon, 0.1 * rate),
    result("diffusion", rate, horizon, 0.9),
    result("neural solver", rate, horizon, 1),
  ]),
);

test("the first predicted state is apart from the horizons, and one seed speaks of these models", () => {
  const claims = claimsOf({results});
  const of = (start: string) => claims.find(({claim}) => claim.startsWith(start))!;
  expect(of("Diffusion has a lower VRMSE")).toMatchObject({verdict: "holds", printed: "holds"});
  expect(of("Diffusion has a lower VRMSE").test).toMatch(
    /of these models, \d+ trajectories: better in 4, worse in 0 of 4 cells/,
  );
  expect(of("Diffusion is better already at the first").test).toMatch(/better in 2, worse in 0 of 2 cells/);
});

test("a file of scores decides the same claims", () => {
  const file = folder("scores.csv");
  writeFileSync(file, toCsv(trajectoryRows(results)));
  expect(claimsOf(readTrajectoryScores(file)).map(({claim, verdict}) => [claim, verdict])).toEqual(
    claimsOf({results}).map(({claim, verdict}) => [claim, verdict]),
  );
});

test.each([
  {emulators: ["diffusion", "neural solver"], kept: ["diffusion"]},
  {emulators: ["neural solver"], kept: []},
])("a file of scores holds a few trajectories of $emulators beside all", ({emulators, kept}) => {
  const few = {
    relative: {
      results: [40, 80].flatMap((rate) =>
        ["autoencoder", ...emulators].map((method) => ({
          ...result(method, rate, "1:20", 0.3),
          metric: "mid" as const,
        })),
      ),
      absolute: [],
    },
    contexts: [1, 2].map((context) => ({
      context,
      scores: emulators.map((method) => result(method, 40, "1:20", context)),
    })),
  };
  const all = results.map((one) => ({...one, samples: [...one.samples, ...one.samples]}));
  const mid = {...all[1], metric: "mid" as const};
  const place = [1, 3, 5, 7, 8, 10, 12, 14];
  const file = folder("few.csv");
  writeFileSync(file, toCsv(trajectoryRows([...all, mid, ...fewResults(few, place, 16)])));
  const found = fewIn(readTrajectoryScores(file).results)!;
  const numbers = ({samples}: Pick<Result, "samples">) => samples.map((value) => Number(value.toPrecision(7)));
  const own = few.relative.results.filter(({method}) => kept.includes(method));
  expect(found.relative.results.map(numbers)).toEqual(own.map(numbers));
  const beside = kept.map(() => numbers({samples: place.map((t) => mid.samples[t])}));
  expect(found.relative.absolute.map(numbers)).toEqual(beside);
  expect(found.contexts.map(({context, scores}) => [context, scores.map(numbers)])).toEqual(
    few.contexts.map(({context, scores}) => [context, scores.map(numbers)]),
  );
  expect(fewIn(results)).toBeUndefined();
});

const committed = new Map<string, readonly Trial[]>();
beforeAll(() => {
  for (const system of systemNames) committed.set(system, trialsOf(system));
});

describe.each(systemNames)("the committed files of %s", (system) => {
  test("record what the rule says of the committed scores", () => {
    const trials = committed.get(system)!;
    const differing = trials.filter((trial) => !agrees(trial));
    expect(differing.map(({recorded, again}) => [recorded, again])).toEqual([]);
    expect(trials.length).toBeGreaterThan(25);
  });

  test("have no claim that is not in the catalogue, and no two of one number except by parameter", () => {
    const numbers = committed.get(system)!.map(({number}) => number);
    const twice = numbers.filter((number, i) => numbers.indexOf(number) < i);
    expect(twice.every((number) => CATALOGUE[number - 1].begins === "Latents tell")).toBe(true);
  });
});

test("every claim of the catalogue is on trial on some system, under its number", () => {
  const numbers = new Set([...committed.values()].flat().map(({number}) => number));
  expect([...numbers].sort((a, b) => a - b)).toEqual(CATALOGUE.map((_, i) => i + 1));
  CATALOGUE.forEach(({begins}, i) => expect(numberOf(`${begins} and more`)).toBe(i + 1));
  expect(() => numberOf("The moon is made of cheese")).toThrow('found "The moon is made of cheese"');
});

test("another verdict, number of the paper or test is a difference", () => {
  const finding: Finding = {source: "4", claim: "a", verdict: "holds", printed: "–", test: "better in 1 of 1 cell"};
  const trial: Trial = {number: 1, system: "euler", recorded: finding, again: finding, files: []};
  expect(agrees(trial)).toBe(true);
  for (const change of [{verdict: "fails"}, {printed: "holds"}, {test: "better in 0 of 1 cell"}] as const) {
    expect(agrees({...trial, again: {...finding, ...change}})).toBe(false);
  }
});
