/** An HDF5 file with something of everything that the writer knows. */
import {list, scalar, writeHdf5} from "../src/hdf5-writer";

/** The values of /alpha/cube, [4, 6, 100]. */
export const cube = Float32Array.from({length: 24 * 100}, (_, i) => Math.sin(i));

export async function writeSample(path: string): Promise<string> {
  await writeHdf5(
    path,
    {
      attributes: {
        name: scalar("string", "Rayleigh-Bénard"),
        size: scalar("int64", 2 ** 40),
        ratio: scalar("float64", 0.1),
        flag: scalar("bool", true),
        flags: list("bool", [true, false, true]),
        names: list("string", ["x", "", "Bénard"]),
        nothing: list("string", []),
      },
      groups: {
        zeta: {},
        alpha: {
          datasets: {
            cube: {type: "float32", shape: [4, 6, 100], attributes: {varying: scalar("bool", false)}},
            point: {type: "float32", shape: [], values: [1.5]},
            mask: {type: "bool", shape: [3], values: [true, false, true]},
            empty: {type: "float32", shape: [0, 2], values: []},
          },
        },
      },
    },
    (write) => {
      write("/alpha/cube", 1200, cube.subarray(1200)); // pieces in any order
      write("/alpha/cube", 0, cube.subarray(0, 1200));
    },
  );
  return path;
}
