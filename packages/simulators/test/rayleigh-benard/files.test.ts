import {simulateDataset} from "../../src/simulate";
import type {SimulatedFile} from "../../src/plan";
import {gridFor, simulateRayleighBenard, type RayleighBenardDiagnostics} from "../../src/rayleigh-benard/trajectory";
import {
  planRayleighBenard,
  rayleighBenardFileName,
  summariseRayleighBenard,
  type RayleighBenardDataConfig,
} from "../../src/rayleigh-benard/system";

const config: RayleighBenardDataConfig = {
  system: "rayleigh-benard",
  rayleigh: [1e4],
  prandtl: [2],
  grid: [12, 6],
  resolution: [16, 12],
  trajectories: {train: 6, valid: 0, test: 0},
  frames: 3,
  startTime: 1,
  endTime: 2,
  seed: 4,
};

test("file names are The Well's", () => {
  expect(rayleighBenardFileName("rayleigh_benard", 1e6, 0.5)).toBe("rayleigh_benard_Rayleigh_1e6_Prandtl_5e-1.hdf5");
  expect(rayleighBenardFileName("rayleigh_benard", 1e10, 10)).toBe("rayleigh_benard_Rayleigh_1e10_Prandtl_10.hdf5");
  expect(rayleighBenardFileName("rayleigh_benard", 3e5, 0.1)).toBe("rayleigh_benard_Rayleigh_3e5_Prandtl_1e-1.hdf5");
});

test("initial differences take turns, and the grid is what the flow needs by default", () => {
  const [{requests}] = planRayleighBenard(config);
  expect(requests.map((request) => "difference" in request && request.difference)).toEqual([
    0.2, 0.4, 0.6, 0.8, 1, 0.2,
  ]);
  const [free] = planRayleighBenard({...config, resolution: undefined});
  expect(free.requests[0]).toMatchObject({resolution: gridFor(1e4, 2), grid: [12, 6]});
});

test("an odd degree is refused before anything is simulated", () => {
  expect(() => planRayleighBenard({...config, resolution: [16, 11]})).toThrow(
    "planRayleighBenard: expected resolution to be 2 numbers of 4 or more, the second even, found [ 16, 11 ]",
  );
});

test("the file begins at the start time, with the state that the simulation has then", async () => {
  const [plan] = planRayleighBenard(config);
  expect(plan.times).toEqual(Float32Array.of(1, 1.5, 2));
  expect(plan.axes.map(({boundary}) => boundary)).toEqual(["periodic", "wall"]);
  const files: SimulatedFile[] = [];
  await simulateDataset(
    {...config, trajectories: {...config.trajectories, train: 1}},
    (file) => void files.push(file),
    {
      workers: 0,
    },
  );
  const [request] = plan.requests;
  const {fields} = simulateRayleighBenard(request);
  expect(fields.buoyancy).toHaveLength(5 * 72);
  expect(files[0].fields(0).buoyancy.data).toEqual(fields.buoyancy.slice(2 * 72));
  expect(files[0].fields(0).velocity.data).toEqual(fields.velocity.slice(4 * 72));
});

test("a dataset is as well resolved as its worst trajectory", () => {
  const run = {steps: 1, updates: 1, seconds: 1, nusselt: 3, timeStep: 0.1, tail: {x: 0.01, z: 0.001}};
  const all: RayleighBenardDiagnostics[] = [
    {...run, resolved: true, overshoot: 0},
    {...run, tail: {x: 0.001, z: 0.03}, resolved: false, overshoot: 0.02},
  ];
  expect(summariseRayleighBenard(all)).toEqual({unresolved: 1, tail: 0.03, overshoot: 0.02});
});
