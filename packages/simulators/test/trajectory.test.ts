import {planFiles} from "../src/simulate";
import {simulateEulerTrajectory} from "../src/euler/trajectory";
import {systemNames, type SystemName, type TrajectoryRequest} from "../src/registry";
import {expectedCost, simulateTrajectory} from "../src/trajectory";
import {smallData} from "./small";

const requestOf = (system: SystemName) => planFiles(smallData[system])[0].requests[0];
const euler = requestOf("euler") as Extract<TrajectoryRequest, {system: "euler"}>;

test("a request goes to its system's simulator", () => {
  expect(simulateTrajectory(euler).fields).toEqual(simulateEulerTrajectory(euler).fields);
});

test.each(systemNames)("%s: a longer trajectory is expected to cost more", (system) => {
  const request = requestOf(system);
  const cost = expectedCost(request);
  expect(cost).toBeGreaterThan(0);
  expect(expectedCost({...request, endTime: 2 * request.endTime})).toBeGreaterThan(1.5 * cost);
});

test("a trajectory that fails names its seed", () => {
  expect(() => simulateTrajectory({...euler, gamma: 0.5, seed: ["a", 7]})).toThrow(
    "The trajectory with seed (a, 7) failed: EulerSolver: expected gamma to be a finite number above 1, found 0.5",
  );
});
