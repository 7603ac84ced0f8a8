import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {Hdf5File} from "../src/hdf5";
import {scalar, writeHdf5} from "../src/hdf5-writer";
import {temporaryFolder} from "../../../test/folder";
import {cube, writeSample} from "./sample";

const folder = temporaryFolder();

test("what the writer writes, the HDF5 library reads", async () => {
  const file = await Hdf5File.open(await writeSample(folder("all.h5")));
  const root = (name: string) => file.attribute("/", name);

  expect(root("name")).toBe("Rayleigh-Bénard");
  expect(root("size")).toBe(2 ** 40);
  expect(root("ratio")).toBe(0.1);
  expect(root("flag")).toBe(true);
  expect(root("flags")).toEqual([true, false, true]);
  expect(root("names")).toEqual(["x", "", "Bénard"]);
  expect(root("nothing")).toEqual([]);
  expect(root("absent")).toBeUndefined();

  expect(file.keys("/")).toEqual(["alpha", "zeta"]);
  expect(file.keys("/zeta")).toEqual([]);
  expect(file.kind("/alpha")).toBe("group");
  expect(file.kind("/alpha/cube")).toBe("dataset");
  expect(file.kind("/beta")).toBeUndefined();
  expect(file.kind("/beta/cube")).toBeUndefined();
  expect(file.attribute("/alpha/cube", "varying")).toBe(false);
  expect(file.shape("/alpha/cube")).toEqual([4, 6, 100]);
  expect(file.read("/alpha/cube")).toEqual(cube);
  expect(file.shape("/alpha/point")).toEqual([]);
  expect([...file.read("/alpha/point")]).toEqual([1.5]);
  expect([...file.read("/alpha/mask")]).toEqual([1, 0, 1]);
  expect(file.shape("/alpha/empty")).toEqual([0, 2]);
  expect(file.read("/alpha/empty")).toHaveLength(0);
  file.close();
});

test("many attributes and members fit", async () => {
  const path = folder("many.h5");
  const names = Array.from({length: 300}, (_, i) => `name${String(i).padStart(3, "0")}`);
  await writeHdf5(path, {
    attributes: Object.fromEntries(names.map((name) => [name, scalar("string", `value of ${name}`)])),
    datasets: Object.fromEntries(names.map((name, i) => [name, {type: "float32", shape: [], values: [i]}])),
  });
  const file = await Hdf5File.open(path);
  expect(file.keys("/")).toEqual(names);
  expect(names.map((name) => file.attribute("/", name))).toEqual(names.map((name) => `value of ${name}`));
  expect(names.map((name) => file.read(`/${name}`)[0])).toEqual(names.map((_, i) => i));
  file.close();
});

test("the same contents give the same bytes", async () => {
  expect(readFileSync(await writeSample(folder("a.h5"))).equals(readFileSync(await writeSample(folder("b.h5"))))).toBe(
    true,
  );
});

test("an interrupted write leaves the old file, and no other", async () => {
  const path = await writeSample(folder("kept.h5"));
  const before = readFileSync(path);
  const files = readdirSync(folder());
  const root = {datasets: {x: {type: "float32", shape: [4]}}} as const;
  const failure = writeHdf5(path, root, () => Promise.reject(new Error("the simulator failed")));
  await expect(failure).rejects.toThrow("the simulator failed");
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder())).toEqual(files);
  await expect(writeHdf5(path, root, (write) => write("/x", 2, new Float32Array(3)))).rejects.toThrow(
    "3 values at 2 exceed /x [4]",
  );
  await expect(writeHdf5(join(path, "inside.h5"), {})).rejects.toThrow("a file is in the way");
});
