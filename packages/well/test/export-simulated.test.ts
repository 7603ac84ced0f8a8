import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {simulatedPath, writeSimulated} from "../src/export-simulated";
import {systemOf, type SimulatedFile} from "@lola-ts/simulators";
import {openWell} from "../src/well-dataset";
import {check} from "./checker";

test("a simulated file is a file of The Well, found by the reader in its folders", async () => {
  const root = mkdtempSync(join(tmpdir(), "simulated-"));
  const field = (first: number, ...more: number[]) => {
    const shape = [3, 4, 5, ...more];
    const values = Float32Array.from({length: sizeOf(shape)}, (_, i) => first + i);
    return ndarray(values, shape);
  };
  const trajectories = [0, 5000].map((first) => ({
    energy: field(first),
    density: field(first + 1000),
    pressure: field(first + 2000),
    momentum: field(first + 3000, 2),
  }));
  const file: SimulatedFile = {
    system: "euler",
    dataset: "euler_multi_quadrants_periodicBC",
    split: "valid",
    name: "euler_multi_quadrants_periodicBC_gamma_1.4_Dry_air_20.hdf5",
    scalars: {gamma: 1.4},
    times: Float32Array.of(0, 0.06, 0.12),
    axes: [
      {name: "x", coordinates: Float32Array.of(0.125, 0.375, 0.625, 0.875), boundary: "periodic"},
      {name: "y", coordinates: Float32Array.of(0.1, 0.3, 0.5, 0.7, 0.9), boundary: "periodic"},
    ],
    fields: (trajectory) => trajectories[trajectory],
    diagnostics: new Array(2).fill({steps: 1, updates: 20, seconds: 0}),
  };
  const path = await writeSimulated(root, file);
  expect(path).toBe(simulatedPath(root, file));
  expect(await check(path)).toEqual([]);

  const system = systemOf("euler");
  const dataset = await openWell(root, {datasets: [file.dataset], split: "valid", system});
  expect(dataset.length).toBe(2);
  expect([...dataset.label(1)]).toEqual([Math.fround(1.4), 2, 2, 2, 2]);
  expect(dataset.times(0)).toEqual(file.times);
  expect(dataset.files[0].metadata.frameStride).toBe(4); // of 0.015
  expect(dataset.coordinates("y")).toEqual(file.axes[1].coordinates);
  const state = dataset.read(1, {start: 2, length: 1});
  const {energy, density, pressure, momentum} = trajectories[1];
  const expected = [energy, density, pressure].map((values) => values.get(2, 3, 1));
  expected.push(momentum.get(2, 3, 1, 0), momentum.get(2, 3, 1, 1));
  expect([0, 1, 2, 3, 4].map((channel) => state.get(0, 3, 1, channel))).toEqual(expected);
  dataset.close();

  for (const times of [Float32Array.of(0, 0.015, 0.03), Float32Array.of(0, 0.02, 0.04)]) {
    const other = await openWell([await writeSimulated(root, {...file, times})]);
    expect(other.files[0].metadata.frameStride).toBe(1); // none was left out, or nobody knows
    other.close();
  }

  density.set(2, 0, 0, Infinity);
  await expect(writeSimulated(root, file)).rejects.toThrow(
    "expected finite values, found Infinity in trajectory 1, state 2",
  );
  rmSync(root, {recursive: true});
});
