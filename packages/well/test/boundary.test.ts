import {boundaryCodes, type BoundaryCondition} from "../src/boundary";

const WALL = 0;
const OPEN = 1;
const PERIODIC = 2; // codes of The Well

/** A condition on the x axis of 3 cells, the same for all trajectories. */
const along = (type: BoundaryCondition["type"], mask: number[]): BoundaryCondition => ({
  type,
  axes: [0],
  sampleVarying: false,
  shape: [3],
  mask,
});

test("ends without a condition are open", () => {
  expect(boundaryCodes(2, [], 0)).toEqual([
    [OPEN, OPEN],
    [OPEN, OPEN],
  ]);
});

test("each end of an axis has its own condition, and a later one overrides", () => {
  expect(boundaryCodes(1, [along("PERIODIC", [1, 0, 1])], 0)).toEqual([[PERIODIC, PERIODIC]]);
  expect(boundaryCodes(1, [along("PERIODIC", [1, 0, 1]), along("WALL", [0, 0, 1])], 0)).toEqual([[PERIODIC, WALL]]);
});

test("a mask inside the domain is no boundary", () => {
  expect(boundaryCodes(1, [along("WALL", [0, 1, 0])], 0)).toEqual([[OPEN, OPEN]]);
});

test("a wall must cover all cells of an end, other conditions one of them", () => {
  const corner = [1, 0, 0, 0, 0, 0]; // of 3 x 2 cells
  const on = (type: BoundaryCondition["type"], mask: number[]): BoundaryCondition => ({
    ...along(type, mask),
    axes: [0, 1],
    shape: [3, 2],
  });
  expect(boundaryCodes(2, [on("WALL", corner)], 0)).toEqual([
    [OPEN, OPEN],
    [OPEN, OPEN],
  ]);
  expect(boundaryCodes(2, [on("PERIODIC", corner)], 0)).toEqual([
    [PERIODIC, OPEN],
    [PERIODIC, OPEN],
  ]);
  expect(boundaryCodes(2, [on("WALL", [1, 1, 0, 0, 0, 0])], 0)[0]).toEqual([WALL, OPEN]);
});

test("a mask of each trajectory holds for that trajectory", () => {
  const condition = {...along("WALL", [1, 0, 0, 0, 0, 1]), sampleVarying: true};
  expect(boundaryCodes(1, [condition], 0)).toEqual([[WALL, OPEN]]);
  expect(boundaryCodes(1, [condition], 1)).toEqual([[OPEN, WALL]]);
});
