/** Calls of metrics. */
import * as lola from "./public";
import {metricNames} from "../../lib/evaluate/evaluate";
import type {Calls} from "./judge";
import {field, row} from "./samples";

const members = () => [row(16, 1), row(16, 2), row(16, 3)];
const grid = [4, 4];
const gaussian = (seed: number) => ({mean: row(2, seed), covariance: Float64Array.of(2, 0.1, 0.1, seed)});
const paper = (table: string) => `${lola.projectRoot()}/data/paper/table-${table}.csv`;

/** Parts of the rows of a table, in which NaN and other names are results too. */
const ofRows = "0.0.*";

const times = () => [
  {method: "neural solver", space: "latent", compression: 5, generation: 0.01, decoding: 0.01},
  {method: "neural solver", space: "pixel", generation: 0.1, decoding: 0},
];

/** Scores of all methods at two rates. */
function results() {
  const score = (method: string, space: string, compression: number | null) =>
    ["vrmse", "crps", "ratio", "mid", "transport"].flatMap((metric) =>
      ["1:20", "21:60"].map((horizon) => {
        const labels = {dataset: "euler_multi_quadrants_periodicBC", method, space, compression};
        return {...labels, metric, horizon, value: 0.5, error: 0.1, samples: [0.4, 0.6]};
      }),
    );
  return [
    ...["autoencoder", "diffusion", "neural solver"].flatMap((method) =>
      [5, 20].flatMap((rate) => score(method, "latent", rate)),
    ),
    ...["first frame", "training mean", "spatial mean"].flatMap((method) => score(method, "", null)),
  ];
}

/** Scores of two trajectories at three lead times. */
function metricRows() {
  const metrics = Object.fromEntries(metricNames.map((metric, i) => [metric, 0.1 * (i + 1)]));
  return [0, 1].flatMap((trajectory) =>
    [1, 2, 3].map((state) => ({trajectory, field: "a", state, ...metrics, transport: 0.5})),
  );
}

/** Calibrations of an ensemble over two horizons. */
const calibrations = () =>
  ["1:20", "21:60"].map((horizon) => ({
    dataset: "euler_multi_quadrants_periodicBC",
    method: "diffusion",
    space: "latent",
    compression: 5,
    horizon,
    ranks: [1.2, 0.8, 1],
    curve: [{level: 0.5, covered: 0.4}],
    coverageError: 0.1,
    errors: {ranks: [0.1, 0.1, 0.1], covered: [0.05]},
  }));

export const evaluateCalls: Calls = {
  evaluateRollout: {
    call: lola.evaluateRollout,
    args: () => [
      field([2, 4, 4, 2]),
      field([3, 2, 4, 4, 2], 1),
      {
        fields: ["a", "b"],
        trajectory: 1,
        firstState: 1,
        epsilon: 1e-6,
        variance: "unbiased",
        ratio: "code",
        spectralEpsilon: 1e-6,
        firstWavenumber: "official",
        spectrum: "cross",
        transport: {channel: "a", compared: "places"},
      },
    ],
    fine: ["2.trajectory: -1", "2.firstState: -1"],
  },
  horizons: {
    call: lola.horizons,
    args: () => [
      metricRows(),
      [
        [1, 2],
        [2, 3],
      ],
      1,
      {statistic: "median"},
    ],
    fine: [ofRows, "1: empty", "1.0: -1"],
  },
  leadTimes: {call: lola.leadTimes, args: () => [metricRows(), 2, {statistic: "median"}], fine: [ofRows, "0: empty"]},
  verdicts: {
    call: lola.verdicts,
    args: () => [
      results(),
      {methods: ["diffusion", "neural solver"], metrics: ["crps", "vrmse"], about: "models", blocks: [1, 2]},
    ],
    fine: [ofRows, "1.blocks: texts", "1.blocks: -1"],
  },
  toLatex: {
    call: lola.toLatex,
    args: () => [[{method: "diffusion", vrmse: 0.5}], "Table", {digits: 3}],
    fine: ["0.0.*", "1: another text"],
  },
  acrossSeeds: {
    call: lola.acrossSeeds,
    args: () => [results(), ["diffusion"], "diffusion, mean"],
    fine: [ofRows, "2: another text"],
  },
  scorecard: {
    call: lola.scorecard,
    args: () => [results(), calibrations()],
    fine: [ofRows, "1.0.*", "1: empty", "1: missing"],
  },
  blur: {call: lola.blur, args: () => [field([3, 4, 4, 2]), 1], fine: ["0: another length"]},
  pivot: {
    call: lola.pivot,
    args: () => [
      [{method: "diffusion", horizon: "1:20", vrmse: 0.5}],
      {by: ["method"], over: "horizon", values: ["vrmse"]},
    ],
    fine: ["0.0.*"],
  },
  fieldAt: {call: lola.fieldAt, args: () => [field([3, 4, 4, 2]), 1, 1], fine: ["0: another length"]},
  correlation: {call: lola.correlation, args: () => [row(16), row(16, 1)]},
  massError: {call: lola.massError, args: () => [row(16), row(16, 1)]},
  vrmse: {call: lola.vrmse, args: () => [row(16), row(16, 1), {epsilon: 1e-6, variance: "unbiased"}], options: [2]},
  rmse: {call: lola.rmse, args: () => [row(16), row(16, 1)]},
  nrmse: {call: lola.nrmse, args: () => [row(16), row(16, 1), {epsilon: 1e-6}], options: [2]},
  variance: {call: lola.variance, args: () => [row(16), "unbiased"], fine: ["0: one less"]},
  ensembleMean: {call: lola.ensembleMean, args: () => [members(), new Float64Array(16)], fine: ["1: missing"]},
  ensembleMember: {call: lola.ensembleMember, args: () => [field([3, 2, 4, 4, 2]), 1], fine: ["0: another length"]},
  limitOfSkill: {call: lola.limitOfSkill, args: () => [0.5, 0.4, 3], fine: ["0: NaN", "1: NaN"]},
  skill: {call: lola.skill, args: () => [row(16), members()]},
  spread: {call: lola.spread, args: () => [members(), row(16)], fine: ["1: missing"]},
  spreadSkillRatio: {call: lola.spreadSkillRatio, args: () => [0.4, 0.5, {ratio: "code"}], fine: ["0: NaN", "1: NaN"]},
  crps: {call: lola.crps, args: () => [row(16), members(), {alpha: 1}], options: [2]},
  energyScore: {call: lola.energyScore, args: () => [row(16), members()]},
  slicedWasserstein: {call: lola.slicedWasserstein, args: () => [row(16), row(16, 1), grid]},
  distributionError: {
    call: lola.distributionError,
    args: () => [{channel: "density", compared: "places"}, row(16), members(), grid],
    fine: ["0.channel: another text"], // only a label here
  },
  fairDistributionScore: {
    call: lola.fairDistributionScore,
    args: () => [{channel: "density", compared: "places"}, row(16), members(), grid],
    fine: ["0.channel: another text"], // only a label here
    says: ["distributionError"],
  },
  variogramScore: {call: lola.variogramScore, args: () => [row(16), members(), grid]},
  onClimate: {
    call: lola.onClimate,
    args: () => [metricRows(), {fields: ["a"], deviation: [[1], [1], [2], [3]], firstState: 0, epsilon: 1e-6}],
    fine: [ofRows, "0: empty"],
  },
  trainingDeviation: {
    call: lola.trainingDeviation,
    args: () => [[field([2, 4, 4, 2])], field([1, 2, 4, 4, 2])],
  },
  fitGaussian: {call: lola.fitGaussian, args: () => [field([5, 2])], fine: ["0: another length"]},
  buresWasserstein: {call: lola.buresWasserstein, args: () => [gaussian(1), gaussian(2)]},
  tokenDistances: {
    call: lola.tokenDistances,
    args: () => [
      [1, 2].map((value) => ({
        value,
        tokens: [
          [0, value],
          [1, 3],
          [2, 2 * value],
        ],
      })),
    ],
    fine: ["0: empty", "0.0.value: -1", "0.0.tokens.0: -1"],
  },
  buresMatrix: {call: lola.buresMatrix, args: () => [[gaussian(1), gaussian(2)]], fine: ["0: empty"]},
  embedInPlane: {
    call: lola.embedInPlane,
    args: () => [[[1, 2], [2, 1], [3, 3], [0, 1]], {perplexity: 1, iterations: 5, seed: 0}], // prettier-ignore
    fine: ["0.*: -1"],
  },
  byHorizon: {call: lola.byHorizon, args: () => [results(), "vrmse", "diffusion"], fine: [ofRows]},
  table1: {
    call: lola.table1,
    args: () => [times(), paper("01"), "Euler"],
    fine: [ofRows, "0: empty", "2: another text"], // a dataset without times in the paper
  },
  readCsv: {call: lola.readCsv, args: () => [paper("06")]},
  readPaperScores: {call: lola.readPaperScores, args: () => [paper("06")]},
  toCsv: {call: lola.toCsv, args: () => [[{a: 1, b: "x"}]], fine: [ofRows, "0: empty"]},
  toDataFrame: {call: lola.toDataFrame, args: () => [[{a: 1, b: "x"}]], fine: [ofRows, "0: empty"]},
  rankHistogram: {call: lola.rankHistogram, args: () => [row(16), members(), lola.Rng.from("ranks")]},
  coverageCurve: {call: lola.coverageCurve, args: () => [[3, 2, 4, 5]], fine: ["0: one less", "0: NaN"]},
  coverageError: {
    call: lola.coverageError,
    args: () => [[3, 2, 4, 5]],
    fine: ["0: one less", "0: NaN"],
    says: ["ranks"],
  },
  bandEdges: {call: lola.bandEdges, args: () => [lola.rings(grid).k], fine: ["0: one less"]},
  bandErrors: {
    call: lola.bandErrors,
    args: () => [row(2), row(2, 1), lola.rings(grid).k, {spectralEpsilon: 1e-6, firstWavenumber: "official"}],
  },
  crossErrors: {
    call: lola.crossErrors,
    args: () => [
      row(2),
      row(2, 1),
      row(2, 2),
      lola.rings(grid).k,
      {spectralEpsilon: 1e-6, firstWavenumber: "official"},
    ],
  },
  crossSpectrum: {call: lola.crossSpectrum, args: () => [row(16), members(), grid]},
  powerSpectrum: {call: lola.powerSpectrum, args: () => [members(), grid]},
  rings: {call: lola.rings, args: () => [grid], fine: ["0: one less"]},
  trajectorySpectrum: {
    call: lola.trajectorySpectrum,
    args: () => [field([3, 4, 4, 2]), 1, [0, 2]],
    fine: ["0: another length", "2: one less", "2: missing"],
    says: ["channel"],
  },
  firstFrame: {call: lola.firstFrame, args: () => [field([3, 4, 4, 2])], fine: ["0: another length"]},
  spatialMean: {call: lola.spatialMean, args: () => [field([3, 4, 4, 2])], fine: ["0: another length"]},
  trainingMean: {call: lola.trainingMean, args: () => [[field([3, 4, 4, 2]), field([3, 4, 4, 2], 1)]]},
};
