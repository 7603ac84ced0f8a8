/** Public names without a right call in the tables, each with the reason. */
const trains = "a right call trains models: refusals.test.ts tries wrong ones";
const draws = "a right call draws in a browser: refusals.test.ts tries wrong ones";
const opens = "a right call opens files or threads: refusals.test.ts tries wrong ones";
const reads = "a right call reads a dataset: refusals.test.ts tries wrong ones";
const studies = "takes a laboratory with models: its refusals are tried in test/lab/studies";

export const exempt: Readonly<Record<string, string>> = {
  tf: "the engine, another library",
  EULER_GASES: "constant",
  BOUNDARY: "constant",
  codeContext: "constant",
  paperContext: "constant",
  WellError: "error class",
  AbortedError: "error class",
  DivergedError: "error class",
  Model: "abstract class",
  Lab: "made by openLab",
  openTrained: opens,
  WellDataset: "made by openWell",
  compare: trains,
  latentCalibration: trains,
  viewRollouts: trains,
  paperTable: trains,
  showPaperTable: trains,
  paperClaims: trains,
  showPaperClaims: trains,
  validation: "a right call takes seconds: refusals.test.ts tries wrong ones",
  viewGuidance: studies,
  guidedRollout: studies,
  centralTokens: studies,
  parameterSweep: studies,
  tokenMap: studies,
  galleries: "takes a laboratory: its refusals are tried in test/lab/views/galleries.test.ts",
  table4: "takes the trials of a sweep: its refusals are tried in test/sweep/optimiser-ablation.test.ts",
  table4Verdicts: "takes the trials of a sweep: its refusals are tried in test/sweep/optimiser-ablation.test.ts",
  show: draws,
  showAnimation: draws,
  showTable: draws,
  saveFigure: draws,
  Loader: opens,
  WellSource: opens,
  "WellSource.open": opens,
  summariseWell: opens,
  reconstruction: reads,
  testTrajectory: reads,
};
