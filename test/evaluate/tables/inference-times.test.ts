import {resolve} from "node:path";
import {table1} from "../../../lib/evaluate/tables/paper-scores";

const path = resolve(__dirname, "../../../data/paper/table-01.csv");

test("a system that the paper did not time has our times alone", () => {
  const rows = table1([{method: "simulator", space: "pixel", generation: 2, decoding: 0}], path, "RB");
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({method: "simulator", "÷": null, "generation, ms": 2000, "paper, ms": null});
});

test("ours and the paper's are in milliseconds, decoding added", () => {
  const rows = table1(
    [
      {method: "simulator", space: "pixel", generation: 0.05, decoding: 0},
      {method: "diffusion", space: "latent", compression: 20, generation: 0.004, decoding: 0.001},
      {method: "diffusion", space: "latent", compression: 80, generation: 0.003, decoding: 0.001},
    ],
    path,
  );
  expect(rows.map((row) => row["paper, ms"])).toEqual([10000, 56, 13, 1000, 84, 84]);
  expect(rows[0]).toMatchObject({"generation, ms": 50, note: "paper: order of magnitude"});
  expect(rows[3]).toMatchObject({method: "diffusion", space: "pixel", "generation, ms": null});
  expect(rows[4]).toMatchObject({"÷": 20, "generation, ms": 4, "with decoding, ms": 5});
});

test("repeats give a spread, and a trajectory's time is compared with the simulator's", () => {
  const repeats = [0.005, 0.006, 0.007, 0.009, 0.005];
  const [simulator, , , , diffusion] = table1(
    [
      {method: "simulator", space: "pixel", generation: 0.05, decoding: 0, trajectory: [1.2]},
      {
        method: "diffusion",
        space: "latent",
        compression: 20,
        generation: 0.005,
        decoding: 0.001,
        repeats,
        trajectory: [0.1, 0.3, 0.2],
      },
    ],
    path,
  );
  expect(diffusion["with decoding, ms ±"]).toBeCloseTo(1, 9); // quartiles 5 and 7
  expect(diffusion["trajectory, s"]).toBe(0.2);
  expect(diffusion["trajectory, s ±"]).toBeCloseTo(0.05, 9);
  expect(diffusion["simulator / own"]).toBeCloseTo(6, 9);
  expect(simulator).toMatchObject({"trajectory, s": 1.2, "trajectory, s ±": null, "simulator / own": 1});
});
