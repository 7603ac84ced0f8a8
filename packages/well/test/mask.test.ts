import {Hdf5File} from "../src/hdf5";
import {writeHdf5} from "../src/hdf5-writer";
import {readMask} from "../src/mask";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();

async function write(name: string, shape: number[], values: number[]): Promise<Hdf5File> {
  await writeHdf5(folder(name), {datasets: {mask: {type: "float32", shape, values}}});
  return Hdf5File.open(folder(name));
}

test("cells between the ends of an axis are joined: by any of them, or by all for a wall", async () => {
  const file = await write("joined.h5", [4, 2], [1, 0, 0, 1, 0, 0, 0, 1]);
  const any = readMask(file, "/mask", {shape: [4, 2], axes: 2, all: false});
  expect(any).toEqual({shape: [3, 2], mask: Uint8Array.of(1, 0, 0, 1, 0, 1), bad: undefined});
  const all = readMask(file, "/mask", {shape: [4, 2], axes: 2, all: true});
  expect([...all.mask]).toEqual([1, 0, 0, 0, 0, 1]);
  const copies = readMask(file, "/mask", {shape: [2], axes: 1, copies: 4, all: false});
  expect(copies).toEqual({shape: [2], mask: Uint8Array.of(1, 0, 0, 1, 0, 0, 0, 1), bad: undefined});
  file.close();
});

test("a value that is not finite is found", async () => {
  const file = await write("nan.h5", [3], [1, NaN, 1]);
  expect(readMask(file, "/mask", {shape: [3], axes: 1, all: false}).bad).toBeNaN();
  file.close();
});

test("of a large mask only the ends are read", async () => {
  const n = 2 ** 12;
  await writeHdf5(folder("large.h5"), {datasets: {mask: {type: "float32", shape: [n, n]}}}, (fill) => {
    fill("/mask", n * n - 1, Float32Array.of(1)); // a corner
    fill("/mask", 5 * n + 7, Float32Array.of(NaN)); // inside
  });
  const file = await Hdf5File.open(folder("large.h5"));
  const {mask, bad} = readMask(file, "/mask", {shape: [n, n], axes: 2, all: false});
  expect([...mask]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(bad).toBeUndefined();
  file.close();
});
