import {copyFileSync, statSync, truncateSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import ndarray from "ndarray";
import {list, scalar, writeHdf5} from "../src/hdf5-writer";
import {systemOf} from "@lola-ts/simulators";
import {openWell, writeWell, type WellContents} from "../src/well-dataset";
import {wellTree} from "../src/layout";
import {temporaryFolder} from "../../../test/folder";
import {check} from "./checker";
import {contents, line, writeBroken, writeContents} from "./wells";

const folder = temporaryFolder();
const write = (name: string, what?: WellContents) => writeContents(folder(name), what);
const euler = systemOf("euler");
const convection = systemOf("rayleigh-benard");
const cooling = systemOf("gravity-cooling");

describe.each([
  ["open Euler", euler, 0, [1, 1, 1, 1], [Math.fround(1.22), 1, 1, 1, 1]],
  ["periodic Euler", euler, 1, [2, 2, 2, 2], [Math.fround(1.22), 2, 2, 2, 2]],
  ["convection", convection, 0, [2, 2, 0, 0], [Math.log(1e7), Math.log(0.2), 2, 2, 0, 0].map(Math.fround)],
  ["gravity", cooling, 0, [1, 1, 1, 1, 1, 1], [Math.log(4.45), 0.1, 100, 1, 1, 1, 1, 1, 1].map(Math.fround)],
])("%s", (name, system, variant, boundary, label) => {
  const what = contents(system, {variant});
  const states = what.states as ReturnType<typeof ndarray<Float32Array>>[];

  test("what was written is read back to the bit, with its label and boundary", async () => {
    const path = await write(`${name}.hdf5`, what);
    expect(await check(path)).toEqual([]);

    const dataset = await openWell([path], {system});
    expect(dataset.length).toBe(3);
    expect(dataset.channels).toEqual(system.channels);
    expect(dataset.grid).toEqual(what.axes.map((axis) => axis.coordinates.length));
    expect(dataset.trajectories[1]).toMatchObject({path, index: 1, frames: 4, dataset: what.dataset});
    expect(dataset.trajectories[1].boundary.flat()).toEqual(boundary);
    expect([...dataset.label(1)]).toEqual(label);
    expect([...dataset.times(2)]).toEqual([...(what.times as number[])].map(Math.fround));
    expect(dataset.coordinates("y")).toEqual(what.axes[1].coordinates);
    states.forEach((state, i) => {
      const read = dataset.read(i);
      expect(read.shape).toEqual(state.shape);
      expect(read.data).toEqual(state.data);
    });
    dataset.close();
  });

  test("a window holds its states only", async () => {
    const dataset = await openWell([await write(`${name}.hdf5`, what)]);
    const window = dataset.read(2, {start: 1, stride: 2, length: 2});
    const size = states[2].data.length / 4;
    expect(window.shape[0]).toBe(2);
    expect(window.data).toEqual(
      Float32Array.from([...states[2].data.slice(size, 2 * size), ...states[2].data.slice(3 * size)]),
    );
    expect(dataset.read(2, {start: 1, stride: 2}).shape[0]).toBe(2);
    expect(dataset.read(2, {stride: 4}).shape[0]).toBe(1);
    const all = dataset.readAll({start: 1, stride: 2});
    expect(all.shape).toEqual([3, 2, ...states[2].shape.slice(1)]);
    expect(all.data.slice(4 * size)).toEqual(window.data);
    dataset.close();
  });
});

test("trajectories of different lengths are read one by one, not together", async () => {
  const paths = [await write("long.hdf5"), await write("short.hdf5", contents(euler, {frames: 3}))];
  const dataset = await openWell(paths);
  expect(dataset.read(3).shape[0]).toBe(3);
  expect(() => dataset.readAll()).toThrow("trajectory 3: expected 4 states, found 3");
  expect(dataset.readAll({length: 3}).shape[0]).toBe(6);
  const doubled = dataset.readAll({length: 3}, ({data, shape}) =>
    ndarray(
      data.map((value) => 2 * value),
      shape,
    ),
  );
  expect(doubled.data).toEqual(dataset.readAll({length: 3}).data.map((value) => 2 * value));
  dataset.close();
});

test("several datasets are joined in the order of their names", async () => {
  const root = folder("joined");
  for (const [variant, name] of euler.folders.entries()) {
    await writeWell(join(root, name, "data/train", "gamma_1.4.hdf5"), contents(euler, {variant, seed: variant}));
  }
  const dataset = await openWell(root, {datasets: euler.folders, split: "train", system: euler});
  expect(dataset.trajectories.map((t) => t.dataset)).toEqual(euler.folders.flatMap((name) => [name, name, name]));
  expect(dataset.label(0)[1]).toBe(1);
  expect(dataset.label(5)[1]).toBe(2);
  expect(dataset.read(4).data).toEqual(
    (contents(euler, {variant: 1, seed: 1}).states as {data: Float32Array}[])[1].data,
  );
  dataset.close();
});

describe("bad data are named in one sentence", () => {
  test("renamed fields, when a system is expected", async () => {
    const path = await write("renamed.hdf5", {
      ...contents(),
      fields: euler.fields.map((field) => (field.name === "density" ? {name: "rho", order: 0} : field)),
    });
    await expect(openWell([path], {system: euler})).rejects.toThrow(
      "fields: expected t0/energy, t0/density, t0/pressure, t1/momentum of system euler, found t0/energy, t0/rho, t0/",
    );
    await expect(openWell([path], {system: convection})).rejects.toThrow("expected Rayleigh, Prandtl of system");
    await expect(openWell([path], {system: cooling})).rejects.toThrow("axes: expected x, y, z of system");
  });

  test("files that do not go together", async () => {
    const first = await write("together/a.hdf5");
    const other = await write("together/b.hdf5", {...contents(), dataset: "another"});
    await expect(openWell([first, other])).rejects.toThrow(
      `/@dataset_name: expected "euler_multi_quadrants_periodicBC" as in ${first}, found "another"`,
    );
    const convected = await write("elsewhere/c.hdf5", contents(convection));
    await expect(openWell([first, convected])).rejects.toThrow(
      /c\.hdf5 .*fields: expected .*"t0\/energy".* as in .*a\.hdf5/,
    );
  });

  test("missing, foreign and truncated files; the others remain usable if the user says so", async () => {
    const root = folder("broken", "train");
    const good = await write("broken/train/a.hdf5");
    copyFileSync(good, join(root, "b.hdf5"));
    truncateSync(join(root, "b.hdf5"), 5000);
    writeFileSync(join(root, "c.hdf5"), "not HDF5");
    await expect(openWell(folder("broken"), {split: "train"})).rejects.toThrow(/b\.hdf5: the file is truncated/);
    const dataset = await openWell(folder("broken"), {split: "train", broken: "skip", system: euler});
    expect(dataset.length).toBe(3);
    expect(dataset.skipped).toHaveLength(2);
    expect(dataset.skipped[1]).toMatch(/c\.hdf5: expected an HDF5 file, found 8 bytes/);
    dataset.close();
    await expect(openWell([join(root, "c.hdf5")], {broken: "skip"})).rejects.toThrow(
      "expected a usable file, found none",
    );
    await expect(openWell(folder("nowhere"))).rejects.toThrow("nowhere: expected a folder of data, found none");
  });

  test("a file that does not go with the others is left out if the user says so", async () => {
    const [good, other] = [await write("mixed/a.hdf5"), await write("mixed/d.hdf5")];
    const renamed = await writeBroken(folder("mixed/b.hdf5"), (tree) => {
      const {datasets, attributes} = tree.groups.t0_fields;
      attributes.field_names = list("string", ["energy", "rho", "pressure"]);
      datasets.rho = datasets.density;
    });
    const dataset = await openWell(folder("mixed"), {broken: "skip"});
    expect(dataset.files.map(({path}) => path)).toEqual([good, other]);
    expect(dataset.skipped[0]).toMatch(`${renamed} (dataset euler_multi_quadrants_periodicBC): fields: expected [`);
    expect(dataset.read(5).shape).toEqual([4, 5, 4, 5]);
    dataset.close();
    await expect(openWell(folder("mixed"))).rejects.toThrow("b.hdf5");
  });

  test("windows and trajectories outside", async () => {
    const dataset = await openWell([await write("outside.hdf5")]);
    expect(() => dataset.read(0, {start: 2, length: 2, stride: 2})).toThrow(
      "trajectory 0: expected a window inside its 4 states, found 2 states from 2 by 2",
    );
    expect(() => dataset.read(3)).toThrow("trajectory: expected an index from 0 to 2, found 3");
    dataset.close();
  });
});

test("fields are chosen by name, whatever their order in the file", async () => {
  const what = contents();
  const path = await write("chosen.hdf5", what);
  const dataset = await openWell([path], {fields: ["momentum", "density"]});
  expect(dataset.channels).toEqual(["momentum_x", "momentum_y", "density"]);
  const [state] = what.states as {get(...index: number[]): number}[];
  const read = dataset.read(0, {start: 2});
  expect([0, 1, 2].map((c) => read.get(1, 3, 2, c))).toEqual([3, 4, 1].map((c) => state.get(3, 3, 2, c)));
  dataset.close();
  await expect(openWell([path], {fields: ["vorticity"]})).rejects.toThrow(
    "fields: expected vorticity, found energy, density, pressure, momentum",
  );
});

test("files may store the same field in different ways", async () => {
  const usual = await write("ways/a.hdf5");
  const shared = await writeBroken(
    folder("ways/b.hdf5"),
    ({groups: {t0_fields}}) => {
      Object.assign(t0_fields.datasets.density, {shape: [4, 4]});
      t0_fields.datasets.density.attributes.sample_varying = scalar("bool", false);
      t0_fields.datasets.density.attributes.dim_varying = list("bool", [false, true]);
    },
    (write) =>
      write(
        "/t0_fields/density",
        0,
        Float32Array.from({length: 16}, (_, i) => i),
      ),
  );
  const dataset = await openWell([usual, shared]);
  expect(dataset.read(5).get(2, 4, 3, 1)).toBe(11);
  expect(dataset.read(1).data).toEqual((contents().states as {data: Float32Array}[])[1].data);
  dataset.close();
});

test("a window of a file of 100 GB costs that window", async () => {
  const frames = 130_000;
  const n = 256;
  const base = contents();
  const path = folder("large.hdf5");
  const tree = wellTree({
    ...base,
    axes: base.axes.map(({name}) => ({name, coordinates: line(n, 1)})),
    times: Float32Array.from({length: frames}, (_, i) => i),
    fields: [
      {name: "density", order: 0},
      {name: "momentum", order: 1},
    ],
    trajectories: 1,
  });
  const ramp = Float32Array.from({length: 2 * n * n}, (_, i) => i);
  // all that is not written takes no room on the disk
  await writeHdf5(path, tree, (write) => write("/t1_fields/momentum", (frames - 2) * 2 * n * n, ramp));
  expect(statSync(path).size).toBeGreaterThan(100e9);
  const before = process.memoryUsage().rss;
  const dataset = await openWell([path]);
  const window = dataset.read(0, {start: frames - 4, stride: 2});
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  expect(window.shape).toEqual([2, n, n, 3]);
  expect(window.get(1, 3, 5, 2)).toBe(2 * (3 * n + 5) + 1);
  expect(window.get(0, 3, 5, 2)).toBe(0);
  dataset.close();
});
