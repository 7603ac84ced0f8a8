import {existsSync} from "node:fs";
import type ndarray from "ndarray";
import {systemOf} from "../../lib/data/systems";
import {openWell} from "../../lib/data/well";
import type {WellContents} from "../../lib/data/well-writer";
import {temporaryFolder} from "../folder";
import {contents, line, writeContents} from "./wells";

const folder = temporaryFolder();
const write = (name: string, what?: WellContents) => writeContents(folder(name), what);

test("views are written as what they show, and trajectories may come from a generator", async () => {
  const states = contents().states as ReturnType<typeof ndarray<Float32Array>>[];
  const grid = [4, 5];
  const what: WellContents = {
    ...contents(),
    axes: grid.map((n, axis) => ({name: "xy"[axis], coordinates: line(n, 1)})),
    states: (async function* () {
      for (const state of states) yield state.transpose(0, 2, 1, 3);
    })(),
  };
  const dataset = await openWell([await write("views.hdf5", what)]);
  expect(dataset.read(0).get(1, 3, 2, 4)).toBe(states[0].get(1, 2, 3, 4));
  dataset.close();
});

test("a NaN is refused", async () => {
  const what = contents();
  const [, state] = what.states as ReturnType<typeof ndarray<Float32Array>>[];
  state.set(2, 1, 1, 4, NaN);
  const path = folder("nan.hdf5");
  await expect(write("nan.hdf5", what)).rejects.toThrow(
    `${path}: expected finite values, found NaN in trajectory 1, state 2`,
  );
  expect(existsSync(path)).toBe(false);
});

test("contents that are not what they announce", async () => {
  const what = contents();
  const states = what.states as ReturnType<typeof ndarray<Float32Array>>[];
  const fails = (part: Partial<WellContents>) => expect(write("refused.hdf5", {...what, ...part})).rejects;
  await fails({trajectories: 4}).toThrow("expected 4 trajectories, found 3");
  await fails({trajectories: 2}).toThrow("expected 2 trajectories, found more");
  await fails({trajectories: 0}).toThrow("expected at least one trajectory, found 0");
  await fails({boundary: [[1, 1]]}).toThrow("expected boundary codes of 2 axes, found 1");
  await fails({fields: [...systemOf("euler").fields].reverse()}).toThrow("expected scalar fields before vectors");
  await fails({states: states.map((s) => s.hi(3))}).toThrow(
    "expected trajectory 0 of shape [4,5,4,5], found [3,5,4,5]",
  );
});
