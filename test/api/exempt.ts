/** Public names without a right call in the tables, each with the reason. */
const trains = "a right call trains models: its refusals are tried in test/lab";
const draws = "a right call draws in a browser: its refusals are tried in test/lab/notebook and test/figures/render";
const opens = "a right call opens files or threads: its refusals are tried in test/data and test/well";
const reads = "a right call reads a dataset: its refusals are tried in test/lab/stages/evaluation.test.ts";

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
  openTrained: "takes a laboratory: its refusals are tried in test/lab/pretrained/find-shipped.test.ts",
  WellDataset: "made by openWell",
  compare: trains,
  latentCalibration: trains,
  viewRollouts: trains,
  validation: "takes seconds: tried in test/lab/validation.test.ts",
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
