import type ndarray from "ndarray";
import {list, scalar} from "../../lib/data/hdf5-writer";
import {openWell} from "../../lib/data/well";
import {WellFile} from "../../lib/data/well-file";
import {temporaryFolder} from "../folder";
import {contents, writeBroken, writeContents, type Tree} from "./wells";

const folder = temporaryFolder();

test("a field's states are read where they are, whatever the stride", async () => {
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

test("fields and scalars that are constant in time or space are told apart", async () => {
  const file = await WellFile.open(
    await writeBroken(folder("constant.hdf5"), ({groups: {t0_fields, scalars}}: Tree) => {
      Object.assign(t0_fields.datasets.energy, {shape: [3, 5, 4]});
      t0_fields.datasets.energy.attributes.time_varying = scalar("bool", false);
      scalars.attributes.field_names = list("string", ["gamma", "drive"]);
      const attributes = {sample_varying: scalar("bool", false), time_varying: scalar("bool", true)};
      scalars.datasets.drive = {type: "float32", shape: [4], values: [1, 2, 3, 4], attributes};
    }),
  );
  expect(file.metadata.fields.map(({name}) => name)).toEqual(["density", "pressure", "momentum"]);
  expect(file.metadata.scalars).toEqual(["gamma"]);
  expect(Object.keys(file.scalars(0))).toEqual(["gamma"]);
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
