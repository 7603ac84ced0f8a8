import type ndarray from "ndarray";
import {list, scalar, writeHdf5} from "../src/hdf5-writer";
import {openWell} from "../src/well-dataset";
import {WellFile} from "../src/file";
import {wellTree} from "../src/layout";
import {temporaryFolder} from "../../../test/folder";
import {contents, line, writeBroken, writeContents, type Tree} from "./wells";

const folder = temporaryFolder();

test("a field's states are read with any stride", async () => {
  const what = contents();
  const states = what.states as ReturnType<typeof ndarray<Float32Array>>[];
  const file = await WellFile.open(await writeContents(folder("whole.hdf5"), what));
  const [, density, , momentum] = file.metadata.fields;
  const cells = [0, 1, 2, 3, 4].flatMap((x) => [0, 1, 2, 3].map((y) => [x, y] as const));
  const expected = (channels: number[]) =>
    [1, 3].flatMap((t) => cells.flatMap(([x, y]) => channels.map((c) => states[2].get(t, x, y, c))));
  expect([...file.read(density, 2, 1, 2, 2)]).toEqual(expected([1]));
  expect([...file.read(momentum, 2, 1, 2, 2)]).toEqual(expected([3, 4]));
  file.close();
});

test("scalars, times and coordinates may differ from trajectory to trajectory, and fields may be shared", async () => {
  const varying = {sample_varying: scalar("bool", true)};
  const path = await writeBroken(
    folder("varying.hdf5"),
    ({groups: {scalars, dimensions, t0_fields}}: Tree) => {
      Object.assign(scalars.datasets.gamma, {shape: [3], values: [1.1, 1.2, 1.3]});
      Object.assign(scalars.datasets.gamma.attributes, varying);
      Object.assign(dimensions.datasets.time, {shape: [3, 4], values: Array.from({length: 12}, (_, i) => i)});
      Object.assign(dimensions.datasets.time.attributes, varying);
      t0_fields.datasets.density.shape = [4, 5, 4];
      t0_fields.datasets.density.attributes.sample_varying = scalar("bool", false);
    },
    (write) =>
      write(
        "/t0_fields/density",
        0,
        Float32Array.from({length: 80}, (_, i) => i),
      ),
  );
  const file = await WellFile.open(path);
  expect([0, 1, 2].map((n) => file.scalars(n).gamma)).toEqual([1.1, 1.2, 1.3].map(Math.fround));
  expect([...file.dimension("time", 1)]).toEqual([4, 5, 6, 7]);
  expect(file.dimension("x", 2)).toEqual(contents().axes[0].coordinates);
  const density = file.metadata.fields.find(({name}) => name === "density")!;
  for (const n of [0, 2]) expect(file.read(density, n, 3, 1, 1)[19]).toBe(79);
  file.close();
});

test("fields and scalars that are constant in time are distinguished, and both are read", async () => {
  const file = await WellFile.open(
    await writeBroken(
      folder("constant.hdf5"),
      ({groups: {t0_fields, scalars}}: Tree) => {
        Object.assign(t0_fields.datasets.energy, {shape: [3, 5, 4]});
        t0_fields.datasets.energy.attributes.time_varying = scalar("bool", false);
        scalars.attributes.field_names = list("string", ["gamma", "drive", "each"]);
        const flags = (sample: boolean) => ({
          sample_varying: scalar("bool", sample),
          time_varying: scalar("bool", true),
        });
        scalars.datasets.drive = {type: "float32", shape: [4], values: [1, 2, 3, 4], attributes: flags(false)};
        const values = Array.from({length: 12}, (_, i) => i);
        scalars.datasets.each = {type: "float32", shape: [3, 4], values, attributes: flags(true)};
      },
      (write) =>
        write(
          "/t0_fields/energy",
          0,
          Float32Array.from({length: 60}, (_, i) => i),
        ),
    ),
  );
  const {fields, constantFields, scalars, variableScalars} = file.metadata;
  const names = (list: readonly {name: string}[]) => list.map(({name}) => name);
  expect(names(fields)).toEqual(["density", "pressure", "momentum"]);
  expect(names(constantFields)).toEqual(["energy"]);
  expect(names(scalars)).toEqual(["gamma"]);
  expect(Object.keys(file.scalars(0))).toEqual(["gamma"]);
  expect(names(variableScalars)).toEqual(["drive", "each"]);
  expect([...file.readConstant(constantFields[0], 1)]).toEqual(Array.from({length: 20}, (_, i) => 20 + i));
  expect(variableScalars.map((one) => [...file.scalar(one, 2, 1, 2, 2)])).toEqual([
    [2, 4],
    [9, 11],
  ]);
  file.close();
});

test("values are repeated along the axes that a file does not store", async () => {
  const along = (x: boolean, y: boolean) => list("bool", [x, y]);
  const file = await WellFile.open(
    await writeBroken(
      folder("along.hdf5"),
      ({groups: {t0_fields, t1_fields}}: Tree) => {
        const {energy, density, pressure} = t0_fields.datasets;
        Object.assign(energy, {shape: [3, 4, 5]});
        energy.attributes.dim_varying = along(true, false);
        Object.assign(density, {shape: [4]});
        density.attributes.dim_varying = along(false, true);
        density.attributes.sample_varying = density.attributes.time_varying = scalar("bool", false);
        Object.assign(pressure, {shape: [3, 4]});
        pressure.attributes.dim_varying = along(false, false);
        Object.assign(t1_fields.datasets.momentum, {shape: [3, 4, 4, 2]});
        t1_fields.datasets.momentum.attributes.dim_varying = along(false, true);
      },
      (write) => {
        const count = (n: number) => Float32Array.from({length: n}, (_, i) => i);
        write("/t0_fields/energy", 0, count(60));
        write("/t0_fields/density", 0, count(4));
        write("/t0_fields/pressure", 0, count(12));
        write("/t1_fields/momentum", 0, count(96));
      },
    ),
  );
  const [energy, pressure, momentum] = file.metadata.fields;
  const cells = [0, 1, 2, 3, 4].flatMap((x) => [0, 1, 2, 3].map((y) => [x, y]));
  const at = (f: (x: number, y: number) => number | number[]) => cells.flatMap(([x, y]) => f(x, y));
  expect([...file.read(energy, 1, 1, 2, 2)]).toEqual([1, 3].flatMap((t) => at((x) => 20 + 5 * t + x)));
  expect([...file.read(pressure, 1, 1, 2, 2)]).toEqual([1, 3].flatMap((t) => at(() => 4 + t)));
  expect([...file.read(momentum, 2, 1, 1, 1)]).toEqual(at((_, y) => [0, 1].map((c) => 64 + 8 + 2 * y + c)));
  expect([...file.readConstant(file.metadata.constantFields[0], 2)]).toEqual(at((_, y) => y));
  file.close();
});

test("a field larger than what is read at once comes in pieces that fit together", async () => {
  const frames = 40;
  const n = 512;
  const path = folder("pieces.hdf5");
  const base = contents();
  const tree = wellTree({
    ...base,
    axes: base.axes.map(({name}) => ({name, coordinates: line(n, 1)})),
    times: Array.from({length: frames}, (_, i) => i),
    trajectories: 1,
  });
  await writeHdf5(path, tree, (write) => {
    for (const frame of [0, 31, 32, 39]) write("/t0_fields/density", frame * n * n + 7, Float32Array.of(frame + 1));
  });
  const file = await WellFile.open(path);
  const density = file.metadata.fields.find(({name}) => name === "density")!;
  const all = file.read(density, 0, 0, frames, 1);
  expect([0, 31, 32, 39, 33].map((frame) => all[frame * n * n + 7])).toEqual([1, 32, 33, 40, 0]);
  file.close();
});

test("a NaN is named with its place", async () => {
  const path = await writeBroken(
    folder("nan.hdf5"),
    () => {},
    (write) => write("/t1_fields/momentum", 160 + 2 * 40 + 1, Float32Array.of(NaN)),
  );
  const dataset = await openWell([path]);
  expect(() => dataset.read(1, {start: 1, length: 3})).toThrow(
    "periodicBC): /t1_fields/momentum, trajectory 1, state 2: expected finite values, found NaN",
  );
  expect(dataset.read(0).shape).toEqual([4, 5, 4, 5]);
  dataset.close();
});

test("boundaries of each trajectory, boundaries that change with time, and corners", async () => {
  const file = await WellFile.open(
    await writeBroken(folder("boundaries.hdf5"), ({groups: {boundary_conditions}}: Tree) => {
      const {x_periodic, y_periodic} = boundary_conditions.groups;
      x_periodic.attributes.sample_varying = scalar("bool", true);
      const ends = (low: boolean, high: boolean) => [low, false, false, false, high];
      const values = [...ends(true, true), ...ends(true, false), ...ends(false, false)];
      x_periodic.datasets.mask = {type: "bool", shape: [3, 5], values};
      y_periodic.attributes.time_varying = scalar("bool", true);
      const onlyAtTheEnd = [...new Array<boolean>(12).fill(false), true, false, false, false];
      y_periodic.datasets.mask = {type: "bool", shape: [4, 4], values: onlyAtTheEnd};
      const corner = Array.from({length: 20}, (_, i) => i % 4 === 3 || i === 0); // all of the upper y, one cell more
      boundary_conditions.groups.xy_wall = {
        attributes: {
          ...y_periodic.attributes,
          bc_type: scalar("string", "wall"),
          associated_dims: list("string", ["x", "y"]),
          time_varying: scalar("bool", false),
        },
        datasets: {mask: {type: "bool", shape: [5, 4], values: corner}},
      };
    }),
  );
  expect(file.metadata.boundaries).toEqual([
    [
      [2, 2],
      [2, 0],
    ],
    [
      [2, 1],
      [2, 0],
    ],
    [
      [1, 1],
      [2, 0],
    ],
  ]);
  file.close();
});

test("negative densities and pressures of a gas are counted with their places", async () => {
  const path = await writeBroken(
    folder("negative.hdf5"),
    () => {},
    (write) => {
      write("/t0_fields/density", 80 + 2 * 20 + 3, Float32Array.of(-0.5, -1));
      write("/t0_fields/density", 160 + 5, Float32Array.of(-2));
      write("/t0_fields/energy", 0, Float32Array.of(-3));
    },
  );
  const dataset = await openWell([path]);
  for (let trajectory = 0; trajectory < dataset.length; trajectory++) dataset.read(trajectory);
  const found = "found 3 below in 2 states read, the first -0.5 in trajectory 1, state 2";
  expect(dataset.checks).toEqual([`${path}: /t0_fields/density: expected values of at least 0, ${found}`]);
  dataset.read(1);
  expect(dataset.checks[0]).toContain(found); // each state counts once
  dataset.close();
});
