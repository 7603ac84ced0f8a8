import {mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {Hdf5File} from "../../lib/data/hdf5";
import {list, scalar, writeHdf5} from "../../lib/data/hdf5-writer";
import {lookup3} from "../../lib/data/lookup3";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "hdf5-"))));
afterAll(() => rmSync(folder, {recursive: true}));

const cube = Float32Array.from({length: 24 * 100}, (_, i) => Math.sin(i));

async function sample(name: string): Promise<string> {
  const path = join(folder, name);
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

test("what the writer writes, the HDF5 library reads", async () => {
  const file = await Hdf5File.open(await sample("all.h5"));
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

test("a slice holds every step-th element of each range", async () => {
  const file = await Hdf5File.open(await sample("slice.h5"));
  const block = file.read("/alpha/cube", [
    [1, 4, 2],
    [2, 4],
    [10, 90, 30],
  ]);
  const expected = [1, 3].flatMap((i) => [2, 3].flatMap((j) => [10, 40, 70].map((k) => cube[600 * i + 100 * j + k])));
  expect([...block]).toEqual(expected);
  file.close();
});

test("many attributes and members fit", async () => {
  const path = join(folder, "many.h5");
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
  expect(readFileSync(await sample("a.h5")).equals(readFileSync(await sample("b.h5")))).toBe(true);
});

test("an interrupted write leaves the old file, and no other", async () => {
  const path = await sample("kept.h5");
  const before = readFileSync(path);
  const files = readdirSync(folder);
  const root = {datasets: {x: {type: "float32", shape: [4]}}} as const;
  const failure = writeHdf5(path, root, () => Promise.reject(new Error("the simulator failed")));
  await expect(failure).rejects.toThrow("the simulator failed");
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(files);
  await expect(writeHdf5(path, root, (write) => write("/x", 2, new Float32Array(3)))).rejects.toThrow(
    "3 values at 2 exceed /x [4]",
  );
  await expect(writeHdf5(join(path, "inside.h5"), {})).rejects.toThrow("a file is in the way");
});

describe("bad files are named in one sentence", () => {
  test("missing, folder, foreign, empty", async () => {
    const path = join(folder, "bad.h5");
    await expect(Hdf5File.open(path)).rejects.toThrow(`${path}: expected an HDF5 file, found no file of this name`);
    await expect(Hdf5File.open(folder)).rejects.toThrow(`${folder}: expected an HDF5 file, found a folder`);
    writeFileSync(path, "x,y\n".repeat(1000));
    await expect(Hdf5File.open(path)).rejects.toThrow(
      `${path}: expected an HDF5 file, found 4000 bytes without its sig`,
    );
    writeFileSync(path, "");
    await expect(Hdf5File.open(path)).rejects.toThrow("found 0 bytes without its signature");
  });

  test("truncated", async () => {
    const path = await sample("truncated.h5");
    const size = readFileSync(path).length;
    truncateSync(path, size - 100);
    await expect(Hdf5File.open(path)).rejects.toThrow(
      `${path}: the file is truncated, expected ${size} bytes, found ${size - 100}`,
    );
  });

  test("a damaged header fails its checksum", async () => {
    const path = await sample("damaged.h5");
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("varying") + 2] ^= 1;
    writeFileSync(path, bytes);
    const file = await Hdf5File.open(path);
    expect(() => file.attribute("/alpha/cube", "varying")).toThrow(/damaged\.h5: the file is damaged \(while .*\/cube/);
    file.close();
  });

  test("absent members, and reads after close", async () => {
    const path = await sample("absent.h5");
    const file = await Hdf5File.open(path);
    expect(() => file.read("/alpha/beta")).toThrow(`${path}: expected a dataset /alpha/beta, found none`);
    expect(() => file.keys("/alpha/cube")).toThrow(`${path}: expected a group /alpha/cube, found none`);
    file.close();
    file.close();
    expect(() => file.read("/alpha/cube")).toThrow(/closed|none/);
  });
});

test("lookup3 equals its author's published values", () => {
  const text = Buffer.from("Four score and seven years ago");
  expect(lookup3(new Uint8Array())).toBe(0xdeadbeef);
  expect(lookup3(text)).toBe(0x17770551);
});
