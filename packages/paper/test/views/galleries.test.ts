import type {Lab} from "@lola-ts/laboratory";
import {galleries} from "../../src/views/galleries";
import {systemOf} from "@lola-ts/simulators";
import {BOUNDARY} from "@lola-ts/core";

type Trajectory = {scalars: Record<string, number>; boundary: number[][]};
const labOf = (
  system: Parameters<typeof systemOf>[0],
  trajectories: Trajectory[],
  drawn = trajectories.map((_, i) => i),
) =>
  ({
    config: {},
    system: systemOf(system),
    dataset: () => Promise.resolve({system: systemOf(system), testTrajectories: drawn, wells: {test: {trajectories}}}),
  }) as unknown as Lab;
const of = (code: number, scalars: Record<string, number> = {gamma: 1.4}): Trajectory => ({
  scalars,
  boundary: [
    [code, code],
    [code, code],
  ],
});
const {OPEN, PERIODIC} = BOUNDARY;

test("a gallery shows a trajectory of its boundary, another each time while there are enough", async () => {
  const found = await galleries(labOf("euler", [of(PERIODIC), of(OPEN), of(PERIODIC)]));
  expect(found.map(({name, trajectory}) => [name, trajectory])).toEqual([
    ["figure-10", 1],
    ["figure-11", 0],
    ["figure-12", 2],
    ["figure-13", 0],
  ]);
});

test("a regime that no trajectory has is said, not replaced", async () => {
  const [open, periodic] = await galleries(labOf("euler", [of(PERIODIC)]));
  expect([open.trajectory, periodic.trajectory]).toEqual([undefined, 0]);
  await expect(open.open()).rejects.toThrow("expected a test trajectory of Figure 10, open boundaries, found none");
});

test("parameters choose the nearest among the drawn trajectories, by their logarithm where they enter so", async () => {
  const wall = (Rayleigh: number) => of(0, {Rayleigh, Prandtl: 1});
  const all = [wall(1e9), wall(3e7), wall(2e6), wall(1e7), wall(4e6)];
  const found = await galleries(labOf("rayleigh-benard", all, [1, 2, 3, 4]));
  expect(found.map(({trajectory}) => trajectory)).toEqual([1, 0, 3, 2]); // places in the list of drawn ones
});

test("a gallery says which parameters it shows where they are not the paper's", async () => {
  const of = (...numbers: number[]) =>
    galleries(
      labOf(
        "rayleigh-benard",
        numbers.map((Rayleigh) => ({scalars: {Rayleigh, Prandtl: 1}, boundary: []})),
      ),
    );
  const shown = async (...numbers: number[]) => (await of(...numbers)).map(({shows}) => shows);
  expect(await shown(1e6, 1e7, 1e6, 1e7)).toEqual([
    ...["low turbulence", "Ra = 10⁷, nearest to the paper's Ra = 10⁸"],
    ...["low turbulence", "Ra = 10⁷, nearest to the paper's Ra = 10⁸"],
  ]);
  const [, , other] = await shown(1e6, 1e7, 1e7);
  expect(other).toBe("Ra = 10⁷, nearest of those left to the paper's Ra = 10⁶");
});
