import {copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import ndarray from "ndarray";
import {list, scalar, writeHdf5, type Hdf5GroupSpec} from "../../lib/data/hdf5-writer";
import {systemOf, type BoundaryCodes} from "../../lib/data/systems";
import {findWell, openWell, WellError, writeWell, type WellContents} from "../../lib/data/well";
import {wellTree} from "../../lib/data/well-writer";
import {Generator} from "../../lib/random";
import {check} from "./checker";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "well-"))));
afterAll(() => rmSync(folder, {recursive: true}));

const euler = systemOf("euler");
const convection = systemOf("rayleigh-benard");
const cooling = systemOf("gravity-cooling");
const line = (n: number, length: number) => Float32Array.from({length: n}, (_, i) => ((i + 0.5) / n) * length);

/** Random trajectories of a system on a small grid. */
function contents(system = euler, {variant = 1, trajectories = 3, frames = 4, seed = 0} = {}): WellContents {
  const grid = system.axes.map((_, axis) => 5 - axis);
  const shape = [frames, ...grid, system.channels.length];
  const generator = Generator.from("contents", seed);
  return {
    dataset: system.folders[variant] ?? system.folders[0],
    axes: system.axes.map((name, axis) => ({name, coordinates: line(grid[axis], system.extent[axis])})),
    times: Array.from({length: frames}, (_, i) => i * system.spacing),
    scalars: Object.fromEntries(system.scalars.map(({name, values}) => [name, values[1]])),
    fields: system.fields,
    boundary: system.boundaries[variant] ?? system.boundaries[0],
    trajectories,
    states: Array.from({length: trajectories}, () =>
      ndarray(
        Float32Array.from({length: shape.reduce((a, b) => a * b)}, () => generator.normal()),
        shape,
      ),
    ),
  };
}

async function write(name: string, what: WellContents = contents()): Promise<string> {
  const path = join(folder, name);
  await writeWell(path, what);
  return path;
}

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

test("mixed ends of an axis give their own code each", async () => {
  const boundary: BoundaryCodes = [
    [0, 1],
    [1, 2],
  ];
  const path = await write("mixed.hdf5", {...contents(), boundary});
  expect(await check(path)).toEqual([]);
  const dataset = await openWell([path]);
  expect(dataset.trajectories[0].boundary).toEqual(boundary);
  dataset.close();
});

test("trajectories of different lengths are read one by one, not together", async () => {
  const paths = [await write("long.hdf5"), await write("short.hdf5", contents(euler, {frames: 3}))];
  const dataset = await openWell(paths);
  expect(dataset.read(3).shape[0]).toBe(3);
  expect(() => dataset.readAll()).toThrow("trajectory 3: expected 4 states, found 3");
  expect(dataset.readAll({length: 3}).shape[0]).toBe(6);
  dataset.close();
});

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

describe("folders", () => {
  const layouts = ["test", "data/test", "datasets/NAME/test", "datasets/NAME/data/test", "NAME/data/test"];

  test.each(layouts)("%s", async (layout) => {
    const root = join(folder, "layout", layout.replaceAll("/", "-"));
    const [name] = euler.folders;
    const paths = ["b.hdf5", "a.h5"].map((file) => join(root, layout.replace("NAME", name), file));
    for (const path of paths) await writeWell(path, contents());
    writeFileSync(join(dirname(paths[0]), "notes.txt"), "");
    mkdirSync(join(dirname(paths[0]), "deeper"));
    const options = {split: "test", ...(layout.includes("NAME") ? {datasets: [name]} : {})} as const;
    expect(findWell(root, options)).toEqual([paths[1], paths[0]]);
    expect(findWell(root, {...options, include: ["a.h5"]})).toEqual([paths[1]]);
    expect(findWell(root, {...options, exclude: ["/a"]})).toEqual([paths[0]]);
    expect(() => findWell(root, {...options, include: ["c.h5"]})).toThrow("found none after filters took all 2 away");
    expect(() => findWell(root, {...options, split: "train"})).toThrow(`${root}: expected one of the folders`);
  });

  test("several datasets are joined in the order of their names", async () => {
    const root = join(folder, "joined");
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
});

/** A tree to break: every part of it may be changed or deleted. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Tree = any;

const thaw = (value: unknown): Tree =>
  Array.isArray(value)
    ? value.map(thaw)
    : value && typeof value === "object" && !ArrayBuffer.isView(value)
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, thaw(part)]))
      : value;

async function writeBroken(name: string, damage: (tree: Tree) => void): Promise<string> {
  const path = join(folder, name);
  const tree = thaw(wellTree(contents()));
  damage(tree);
  await writeHdf5(path, tree as Hdf5GroupSpec);
  return path;
}

describe("a file that breaks a rule of The Well's checker is found by it, and by the reader where it matters", () => {
  const wrongFlag = {type: "int64", shape: [], values: [1]};
  const cases: [number, string, (tree: Tree) => void, string | undefined][] = [
    [1, "no dataset_name", (t) => delete t.attributes.dataset_name, "/@dataset_name: expected a text, found nothing"],
    [
      2,
      "n_spatial_dims 2.5",
      (t) => (t.attributes.n_spatial_dims = scalar("float64", 2.5)),
      "expected an integer, found 2.5",
    ],
    [
      3,
      "no n_trajectories",
      (t) => delete t.attributes.n_trajectories,
      "/@n_trajectories: expected an integer, found nothing",
    ],
    [4, "grid_type 7", (t) => (t.attributes.grid_type = scalar("int64", 7)), "/@grid_type: expected a text, found 7"],
    [5, "a parameter without attribute", (t) => delete t.attributes.gamma, undefined],
    [6, "no dimensions", (t) => delete t.groups.dimensions, "/dimensions: expected a group, found none"],
    [7, "no time", (t) => delete t.groups.dimensions.datasets.time, "/dimensions/time: expected a dataset, found none"],
    [
      8,
      "three axes named",
      (t) => (t.groups.dimensions.attributes.spatial_dims = list("string", ["x", "y", "x"])),
      'expected 2 names, as n_spatial_dims says, found ["x","y","x"]',
    ],
    [9, "no y", (t) => delete t.groups.dimensions.datasets.y, "/dimensions/y: expected a dataset, found none"],
    [10, "no t2_fields", (t) => delete t.groups.t2_fields, "/t2_fields: expected a group, found none"],
    [
      11,
      "a field missing",
      (t) => delete t.groups.t0_fields.datasets.density,
      "/t0_fields/density: expected a dataset, found none",
    ],
    [
      12,
      "dim_varying too short",
      (t) => (t.groups.t0_fields.datasets.density.attributes.dim_varying = list("bool", [true])),
      "/t0_fields/density@dim_varying: expected true for each of the 2 axes, found [true]",
    ],
    [
      13,
      "a field of another shape",
      (t) => (t.groups.t1_fields.datasets.momentum.shape = [3, 4, 4, 5, 2]),
      "/t1_fields/momentum: expected the shape [3,4,5,4,2], found [3,4,4,5,2]",
    ],
    [
      14,
      "scalar names as a number",
      (t) => (t.groups.scalars.attributes.field_names = list("float64", [1])),
      "/scalars@field_names: expected a list of names, found [1]",
    ],
    [
      15,
      "a scalar of shape [1]",
      (t) => (t.groups.scalars.datasets.gamma.shape = [1]),
      "/scalars/gamma: expected the shape [], found [1]",
    ],
    [
      16,
      "no boundary_conditions",
      (t) => delete t.groups.boundary_conditions,
      "/boundary_conditions: expected a group, found none",
    ],
    [
      17,
      "a flag that is an integer",
      (t) => (t.groups.boundary_conditions.groups.x_periodic.attributes.time_varying = wrongFlag),
      undefined,
    ],
    [
      18,
      "an unknown boundary",
      (t) => (t.groups.boundary_conditions.groups.x_periodic.attributes.bc_type = scalar("string", "LEAKY")),
      '@bc_type: expected WALL, OPEN, PERIODIC, found "LEAKY"',
    ],
    [
      19,
      "no associated_fields",
      (t) => delete t.groups.boundary_conditions.groups.x_periodic.attributes.associated_fields,
      undefined,
    ],
    [
      20,
      "a boundary of an axis z",
      (t) => (t.groups.boundary_conditions.groups.x_periodic.attributes.associated_dims = list("string", ["z"])),
      "/boundary_conditions/x_periodic/mask: expected the shape",
    ],
    [
      21,
      "a mask of another size",
      (t) =>
        (t.groups.boundary_conditions.groups.x_periodic.datasets.mask = {
          type: "bool",
          shape: [9],
          values: Array(9).fill(true),
        }),
      "/boundary_conditions/x_periodic/mask: expected the shape [5] of its axes, found [9]",
    ],
  ];

  test.each(cases)("rule %i: %s", async (rule, _, damage, sentence) => {
    const path = await writeBroken(`rule-${rule}.hdf5`, damage);
    const found = await check(path);
    expect(found.filter((broken) => broken.startsWith(`${rule}:`))).not.toEqual([]);
    if (sentence) await expect(openWell([path])).rejects.toThrow(sentence);
    else (await openWell([path])).close();
  });

  test("the same tree without damage breaks none", async () => {
    expect(await check(await writeBroken("whole.hdf5", () => {}))).toEqual([]);
  });
});

describe("bad data are named in one sentence", () => {
  test("file, dataset, place, expected and found", async () => {
    const path = await writeBroken("shape.hdf5", (t) => (t.groups.t0_fields.datasets.density.shape = [3, 9, 5, 4]));
    const error = await openWell([path]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(WellError);
    expect((error as Error).message).toBe(
      `${path} (dataset euler_multi_quadrants_periodicBC): /t0_fields/density: expected the shape [3,4,5,4], found [3,9,5,4]`,
    );
  });

  test("a NaN, at writing and at reading", async () => {
    const what = contents();
    const [, state] = what.states as ReturnType<typeof ndarray<Float32Array>>[];
    state.set(2, 1, 1, 4, NaN);
    const path = join(folder, "nan.hdf5");
    await expect(writeWell(path, what)).rejects.toThrow(
      `${path}: expected finite values, found NaN in trajectory 1, state 2`,
    );
    await writeHdf5(path, wellTree(what), (fill) =>
      fill("/t1_fields/momentum", 160 + 2 * 40 + 1, Float32Array.of(NaN)),
    );
    const dataset = await openWell([path]);
    expect(() => dataset.read(1, {start: 1, length: 3})).toThrow(
      "periodicBC): /t1_fields/momentum, trajectory 1, state 2: expected finite values, found NaN",
    );
    expect(dataset.read(0).shape).toEqual([4, 5, 4, 5]);
    dataset.close();
  });

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
    const root = join(folder, "broken", "train");
    const good = await write("broken/train/a.hdf5");
    copyFileSync(good, join(root, "b.hdf5"));
    truncateSync(join(root, "b.hdf5"), 5000);
    writeFileSync(join(root, "c.hdf5"), "not HDF5");
    await expect(openWell(join(folder, "broken"), {split: "train"})).rejects.toThrow(/b\.hdf5: the file is truncated/);
    const dataset = await openWell(join(folder, "broken"), {split: "train", broken: "skip", system: euler});
    expect(dataset.length).toBe(3);
    expect(dataset.skipped).toHaveLength(2);
    expect(dataset.skipped[1]).toMatch(/c\.hdf5: expected an HDF5 file, found 8 bytes/);
    dataset.close();
    await expect(openWell([join(root, "c.hdf5")], {broken: "skip"})).rejects.toThrow(
      "expected a usable file, found none",
    );
    await expect(openWell(join(folder, "nowhere"))).rejects.toThrow("nowhere: expected a folder of data, found none");
  });

  test("windows and trajectories outside", async () => {
    const dataset = await openWell([await write("outside.hdf5")]);
    expect(() => dataset.read(0, {start: 2, length: 2, stride: 2})).toThrow(
      "trajectory 0: expected a window inside its 4 states, found 2 states from 2 by 2",
    );
    expect(() => dataset.read(3)).toThrow("trajectory: expected an index from 0 to 2, found 3");
    dataset.close();
  });

  test("contents that are not what they announce", async () => {
    const what = contents();
    const states = what.states as ReturnType<typeof ndarray<Float32Array>>[];
    const fails = (part: Partial<WellContents>) => expect(write("refused.hdf5", {...what, ...part})).rejects;
    await fails({trajectories: 4}).toThrow("expected 4 trajectories, found 3");
    await fails({trajectories: 2}).toThrow("expected 2 trajectories, found more");
    await fails({trajectories: 0}).toThrow("expected at least one trajectory, found 0");
    await fails({boundary: [[1, 1]]}).toThrow("expected boundary codes of 2 axes, found 1");
    await fails({fields: [...euler.fields].reverse()}).toThrow("expected scalar fields before vectors");
    await fails({states: states.map((s) => s.hi(3))}).toThrow(
      "expected trajectory 0 of shape [4,5,4,5], found [3,5,4,5]",
    );
  });
});
