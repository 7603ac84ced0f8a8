import type {Check, System} from "../system";
import {eulerFileName, eulerRules, planEuler, summariseEuler, type EulerDataConfig} from "./files";
import {eulerCurve, eulerReferences} from "./reference";
import {restartEuler} from "./restart";
import {EULER_GASES, eulerSpec} from "./spec";
import {expectedEulerCost, simulateEulerTrajectory, type EulerDiagnostics, type EulerRequest} from "./trajectory";

const checks: readonly Check[] = [
  {
    key: "drift",
    check: "largest drift of mass, momentum, energy",
    max: 1e-12,
    expected: "rounding, below 1e-12",
  },
  {key: "floors", check: "repairs of a negative density or pressure", max: 0, expected: "0"},
];

/** The Euler equations of an ideal gas in two dimensions, from random quadrants. */
export const euler: System<"euler", EulerDataConfig, EulerRequest, EulerDiagnostics> = {
  ...eulerSpec,
  rules: eulerRules,
  plan: planEuler,
  fileNames: (folder) => EULER_GASES.map(({gamma}) => eulerFileName(folder, gamma)),
  version: 1,
  simulate: simulateEulerTrajectory,
  restart: restartEuler,
  coarser: [1 / 2, 1 / 4, 1 / 8],
  cost: expectedEulerCost,
  summarise: summariseEuler,
  checks,
  references: eulerReferences,
  referenceCurve: eulerCurve,
  unseen: {boundaries: ["open"], gammas: [1.13, 1.3, 1.4, 1.453, 1.76]},
  describe: ({boundaries}) => `${boundaries.join(" and ")} Euler`,
};
