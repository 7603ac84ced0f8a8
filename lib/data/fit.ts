/**
 * Estimate the constants of a standardisation in one pass over a training split, with several threads if it is large.
 */
import {availableParallelism} from "node:os";
import {
  requireInteger,
  having,
  checkOptions,
  list,
  oneOf,
  sizeOf,
  withThreads,
  type Thread,
  fieldRule,
  type Transform,
  programFile,
} from "@lola-ts/core";
import {joined, noMoments, trajectoryMoments, type Moments} from "./moments";
import type {MomentsData} from "./moments-worker";
import {isFileSource, type TrajectorySource} from "./source";
import {transforms, type Standardization} from "./standardize";

export interface FitOptions {
  /** Transform of each channel before its moments are taken. */
  transform: readonly Transform[];
  /** Fields in channel order, to distinguish vectors from scalars. */
  fields: readonly {readonly name: string; readonly order: number}[];
  /**
   * Treatment of vector fields. `isotropic`, the default: mean 0 and one deviation for all components, so that flips and
   * axis permutations commute with the standardisation; `component`: each component like a scalar.
   */
  vector?: "isotropic" | "component";
  /**
   * Threads that read files; 0: the calling one, as for sources in memory. Default: one per core for large sources, else 0.
   */
  workers?: number;
  /** Terminates the threads when aborted. */
  signal?: AbortSignal;
}

/** Number of values above which worker threads pay off. */
const LARGE = 2 ** 26;

/**
 * Estimate the constants over a source in one pass: mean and population variance over all cells, states and trajectories.
 *
 * Each trajectory's moments are taken about its own mean and merged by the parallel formula in the order of the
 * trajectories. So cancellation does not grow with the number of states, and the result does not depend on the number
 * of threads.
 *
 * @throws RangeError if the data have another number of channels, a channel is constant, an isotropic fit has a field of
 *   order 2, or `workers` is no integer.
 * @throws Error if the source cannot be read.
 */
export async function fitStandardization(source: TrajectorySource, options: FitOptions): Promise<Standardization> {
  const {transform, fields, vector = "isotropic"} = options;
  checkOptions("fitStandardization", having("a source of trajectories", "shape", "read"), source, "source");
  checkOptions("fitStandardization", transforms, transform, "transform");
  checkOptions("fitStandardization", list(fieldRule), fields, "fields");
  checkOptions("fitStandardization", oneOf(["isotropic", "component"]), vector, "vector");
  if (source.shape.at(-1) !== transform.length) {
    throw new RangeError(
      `fitStandardization: expected ${transform.length} channels, found the shape [${source.shape}].`,
    );
  }
  const parts = await gather(source, options);
  const total = parts.reduce(joined, noMoments(transform.length));

  const mean = [...total.mean];
  const variance = Array.from(total.squares, (squares) => squares / total.count);
  if (vector === "isotropic") share(mean, variance, fields);
  const std = variance.map(Math.sqrt);
  const flatChannel = std.findIndex((value) => !(value > 0));
  if (flatChannel >= 0) {
    throw new RangeError(
      `fitStandardization: expected every channel to vary, found channel ${flatChannel} with deviation ${std[flatChannel]}.`,
    );
  }
  return {transform: [...transform], mean, std};
}

async function gather(source: TrajectorySource, {transform, workers, signal}: FitOptions): Promise<Moments[]> {
  const large = sizeOf(source.shape) >= LARGE;
  const [length] = source.shape;
  const threads = workers ?? (large ? availableParallelism() : 0);
  requireInteger("fitStandardization", "workers", threads, {min: 0});
  if (threads === 0 || !isFileSource(source)) {
    return Array.from({length}, (_, trajectory) => trajectoryMoments(source, trajectory, transform));
  }
  const parts = new Array<Moments>(length);
  let next = 0;
  const part = async (thread: Thread<number, Moments>): Promise<void> => {
    while (next < length) {
      const trajectory = next++;
      parts[trajectory] = await thread.ask(trajectory, `trajectory ${trajectory}`);
    }
  };
  const data: MomentsData = {source: source.opener, transform};
  await withThreads(programFile(__dirname, "moments-worker"), Math.min(threads, length), part, {data, signal});
  return parts;
}

/** Give the components of each vector mean 0 and the mean square of all of them as variance. */
function share(mean: number[], variance: number[], fields: FitOptions["fields"]): void {
  const tensor = fields.find(({order}) => order > 1);
  if (tensor) {
    throw new RangeError(
      `fitStandardization: expected scalar and vector fields, found ${tensor.name} of order ${tensor.order}; ` +
        `vector: "component" standardises each of its components.`,
    );
  }
  const vectors = fields.filter(({order}) => order === 1).length;
  const scalars = fields.length - vectors;
  const width = vectors > 0 ? (mean.length - scalars) / vectors : 0;
  let first = 0;
  for (const {order} of fields) {
    const channels = Array.from({length: order === 1 ? width : 1}, (_, i) => first + i);
    first += channels.length;
    if (order !== 1) continue;
    const square = channels.reduce((sum, c) => sum + variance[c] + mean[c] ** 2, 0) / width;
    for (const c of channels) [mean[c], variance[c]] = [0, square];
  }
}
