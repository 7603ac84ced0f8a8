import {mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {toCsv, trajectoryRows, type Result} from "lola/evaluate";
import {claimsOf, verdictLines} from "../src/trajectory-scores";

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

test("a file of scores decides the same claims, line by line", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "lola-verdicts-"));
  try {
    const file = path.join(folder, "scores.csv");
    await writeFile(file, toCsv(trajectoryRows(results)));
    const lines = verdictLines(file);
    expect(lines[0]).toBe(`Euler, 8 test trajectories (${file})`);
    const claims = claimsOf({results}).filter(({test}) => !test.startsWith("scores relative"));
    expect(lines.slice(1, claims.length + 1).map((line) => line.trim().split(/ {2,}/))).toEqual(
      claims.map(({claim, verdict, printed}) => [verdict, printed, claim]),
    );
    expect(lines.at(-1)).toBe("  VRMSE diffusion against neural solver: better in 4 of 4");
    expect((await readFile(file, "utf8")).split("\n")[0]).toContain("trajectory 8");
  } finally {
    await rm(folder, {recursive: true});
  }
});
