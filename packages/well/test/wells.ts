/** Files of The Well on small grids, whole and broken. */
import ndarray from "ndarray";
import {sizeOf, Rng} from "@lola-ts/core";
import {writeHdf5, type Hdf5Fill, type Hdf5GroupSpec} from "../src/hdf5-writer";
import {systemOf} from "@lola-ts/simulators";
import {wellTree} from "../src/layout";
import {writeWell, type WellContents} from "../src/writer";

/** Centres of n cells of an axis. */
export const line = (n: number, length: number) => Float32Array.from({length: n}, (_, i) => ((i + 0.5) / n) * length);

/** Random trajectories of a system on a small grid. */
export function contents(
  system = systemOf("euler"),
  {variant = 1, trajectories = 3, frames = 4, seed = 0} = {},
): WellContents {
  const grid = system.axes.map((_, axis) => 5 - axis);
  const shape = [frames, ...grid, system.channels.length];
  const generator = Rng.from("contents", seed);
  return {
    dataset: system.folders[variant] ?? system.folders[0],
    axes: system.axes.map((name, axis) => ({name, coordinates: line(grid[axis], system.extent[axis])})),
    times: Array.from({length: frames}, (_, i) => i * (system.well?.spacing ?? 1)),
    scalars: Object.fromEntries(system.scalars.map(({name, values}) => [name, values[1]])),
    fields: system.fields,
    boundary: system.boundaries[variant] ?? system.boundaries[0],
    trajectories,
    states: Array.from({length: trajectories}, () =>
      ndarray(
        Float32Array.from({length: sizeOf(shape)}, () => generator.normal()),
        shape,
      ),
    ),
  };
}

/** A tree to break: every part of it may be changed or deleted. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Tree = any;

const thaw = (value: unknown): Tree =>
  Array.isArray(value)
    ? value.map(thaw)
    : value && typeof value === "object" && !ArrayBuffer.isView(value)
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, thaw(part)]))
      : value;

/** Write a file in whose structure something is changed; fields that `fill` does not write hold zeros. */
export async function writeBroken(
  path: string,
  damage: (tree: Tree) => void,
  fill?: (write: Hdf5Fill) => void,
): Promise<string> {
  const tree = thaw(wellTree(contents()));
  damage(tree);
  await writeHdf5(path, tree as Hdf5GroupSpec, fill);
  return path;
}

/** Write a file and return its path. */
export async function writeContents(path: string, what: WellContents = contents()): Promise<string> {
  await writeWell(path, what);
  return path;
}
