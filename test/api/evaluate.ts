/** Calls of metrics. */
import * as lola from "../../lib/index";
import type {Calls} from "./judge";
import {field, row} from "./samples";

const members = () => [row(16, 1), row(16, 2), row(16, 3)];
const grid = [4, 4];

export const evaluateCalls: Calls = {
  fieldAt: {call: lola.fieldAt, args: () => [field([3, 4, 4, 2]), 1, 1], fine: ["0: another length"]},
  correlation: {call: lola.correlation, args: () => [row(16), row(16, 1)]},
  massError: {call: lola.massError, args: () => [row(16), row(16, 1)]},
  vrmse: {call: lola.vrmse, args: () => [row(16), row(16, 1), {epsilon: 1e-6, variance: "unbiased"}]},
  rmse: {call: lola.rmse, args: () => [row(16), row(16, 1)]},
  nrmse: {call: lola.nrmse, args: () => [row(16), row(16, 1), {epsilon: 1e-6}]},
  variance: {call: lola.variance, args: () => [row(16), "unbiased"], fine: ["0: one less"]},
  ensembleMean: {call: lola.ensembleMean, args: () => [members(), new Float64Array(16)]},
  ensembleMember: {call: lola.ensembleMember, args: () => [field([3, 2, 4, 4, 2]), 1], fine: ["0: another length"]},
  meanTrajectory: {call: lola.meanTrajectory, args: () => [field([3, 2, 4, 4, 2])], fine: ["0: another length"]},
  limitOfSkill: {call: lola.limitOfSkill, args: () => [0.5, 0.4, 3]},
  skill: {call: lola.skill, args: () => [row(16), members()]},
  spread: {call: lola.spread, args: () => [members(), row(16)]},
  spreadSkillRatio: {call: lola.spreadSkillRatio, args: () => [0.4, 0.5, {ratio: "code"}]},
  crps: {call: lola.crps, args: () => [row(16), members(), {alpha: 1}]},
  energyScore: {call: lola.energyScore, args: () => [row(16), members()]},
  rankHistogram: {call: lola.rankHistogram, args: () => [row(16), members(), lola.Rng.from("ranks")]},
  coverageCurve: {call: lola.coverageCurve, args: () => [[3, 2, 4, 5]], fine: ["0: one less"]},
  coverageError: {call: lola.coverageError, args: () => [[3, 2, 4, 5]], fine: ["0: one less"]},
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
    fine: ["0: another length", "2: one less"],
  },
  firstFrame: {call: lola.firstFrame, args: () => [field([3, 4, 4, 2])], fine: ["0: another length"]},
  spatialMean: {call: lola.spatialMean, args: () => [field([3, 4, 4, 2])], fine: ["0: another length"]},
  trainingMean: {call: lola.trainingMean, args: () => [[field([3, 4, 4, 2]), field([3, 4, 4, 2], 1)]]},
};
