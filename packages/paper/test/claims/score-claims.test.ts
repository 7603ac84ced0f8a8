import {resolve} from "node:path";
import type {SeededResult} from "../../src/claims/claim-cells";
import {scoreClaims} from "../../src/claims/score-claims";
import {type ScoredMetric, readPaperScores} from "lola/evaluate";

const horizons = ["1:20", "21:60", "61:100"];
const rates = [80, 320, 1280];
const noise = [0.004, -0.003, 0.002, -0.003]; // trajectories differ, methods on one of them less so
const paper = [6, 11].flatMap((number) =>
  readPaperScores(resolve(__dirname, `../../../../data/paper/table-${`${number}`.padStart(2, "0")}.csv`)),
);
const euler = paper.filter(({dataset}) => dataset === "Euler");

/** A run whose scores are the paper's own, wherever it prints them. */
function asPrinted(change: (result: SeededResult) => number = ({value}) => value): SeededResult[] {
  const results: SeededResult[] = [];
  const add = (method: string, rate: number, horizon: string, metric: ScoredMetric, value: number) => {
    const space = rate === 1 ? "pixel" : "latent";
    const base = {
      dataset: "Euler",
      method,
      space,
      compression: rate,
      horizon,
      metric,
      error: 0.01,
      samples: [],
    } as const;
    const changed = change({...base, value});
    const scale = 1 + 0.01 * (rate % 7);
    results.push({...base, value: changed, samples: noise.map((one) => changed * (1 + scale * one))});
  };
  for (const {method, compression, horizon, metric, value} of euler) add(method, compression, horizon, metric, value);
  for (const rate of rates) {
    horizons.forEach((horizon, i) => {
      add("diffusion", rate, horizon, "ratio", 0.95 - 0.02 * rates.indexOf(rate));
      add("diffusion", rate, horizon, "crps", 0.2 + 0.1 * i);
      add("neural solver", rate, horizon, "crps", 0.3 + 0.1 * i);
      ["low", "mid", "high"].forEach((band, j) => {
        for (const [method, size] of [
          ["autoencoder", 1],
          ["diffusion", 1.2],
          ["neural solver", 1.5],
        ] as const) {
          add(method, rate, horizon, band as ScoredMetric, size * (0.01 + 0.1 * j) * (1 + i));
        }
      });
    });
  }
  return results;
}

const relative = (share: number) => {
  const absolute = asPrinted();
  const results = absolute.map((one) =>
    ["mid", "high"].includes(one.metric) ? {...one, samples: one.samples.map((value) => share * value)} : one,
  );
  return {results, absolute};
};

const verdictsOf = (claims: ReturnType<typeof scoreClaims>) =>
  Object.fromEntries(claims.map(({claim, verdict}) => [claim.slice(0, 40), verdict]));

test("on the paper's own numbers of the Euler system its claims hold, where the numbers bear them out", () => {
  const results = asPrinted();
  const claims = scoreClaims({results, first: results, relative: relative(0.3), paper: euler});
  expect(verdictsOf(claims)).toEqual({
    "Reconstruction degrades with the compres": "holds",
    "Compression costs the reconstruction mos": "holds",
    "Over lead time the reconstruction error ": "holds",
    "Diffusion's error does not grow with com": "does not at this size", // 0.075 to 0.093 on the first horizon
    "Emulation error grows with lead time": "holds",
    "Latent emulators match or beat the pixel": "holds",
    "Diffusion has a lower VRMSE than the neu": "holds",
    "Diffusion has a lower spectrum error tha": "holds",
    "Diffusion is better already at the first": "holds",
    "Most of diffusion's middle- and high-ban": "holds",
    "Diffusion's spread/skill ratio is close ": "holds",
    "Diffusion's spread/skill ratio falls wit": "holds",
    "It falls less relative to auto-encoded s": "undecided", // the ratios are the same
    "Diffusion makes up for uncertainty by di": "holds",
    "The distance between distributions is sm": "holds",
    "Diffusion's distance between distributio": "holds",
  });
  expect(claims.every(({source, test}) => source !== "" && test !== "")).toBe(true);
});

test("a cell that turns round turns the verdict, and its numbers are named", () => {
  const worse = asPrinted(({method, metric, compression, horizon, value}) =>
    method === "diffusion" && metric === "vrmse" && compression === 80 && horizon === "1:20" ? 0.2 : value,
  );
  const claims = scoreClaims({results: worse, first: worse, paper: euler});
  const found = claims.find(({claim}) => claim.startsWith("Diffusion has a lower VRMSE"))!;
  expect(found.verdict).toBe("does not at this size");
  expect(found.statistic).toContain("÷80 1:20 +0.123");
  expect(found.test).toContain("against it in 1 of 9 cells");
});

test("the direction over lead time is the paper's of the same system; what was not scored is not measured", () => {
  const results = asPrinted();
  const convection = paper.filter(({dataset}) => dataset === "RB");
  const [, , over] = scoreClaims({results, first: results, paper: convection});
  expect(over.claim).toContain("rises, then falls");
  expect(over.verdict).toBe("does not at this size"); // the numbers are those of the Euler system
  const without = scoreClaims({
    results: results.filter(({compression}) => compression !== 1),
    first: results,
    paper: [],
  });
  const reasons = Object.fromEntries(without.map(({claim, verdict, test}) => [claim.slice(0, 24), [verdict, test]]));
  expect(reasons["Latent emulators match o"]).toEqual(["not measured", "the system has no pixel-space solver"]);
  expect(reasons["Over lead time the recon"]).toEqual(["not measured", "the system is not in the paper"]);
  expect(reasons["Most of diffusion's midd"][0]).toBe("not measured");
});
