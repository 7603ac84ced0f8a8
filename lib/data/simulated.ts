/**
 * Our own simulations as The Well's files: same folders, names and layout, so that one reader opens both.
 */
import {join} from "node:path";
import {channelLast, type SimulatedFile} from "../simulate/dataset";
import {BOUNDARY, systemOf} from "./systems";
import {writeWell} from "./well-writer";

/** Path of a simulated file below a data folder: `<root>/<dataset>/data/<split>/<name>`. */
export function simulatedPath(root: string, {dataset, split, name}: SimulatedFile): string {
  return join(root, dataset, "data", split, name);
}

/**
 * Write a simulated file, atomically, and return its path. It is what `simulateEuler` calls with each finished file.
 *
 * @throws Error naming the file if a value is not finite or it cannot be written.
 */
export async function writeSimulated(root: string, file: SimulatedFile): Promise<string> {
  const path = simulatedPath(root, file);
  const {fields, axes} = systemOf("euler");
  const code = file.boundary === "open" ? BOUNDARY.OPEN : BOUNDARY.PERIODIC;
  await writeWell(path, {
    dataset: file.dataset,
    axes: axes.map((name) => ({name, coordinates: file[name as "x" | "y"]})),
    times: file.times,
    scalars: {gamma: file.gamma},
    fields,
    boundary: axes.map(() => [code, code] as const),
    trajectories: file.fields.energy.shape[0],
    states: channelLast(file),
  });
  return path;
}
