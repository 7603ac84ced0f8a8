import {boundaryCodes, readEnds, type BoundaryCondition, type BoundaryType} from "../src/boundary";
import {Hdf5File} from "../src/hdf5";
import {writeHdf5} from "../src/hdf5-writer";
import {temporaryFolder} from "../../../test/folder";

const WALL = 0;
const OPEN = 1;
const PERIODIC = 2; // codes of The Well

const folder = temporaryFolder();
let serial = 0;

/** Write a mask of its axes of space, and read its condition. */
async function read(type: BoundaryType, shape: number[], values: number[], copies?: number) {
  const path = folder(`mask-${serial++}.h5`);
  const lengths = copies === undefined ? shape : [copies, ...shape];
  await writeHdf5(path, {datasets: {mask: {type: "float32", shape: lengths, values}}});
  const file = await Hdf5File.open(path);
  const {ends, bad} = readEnds(file, "/mask", {type, shape, axes: shape.length, copies});
  file.close();
  const condition: BoundaryCondition = {type, axes: shape.map((_, axis) => axis), ends};
  return {condition, bad};
}

test("ends without a condition are open", () => {
  expect(boundaryCodes(2, [], 0)).toEqual([
    [OPEN, OPEN],
    [OPEN, OPEN],
  ]);
});

test("each end of an axis has its own condition, and a later one overrides", async () => {
  const {condition: periodic} = await read("PERIODIC", [3], [1, 0, 1]);
  const {condition: wall} = await read("WALL", [3], [0, 0, 1]);
  expect(boundaryCodes(1, [periodic], 0)).toEqual([[PERIODIC, PERIODIC]]);
  expect(boundaryCodes(1, [periodic, wall], 0)).toEqual([[PERIODIC, WALL]]);
});

test("a mask inside the domain is no boundary", async () => {
  const {condition} = await read("WALL", [3], [0, 1, 0]);
  expect(condition.ends).toEqual([[[false, false]]]);
});

test("a wall must cover all cells of an end, other conditions one of them", async () => {
  const corner = [1, 0, 0, 0, 0, 0]; // of 3 x 2 cells
  const codes = async (type: BoundaryType, mask: number[]) =>
    boundaryCodes(2, [(await read(type, [3, 2], mask)).condition], 0);
  expect(await codes("WALL", corner)).toEqual([
    [OPEN, OPEN],
    [OPEN, OPEN],
  ]);
  expect(await codes("PERIODIC", corner)).toEqual([
    [PERIODIC, OPEN],
    [PERIODIC, OPEN],
  ]);
  expect(await codes("WALL", [1, 1, 0, 0, 0, 0])).toEqual([
    [WALL, OPEN],
    [OPEN, OPEN],
  ]);
});

test("a mask of each trajectory holds for that trajectory", async () => {
  const {condition} = await read("WALL", [3], [1, 0, 0, 0, 0, 1], 2);
  expect(boundaryCodes(1, [condition], 0)).toEqual([[WALL, OPEN]]);
  expect(boundaryCodes(1, [condition], 1)).toEqual([[OPEN, WALL]]);
});

test("a mask that changes with time holds if it does at any time, a wall's if it does at all times", async () => {
  const ends = async (type: BoundaryType, values: number[]) => {
    const path = folder(`times-${type}.h5`);
    await writeHdf5(path, {datasets: {mask: {type: "float32", shape: [2, 3], values}}});
    const file = await Hdf5File.open(path);
    const found = readEnds(file, "/mask", {type, shape: [2, 3], axes: 1}).ends;
    file.close();
    return found;
  };
  expect(await ends("PERIODIC", [1, 0, 0, 0, 0, 0])).toEqual([[[true, false]]]);
  expect(await ends("WALL", [1, 0, 1, 0, 0, 1])).toEqual([[[false, true]]]);
});

test("a value at an end that is not finite is found", async () => {
  expect((await read("PERIODIC", [3], [1, 1, NaN])).bad).toBeNaN();
});

test("of a large mask only the ends are read", async () => {
  const n = 2 ** 12;
  await writeHdf5(folder("large.h5"), {datasets: {mask: {type: "float32", shape: [n, n]}}}, (fill) => {
    fill("/mask", n * n - 1, Float32Array.of(1)); // a corner
    fill("/mask", 5 * n + 7, Float32Array.of(NaN)); // inside
  });
  const file = await Hdf5File.open(folder("large.h5"));
  const {ends, bad} = readEnds(file, "/mask", {type: "OPEN", shape: [n, n], axes: 2});
  expect([ends, bad]).toEqual([
    [
      [
        [false, true],
        [false, true],
      ],
    ],
    undefined,
  ]);
  file.close();
});
