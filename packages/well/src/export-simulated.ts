/** Export of simulations in The Well's format: same folders, names and layout, so that one reader opens both. */
import {join} from "node:path";
import {type BoundaryKind, type FileFields, type SimulatedFile, systemOf} from "@lola-ts/simulators";
import {BOUNDARY} from "@lola-ts/core";
import {writeWellFields} from "./writer";

const CODES: Readonly<Record<BoundaryKind, number>> = {
  open: BOUNDARY.OPEN,
  periodic: BOUNDARY.PERIODIC,
  wall: BOUNDARY.WALL,
};

/** Path of a simulated file below a data folder: `<root>/<dataset>/data/<split>/<name>`. */
export function simulatedPath(root: string, {dataset, split, name}: SimulatedFile): string {
  return join(root, dataset, "data", split, name);
}

/**
 * Write a simulated file atomically and return its path; the callback of `simulateDataset` for finished files.
 *
 * @throws Error naming the file if a value is not finite or it cannot be written.
 */
export async function writeSimulated(root: string, file: SimulatedFile): Promise<string> {
  const path = simulatedPath(root, file);
  const {fields, well} = systemOf(file.system);
  const structure = {
    dataset: file.dataset,
    axes: file.axes.map(({name, coordinates}) => ({name, coordinates})),
    times: file.times,
    scalars: file.scalars,
    fields,
    boundary: file.axes.map(({boundary}) => [CODES[boundary], CODES[boundary]] as const),
    trajectories: file.diagnostics.length,
    frameStride: well && frameStride(file.times, well.spacing),
  };
  await writeWellFields(path, structure, fieldsOf(file));
  return path;
}

function* fieldsOf(file: SimulatedFile): Generator<FileFields> {
  for (let trajectory = 0; trajectory < file.diagnostics.length; trajectory++) yield file.fields(trajectory);
}

/** Number of The Well's steps between two stored states if it is an integer above 1, else undefined. */
function frameStride(times: Float32Array, spacing: number): number | undefined {
  const steps = (times[times.length - 1] - times[0]) / (times.length - 1) / spacing;
  const whole = Math.round(steps);
  return whole > 1 && Math.abs(steps - whole) < 1e-4 * whole ? whole : undefined; // times are float32
}
