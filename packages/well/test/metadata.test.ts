import {readFileSync, writeFileSync} from "node:fs";
import {list, scalar, writeHdf5} from "../src/hdf5-writer";
import {wellTree} from "../src/layout";
import type {BoundaryCodes} from "@lola-ts/core";
import {openWell, WellError} from "../src/well-dataset";
import type {WellContents} from "../src/writer";
import {temporaryFolder} from "../../../test/folder";
import {check} from "./checker";
import {contents, writeBroken, writeContents, type Tree} from "./wells";

const folder = temporaryFolder();
const write = (name: string, what?: WellContents) => writeContents(folder(name), what);

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

test("states that a file leaves out are known, if it says so", async () => {
  const path = await write("strided.hdf5", {...contents(), frameStride: 4});
  expect(await check(path)).toEqual([]);
  const plain = await write("plain.hdf5");
  await expect(openWell([path, plain])).rejects.toThrow(`/@frame_stride: expected 4 as in ${path}, found 1`);
  const half = await writeBroken(
    folder("half.hdf5"),
    (t: Tree) => (t.attributes.frame_stride = scalar("float64", 0.5)),
  );
  await expect(openWell([half])).rejects.toThrow("/@frame_stride: expected a positive integer, found 0.5");
});

test("a number that is NaN, and a text without end, are told as such", async () => {
  const nan = await writeBroken(folder("nan.hdf5"), (t) => (t.attributes.n_trajectories = scalar("float64", NaN)));
  await expect(openWell([nan])).rejects.toThrow("/@n_trajectories: expected an integer, found NaN.");
  const endless = await writeBroken(folder("endless.hdf5"), () => undefined);
  const bytes = readFileSync(endless);
  bytes.fill(0xff, bytes.indexOf("GCOL") + 24, bytes.indexOf("GCOL") + 32); // the length of its first text
  writeFileSync(endless, bytes);
  await expect(openWell([endless])).rejects.toThrow("a heap of texts with one of too many bytes");
});

describe("a file that breaks a rule of The Well's checker is found by it, and by the reader where it matters", () => {
  const wrongFlag = {type: "int64", shape: [], values: [0]};
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
      "/t0_fields/density@dim_varying: expected true or false for each of x, y, found [true]",
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
      '/boundary_conditions/x_periodic@associated_dims: expected names among ["x","y"], found ["z"]',
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
      "/boundary_conditions/x_periodic/mask: expected the shape [5] of x, found [9]",
    ],
  ];

  test.each(cases)("rule %i: %s", async (rule, _, damage, sentence) => {
    const path = await writeBroken(folder(`rule-${rule}.hdf5`), damage);
    const found = await check(path);
    expect(found.filter((broken) => broken.startsWith(`${rule}:`))).not.toEqual([]);
    if (sentence) await expect(openWell([path])).rejects.toThrow(sentence);
    else (await openWell([path])).close();
  });

  test("the same tree without damage breaks none", async () => {
    expect(await check(await writeBroken(folder("whole.hdf5"), () => {}))).toEqual([]);
  });
});

test("an error names file, dataset, place, the expected and the found value", async () => {
  const path = await writeBroken(
    folder("shape.hdf5"),
    (t) => (t.groups.t0_fields.datasets.density.shape = [3, 9, 5, 4]),
  );
  const error = await openWell([path]).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(WellError);
  expect((error as Error).message).toBe(
    `${path} (dataset euler_multi_quadrants_periodicBC): /t0_fields/density: expected the shape [3,4,5,4], found [3,9,5,4].`,
  );
});

describe("what was believed silently is refused in a sentence", () => {
  const fields = (names: string[]) => (t: Tree) => (t.groups.t0_fields.attributes.field_names = list("string", names));
  const x = (t: Tree) => t.groups.boundary_conditions.groups.x_periodic;
  const values = (name: string, at: number, value: number) => (t: Tree) => {
    const set = t.groups.dimensions.datasets[name];
    set.values = Array.from(set.values as ArrayLike<number>, (one, i) => (i === at ? value : one));
  };
  const cases: [string, (t: Tree) => void, string][] = [
    [
      "a field three times",
      fields(["energy", "energy", "energy"]),
      't0_fields@field_names: expected names of objects, each once, found "energy"',
    ],
    ["__proto__", fields(["energy", "__proto__"]), 'each once, found "__proto__"'],
    ["a path", fields(["../scalars/gamma"]), 'each once, found "../scalars/gamma"'],
    [
      "no trajectories",
      (t) => (t.attributes.n_trajectories = scalar("int64", 0)),
      "an integer from 1 to 1000000, found 0",
    ],
    ["a time that is NaN", values("time", 1, NaN), "/dimensions/time: expected finite times, found NaN"],
    [
      "a time that decreases",
      values("time", 2, 0),
      "/dimensions/time: expected times that do not decrease, found 0 after",
    ],
    ["a coordinate that is NaN", values("x", 3, NaN), "/dimensions/x: expected finite coordinates, found NaN"],
    [
      "a grid with flipped bytes",
      (t) => (t.attributes.grid_type = scalar("string", "cart\x85sian")),
      "/@grid_type: expected the name of a kind of grid, found",
    ],
    [
      "a mask of NaN",
      (t) => (x(t).datasets.mask = {type: "float32", shape: [5], values: [NaN, 0, 0, 0, NaN]}),
      "/boundary_conditions/x_periodic/mask: expected true or false, found NaN",
    ],
    [
      "no mask",
      (t) => delete x(t).datasets.mask,
      "/boundary_conditions/x_periodic/mask: expected a dataset, found none",
    ],
    [
      "flags that are none",
      (t) => (t.groups.t0_fields.datasets.density.attributes.dim_varying = list("float64", [NaN, 7])),
      "/t0_fields/density@dim_varying: expected true or false for each of x, y",
    ],
  ];

  test.each(cases)("%s", async (name, damage, sentence) => {
    const path = await writeBroken(folder(`${name.replace(/\W/g, "-")}.hdf5`), damage);
    await expect(openWell([path])).rejects.toThrow(sentence);
  });
});

describe("what may be but is odd is reported", () => {
  const cases: [string, (t: Tree) => void, string][] = [
    [
      "a grid of an unknown kind",
      (t) => (t.attributes.grid_type = scalar("string", "bartesian")),
      "/@grid_type: expected one of cartesian, cylindrical, equiangular, log_spherical, polar, spherical, found bartesian",
    ],
    [
      "no condition",
      (t) => delete t.groups.boundary_conditions.groups.y_periodic,
      "/boundary_conditions: expected a condition along y, found none: its ends count as open",
    ],
    [
      "a mask that is false",
      (t) => (t.groups.boundary_conditions.groups.x_periodic.datasets.mask.values = Array(5).fill(false)),
      "/boundary_conditions/x_periodic/mask: expected cells at an end of an axis, found none",
    ],
    [
      "a field that is not listed",
      (t) => (t.groups.t0_fields.attributes.field_names = list("string", ["energy"])),
      "/t0_fields: expected the members that field_names lists, found also density, pressure",
    ],
  ];

  test.each(cases)("%s", async (name, damage, sentence) => {
    const path = await writeBroken(folder(`${name.replace(/\W/g, "-")}.hdf5`), damage);
    const dataset = await openWell([path]);
    expect(dataset.checks).toEqual([`${path}: ${sentence}`]);
    dataset.close();
  });

  test("axes in another order on a square grid", async () => {
    const what = contents();
    const [first] = what.axes;
    const square = {
      ...what,
      axes: [
        {...first, name: "y"},
        {...first, name: "x"},
      ],
      states: [],
    };
    const path = folder("axes.hdf5");
    await writeHdf5(path, wellTree(square));
    const dataset = await openWell([path]);
    expect(dataset.checks).toEqual([`${path}: /dimensions@spatial_dims: expected the axes x, y, found y, x`]);
    dataset.close();
  });

  test("a sound file has nothing to report", async () => {
    const dataset = await openWell([await write("sound.hdf5")]);
    expect(dataset.checks).toEqual([]);
    dataset.close();
  });
});
