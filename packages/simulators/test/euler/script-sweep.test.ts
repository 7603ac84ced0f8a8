import {STATE} from "../../src/euler/kernels";
import {scriptLoops} from "../../src/euler/sweep";
import {bitsOf} from "../../../../test/bits";
import {makeCells, sweepOf, type SweptCells} from "./swept-cells";

/** Offsets of the inner cells. */
const inner = ({nx, ny}: SweptCells) =>
  Array.from({length: nx * ny}, (_, c) => ((Math.floor(c / ny) + 2) * (ny + 4) + (c % ny) + 2) * STATE);

const scriptSweep = (cells: SweptCells) => sweepOf(scriptLoops, cells);

test("a uniform flow stays, and its speed is the velocity's larger component plus that of sound", () => {
  const cells = makeCells([4, 7], () => [2, 0.5, -0.75, 1.4]);
  const before = cells.u.slice();
  const speed = scriptSweep(cells)(0.1, 0.2);
  expect(Math.max(...cells.u.map((value, k) => Math.abs(value - before[k])))).toBeLessThan(1e-14);
  expect(speed).toBeCloseTo(0.75 + Math.sqrt((1.4 * 1.4) / 2), 12);
  expect([...cells.counts]).toEqual([0, 0]);
});

test("ghosts stay as they are, and every other cell of a rough flow changes", () => {
  const cells = makeCells([3, 5], (random) => [1 + random.uniform(), random.normal(), random.normal(), 1]);
  const before = bitsOf(cells.u);
  scriptSweep(cells)(0.05, 0.05);
  const after = bitsOf(cells.u);
  const changed = [...after.keys()].filter((k) => k % STATE === 0 && after[k] !== before[k]);
  expect(changed).toEqual(inner(cells));
});

test("counts of lifted and of constant cells add up over sweeps", () => {
  const cells = makeCells([6, 6], (random) => [1, 5 * random.normal(), 5 * random.normal(), 0.01]);
  const sweep = scriptSweep(cells);
  sweep(0.2, 0.2);
  const [lifted, constant] = cells.counts;
  expect(lifted).toBeGreaterThan(0);
  expect(constant).toBeGreaterThan(0);
  sweep(0.2, 0.2);
  expect(cells.counts[1]).toBeGreaterThan(constant);
});

test("a NaN shows in the signal speed", () => {
  const cells = makeCells([4, 4], () => [1, 0, 0, 1]);
  cells.u[inner(cells)[5]] = NaN;
  expect(scriptSweep(cells)(0.1, 0.1)).toBeNaN();
});
