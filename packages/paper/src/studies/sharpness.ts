/** Sharpness: how steep a forecast's fields are, compared with the truth's. A blurred forecast is flat, a noisy one is steep. */
import {checkOptions, flat, type StridedArray, type TableRow} from "@lola-ts/core";
import {fieldAt} from "lola/evaluate";
import {compressionOf, decodeRollout, type Lab, methodName, reconstruction, testTrajectory} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";

/** Share of the cells that are less steep than the steepness of a field. */
const SHARE = 0.99;

/** Lead times, in the paper's steps. */
const TIMES = [8, 20, 60];

/**
 * Measure the steepness of a field: the 99th percentile of |∇u| over its cells, by central differences in units of cells.
 * Cells at the edges are left out.
 *
 * @param field values [X, Y(, Z)], row-major.
 */
export function steepness(field: StridedArray): number {
  const data = flat(field);
  const {shape} = field;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const slopes: number[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) {
      slopes.push(Math.hypot(...strides.map((stride) => (data[at + stride] - data[at - stride]) / 2)));
      return;
    }
    for (let i = 1; i < shape[axis] - 1; i++) visit(axis + 1, at + i * strides[axis]);
  };
  visit(0, 0);
  if (slopes.length === 0)
    throw new RangeError(`steepness: expected 3 cells or more on each axis, found ${shape.join(" × ")}.`);
  slopes.sort((a, b) => a - b);
  return slopes[Math.floor(SHARE * (slopes.length - 1))];
}

export interface Sharpness {
  /** A row per method, rate and field: steepness over the truth's at three lead times, the geometric mean over trajectories. */
  readonly rows: TableRow[];
  readonly caption: string;
}

/**
 * Compare the steepness of forecasts with that of the truth, field by field; of an ensemble the first member counts. What is
 * missing is trained and rolled out.
 *
 * @throws RangeError if it is no laboratory; LabError `interrupted`.
 * @example const {rows, caption} = await sharpness(lab.with({rollout: {trajectories: 8}}));
 */
export async function sharpness(lab: Lab): Promise<Sharpness> {
  checkOptions("sharpness", labRule, lab, "lab");
  const dataset = await lab.dataset();
  const {
    stride,
    rollout: {context = 1},
  } = lab.config;
  const stateAt = (lead: number) => context - 1 + lead / stride; // lead time 0 is the last given state
  const leads = TIMES.filter((time) => time % stride === 0 && stateAt(time) < dataset.testWindow.length);
  const autoencoders = await lab.autoencoders();
  const inLatents = lab.methods.filter(({latentChannels}) => latentChannels !== null);
  const forecasts = (await lab.rollouts(inLatents)).map((rollout) => {
    const model = autoencoders.find((one) => one.model.config.latChannels === rollout.method.latentChannels)!.model;
    const states = (n: number) => decodeRollout(rollout, n, dataset.standardization, model, {members: 1}).pick(0);
    return {method: methodName(rollout.method), compression: compressionOf(rollout.method, autoencoders), states};
  });
  const decoded = autoencoders.map(({model}) => ({
    ...{method: "autoencoder", compression: model.compression},
    states: (n: number) => reconstruction(dataset, model, n),
  }));
  const slopes = (states: StridedArray): number[] =>
    // of each field at each lead time
    lab.system.channels.flatMap((_, channel) =>
      leads.map((lead) => steepness({data: fieldAt(states, stateAt(lead), channel), shape: dataset.wells.test.grid})),
    );
  const truth = dataset.testTrajectories.map((n) => slopes(testTrajectory(dataset, n)));
  const rows = [...decoded, ...forecasts].flatMap(({method, compression, states}) => {
    const logs = dataset.testTrajectories.map((n, i) => slopes(states(n)).map((own, j) => Math.log(own / truth[i][j])));
    const ratio = (j: number) => Math.exp(logs.reduce((sum, own) => sum + own[j], 0) / logs.length);
    return lab.system.channels.map((field, c): TableRow => ({
      ...{method, "÷": compression, field},
      ...Object.fromEntries(leads.map((lead, i) => [`τ = ${lead}`, ratio(c * leads.length + i)])),
    }));
  });
  const caption = `Steepness of forecasts over the truth's: 1 is as sharp as the truth. ${lab.caption}`;
  return {rows, caption};
}
