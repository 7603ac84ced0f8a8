/**
 * Statistics and description that The Well stores beside the files of a dataset.
 *
 * $$ \mu = \langle x \rangle, \quad \sigma^2 = \langle (x - \mu)^2 \rangle, \quad \text{rms}^2 = \langle x^2 \rangle $$
 *
 * over trajectories, states and cells of the training split, per component; the same for differences of consecutive
 * stored states.
 */
import {join} from "node:path";
import type {NdArray} from "ndarray";
import {checkParts, text, writeWhole, BOUNDARY, channelNames} from "@lola-ts/core";
import {joined, momentsOf, noMoments, type Moments} from "lola/data";
import {openWell, type WellDataset} from "./well-dataset";
import type {WellField} from "./metadata";

/** A number for a scalar field, a list for a vector, a list of rows for a tensor. */
export type PerComponent = number | number[] | number[][];

/** Keys of `stats.yaml`, each with an entry per field. Fields of a single state have no differences. */
export const STATISTICS = ["mean", "mean_delta", "rms", "rms_delta", "std", "std_delta"] as const;

export type WellStatistics = Record<(typeof STATISTICS)[number], Record<string, PerComponent>>;

/** Mean, deviation and root mean square of each channel; undefined for an empty sample. */
function statisticsOf({count, mean, squares}: Moments): {mean: number; std: number; rms: number}[] | undefined {
  if (count === 0) return undefined;
  return Array.from(mean, (mean, c) => {
    const variance = squares[c] / count;
    return {mean, std: Math.sqrt(variance), rms: Math.sqrt(variance + mean * mean)};
  });
}

/** Compute the statistics of a dataset, one state in memory at a time. @throws WellError if a value is not finite. */
export function wellStatistics(dataset: WellDataset): WellStatistics {
  const [plain, plainConstants] = [dataset.channels, dataset.constantChannels].map((all) =>
    all.map(() => "identity" as const),
  );
  let values = noMoments(plain.length);
  let deltas = noMoments(plain.length);
  let constants = noMoments(plainConstants.length);
  dataset.trajectories.forEach(({frames}, trajectory) => {
    let previous: NdArray<Float32Array> | undefined;
    for (let start = 0; start < frames; start++) {
      const state = dataset.read(trajectory, {start, length: 1});
      values = joined(values, momentsOf(state.data, plain));
      if (previous) {
        const {data: before} = previous;
        deltas = joined(
          deltas,
          momentsOf(
            state.data.map((value, i) => value - before[i]),
            plain,
          ),
        );
      }
      previous = state;
    }
    if (dataset.constantFields.length > 0) {
      constants = joined(constants, momentsOf(dataset.readConstants(trajectory).data, plainConstants));
    }
  });

  const out: WellStatistics = {mean: {}, std: {}, rms: {}, mean_delta: {}, std_delta: {}, rms_delta: {}};
  const enter = (fields: readonly WellField[], moments: Moments, suffix: "" | "_delta") => {
    const found = statisticsOf(moments);
    if (!found) return;
    let first = 0;
    for (const {name, order} of fields) {
      const own = found.slice(first, (first += dataset.axes.length ** order));
      for (const key of ["mean", "std", "rms"] as const) {
        out[`${key}${suffix}`][name] = nest(
          own.map((one) => one[key]),
          order,
          dataset.axes.length,
        );
      }
    }
  };
  enter(dataset.fields, values, "");
  enter(dataset.constantFields, constants, "");
  enter(dataset.fields, deltas, "_delta");
  return out;
}

function nest(values: number[], order: number, axes: number): PerComponent {
  if (order === 0) return values[0];
  return order === 1 ? values : Array.from({length: axes}, (_, i) => values.slice(i * axes, (i + 1) * axes));
}

/** Format a number as in the published files: four decimals in scientific notation. */
function scientific(value: number): string {
  const [digits, exponent] = value.toExponential(4).split("e");
  return `${digits}E${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** Format statistics as The Well's `stats.yaml`. */
export function formatStatistics(statistics: WellStatistics): string {
  const lines = (value: PerComponent): string[] =>
    typeof value === "number"
      ? [` ${scientific(value)}`]
      : ["", ...value.flatMap((part) => item(lines(part)).map((line) => `  ${line}`))];
  return STATISTICS.map((key) => {
    const entries = Object.entries(statistics[key]).sort(([a], [b]) => (a < b ? -1 : 1));
    if (entries.length === 0) return `${key}: {}\n`;
    return `${key}:\n${entries.map(([name, value]) => `  ${name}:${lines(value).join("\n")}\n`).join("")}`;
  }).join("");
}

/** An entry of a list: its first line after a dash, the others below. */
const item = ([head, ...rest]: string[]): string[] =>
  head === "" ? [`-${rest[0].slice(1)}`, ...rest.slice(1)] : [`-${head}`, ...rest];

/** Format the description of a dataset as The Well's `<dataset>.yaml`. */
export function formatDescription(dataset: WellDataset): string {
  const {axes, grid, gridType, fields, constantFields, scalars, variableScalars, files} = dataset;
  const [{metadata}] = files;
  const codes = new Set(files.flatMap((file) => file.metadata.boundaries.flat(2)));
  const types = (Object.keys(BOUNDARY) as (keyof typeof BOUNDARY)[]).filter((type) => codes.has(BOUNDARY[type]));
  const block = (key: string, values: readonly (string | number)[], indent = ""): string =>
    values.length === 0
      ? `${indent}${key}: []\n`
      : `${indent}${key}:\n${values.map((value) => `${indent}- ${value}\n`).join("")}`;
  const byOrder = (key: string, list: readonly WellField[]): string => {
    const names = (order: number) =>
      channelNames(
        list.filter((field) => field.order === order),
        axes,
      );
    return `${key}:\n${[0, 1, 2].map((order) => block(String(order), names(order), "  ")).join("")}`;
  };
  return [
    `dataset_name: ${metadata.dataset}\n`,
    `n_spatial_dims: ${axes.length}\n`,
    block("spatial_resolution", grid),
    block("scalar_names", variableScalars),
    block("constant_scalar_names", scalars),
    byOrder("field_names", fields),
    byOrder("constant_field_names", constantFields),
    block("boundary_condition_types", types.sort()),
    `n_files: ${files.length}\n`,
    block(
      "n_trajectories_per_file",
      files.map((file) => file.metadata.trajectories),
    ),
    block(
      "n_steps_per_trajectory",
      files.map((file) => file.metadata.frames),
    ),
    `grid_type: ${gridType}\n`,
  ].join("");
}

/**
 * Write `stats.yaml` (of the training split) and `<dataset>.yaml` (of the validation split, as the published ones are)
 * beside the `data` folder of a dataset, and return the statistics.
 *
 * @throws Error naming the folder or file that is missing or broken.
 */
export async function summariseWell(root: string, name: string): Promise<WellStatistics> {
  checkParts("summariseWell", {root: text, name: text}, {root, name});
  const train = await openWell(root, {datasets: [name], split: "train"});
  try {
    const statistics = wellStatistics(train);
    const valid = await openWell(root, {datasets: [name], split: "valid"});
    try {
      await writeWhole(join(root, name, "stats.yaml"), formatStatistics(statistics));
      await writeWhole(join(root, name, `${name}.yaml`), formatDescription(valid));
    } finally {
      valid.close();
    }
    return statistics;
  } finally {
    train.close();
  }
}
