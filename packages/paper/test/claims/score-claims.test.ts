import {resolve} from "node:path";
import {scoreClaims, scoreStatements} from "../../src/claims/score-claims";
import {type Result, type ScoredMetric, readPaperScores} from "lola/evaluate";

const horizons = ["1:20", "21:60", "61:100"];
const rates = [80, 320, 1280];
const noise = [0.004, -0.003, 0.002, -0.003]; // trajectories differ, methods on one of them less so
const paper = [6, 8, 11].flatMap((number) =>
  readPaperScores(resolve(__dirname, `../../../../data/paper/table-${`${number}`.padStart(2, "0")}.csv`)),
);
const euler = paper.filter(({dataset}) => dataset === "Euler");

/** A run whose scores are the paper's own, wherever it prints them. */
function asPrinted(change: (result: Result) => number = ({value}) => value): Result[] {
  const results: Result[] = [];
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
      add("diffusion", rate, horizon, "crpsClimate", 0.2 + 0.1 * i);
      add("neural solver", rate, horizon, "crpsClimate", 0.3 + 0.1 * i);
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

const MODELS = {about: "models"} as const;
const verdictsOf = (claims: ReturnType<typeof scoreClaims>) =>
  Object.fromEntries(claims.map(({claim, verdict}) => [claim.slice(0, 40), verdict]));

test("on the paper's own numbers of the Euler system its claims hold, where the numbers bear them out", () => {
  const results = asPrinted();
  const claims = scoreClaims({results, first: results, relative: relative(0.3), paper: euler}, MODELS);
  expect(verdictsOf(claims)).toEqual({
    "Reconstruction degrades with the compres": "holds",
    "Compression costs the reconstruction mos": "holds",
    "Over lead time the reconstruction error ": "holds",
    "Diffusion's error does not grow with com": "fails", // 0.075 to 0.093 on the first horizon
    "Compression adds less squared error to t": "fails", // on the last horizons
    "On the first horizon every emulator beat": "not measured", // the paper has no trivial forecasts
    "Emulation error grows with lead time": "holds",
    "Latent emulators match or beat the pixel": "not measured", // our pixel-space solver is under-trained
    "Diffusion has a lower VRMSE than the neu": "holds",
    "Diffusion has a lower spectrum error tha": "fails", // in 3 of 27 cells
    "Diffusion is better already at the first": "holds",
    "Most of diffusion's middle- and high-ban": "holds",
    "Diffusion's spread/skill ratio is close ": "holds",
    "Diffusion's spread/skill ratio falls wit": "holds",
    "The spread/skill ratio falls less with c": "undecided", // the ratios are the same
    "Diffusion makes up for uncertainty by di": "holds",
    "The distance between distributions is sm": "holds",
    "Diffusion's distance between distributio": "holds",
    "The number of context states has no effe": "not measured", // no scores by context were given
  });
});

test("a cell that turns round turns the verdict, and its numbers are named", () => {
  const worse = asPrinted(({method, metric, compression, horizon, value}) =>
    method === "diffusion" && metric === "vrmse" && compression === 80 && horizon === "1:20" ? 0.2 : value,
  );
  const claims = scoreClaims({results: worse, first: worse, paper: euler}, MODELS);
  const found = claims.find(({claim}) => claim.startsWith("Diffusion has a lower VRMSE"))!;
  expect(found.verdict).toBe("fails");
  expect(found.statistic).toContain("÷80 1:20 +160 %");
  expect(found.test).toMatch(/better in 8, worse in 1 of 9 cells/);
});

test("the direction over lead time is the paper's of the same system; what was not scored is not measured", () => {
  const results = asPrinted();
  const convection = paper.filter(({dataset}) => dataset === "RB");
  const [, , over] = scoreClaims({results, first: results, paper: convection}, MODELS);
  expect(over.claim).toContain("rises, then falls");
  expect(over.verdict).toBe("fails"); // the numbers are those of the Euler system
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

test("the paper's numbers are put to the same rule, and fail it where they do", () => {
  const tables = {Euler: [6, 8, 11], RB: [6, 9, 12], TGC: [6, 10, 13]};
  const failures = Object.entries(tables).flatMap(([dataset, numbers]) => {
    const cells = numbers.flatMap((number) =>
      readPaperScores(resolve(__dirname, `../../../../data/paper/table-${`${number}`.padStart(2, "0")}.csv`)),
    );
    const claims = scoreClaims({results: [], paper: cells.filter((cell) => cell.dataset === dataset)});
    return claims.flatMap(({claim, printed}) =>
      printed.startsWith("fails") ? [`${dataset}: ${claim.slice(0, 40)} ${printed}`] : [],
    );
  });
  expect(failures).toEqual([
    "Euler: Diffusion's error does not grow with com fails in 1 of 3: +24.0 %, +9.0 %, +1.3 %",
    "Euler: Compression adds less squared error to t fails in 3 of 6",
    "Euler: Diffusion has a lower spectrum error tha fails in 3 of 27",
    "RB: Latent emulators match or beat the pixel fails in 7 of 18",
    "RB: Diffusion's distance between distributio fails in 1 of 3",
    "TGC: Diffusion's error does not grow with com fails in 2 of 3: +43.6 %, +10.2 %, +3.1 %",
    "TGC: Compression adds less squared error to t fails in 4 of 6",
    "TGC: Diffusion has a lower spectrum error tha fails in 3 of 27",
    "TGC: The distance between distributions is sm fails in 1 of 9",
  ]);
});

test("without latent rates no statement names an undefined one", () => {
  const pixel = asPrinted().filter(({compression}) => compression === 1);
  const words = scoreStatements({results: pixel, paper: []}).map(({claim}) => claim);
  expect(words.filter((claim) => claim.includes("undefined"))).toEqual([]);
  expect(words).toContain(
    "Compression adds less squared error to the forecast than to the reconstruction (from rate to rate)",
  );
});
