import {readFileSync, truncateSync, writeFileSync} from "node:fs";
import {Hdf5File} from "../src/hdf5";
import {temporaryFolder} from "../../../test/folder";
import {cube, writeSample} from "./sample";

const folder = temporaryFolder();

test("a slice holds every step-th element of each range", async () => {
  const file = await Hdf5File.open(await writeSample(folder("slice.h5")));
  const block = file.read("/alpha/cube", [
    [1, 4, 2],
    [2, 4],
    [10, 90, 30],
  ]);
  const expected = [1, 3].flatMap((i) => [2, 3].flatMap((j) => [10, 40, 70].map((k) => cube[600 * i + 100 * j + k])));
  expect([...block]).toEqual(expected);
  file.close();
});

describe("bad files are named in one sentence", () => {
  test("missing, folder, foreign, empty", async () => {
    const path = folder("bad.h5");
    await expect(Hdf5File.open(path)).rejects.toThrow(`${path}: expected an HDF5 file, found no file of this name`);
    await expect(Hdf5File.open(folder())).rejects.toThrow(`${folder()}: expected an HDF5 file, found a folder`);
    writeFileSync(path, "x,y\n".repeat(1000));
    await expect(Hdf5File.open(path)).rejects.toThrow(
      `${path}: expected an HDF5 file, found 4000 bytes without its sig`,
    );
    writeFileSync(path, "");
    await expect(Hdf5File.open(path)).rejects.toThrow("found 0 bytes without its signature");
  });

  test("truncated", async () => {
    const path = await writeSample(folder("truncated.h5"));
    const size = readFileSync(path).length;
    truncateSync(path, size - 100);
    await expect(Hdf5File.open(path)).rejects.toThrow(
      `${path}: the file is truncated, expected ${size} bytes, found ${size - 100}`,
    );
  });

  test("a damaged header fails its checksum", async () => {
    const path = await writeSample(folder("damaged.h5"));
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("varying") + 2] ^= 1;
    writeFileSync(path, bytes);
    const file = await Hdf5File.open(path);
    expect(() => file.attribute("/alpha/cube", "varying")).toThrow(/damaged\.h5: the file is damaged \(while .*\/cube/);
    file.close();
  });

  test("absent members, and reads after close", async () => {
    const path = await writeSample(folder("absent.h5"));
    const file = await Hdf5File.open(path);
    expect(() => file.read("/alpha/beta")).toThrow(`${path}: expected a dataset /alpha/beta, found none`);
    expect(() => file.keys("/alpha/cube")).toThrow(`${path}: expected a group /alpha/cube, found none`);
    file.close();
    file.close();
    expect(() => file.read("/alpha/cube")).toThrow(/closed|none/);
  });
});
