import {systemOf} from "@lola-ts/simulators";
import {WellFile} from "../src/file";
import {requireAlike, select} from "../src/selection";
import {temporaryFolder} from "../../../test/folder";
import {contents, writeContents} from "./wells";

const folder = temporaryFolder();
const euler = systemOf("euler");
const files: WellFile[] = [];

async function open(name: string, what = contents()): Promise<WellFile> {
  const file = await WellFile.open(await writeContents(folder(name), what));
  files.push(file);
  return file;
}

afterAll(() => files.forEach((file) => file.close()));

test("a system's fields and scalars are selected in its order", async () => {
  const {fields, scalars} = select(await open("system.hdf5"), {system: euler});
  expect(fields.map(({name}) => name)).toEqual(euler.fields.map(({name}) => name));
  expect(scalars).toEqual(euler.scalars.map(({name}) => name));
});

test("fields are selected by name, in the given order", async () => {
  const {fields} = select(await open("names.hdf5"), {fields: ["momentum", "density"]});
  expect(fields.map(({name}) => name)).toEqual(["momentum", "density"]);
});

test("what a file lacks is named", async () => {
  const file = await open("lacking.hdf5");
  expect(() => select(file, {fields: ["density", "vorticity"]})).toThrow(
    "fields: expected density, vorticity, found energy, density, pressure, momentum",
  );
  expect(() => select(file, {system: systemOf("rayleigh-benard")})).toThrow("of system rayleigh-benard, found");
});

test("files of one dataset must be alike; other trajectories and scalars of the same names are", async () => {
  const first = await open("first.hdf5");
  requireAlike(first, await open("more.hdf5", contents(euler, {trajectories: 2, frames: 5, seed: 1})), {});
  const other = await open("other.hdf5", {...contents(), gridType: "spherical"});
  expect(() => requireAlike(first, other, {})).toThrow(
    `/@grid_type: expected "cartesian" as in ${folder("first.hdf5")}, found "spherical"`,
  );
});
