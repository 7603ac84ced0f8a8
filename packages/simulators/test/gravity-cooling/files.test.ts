import type {GravityCoolingDiagnostics} from "../../src/gravity-cooling/trajectory";
import {gravityCoolingFileName, planGravityCooling, summariseGravityCooling} from "../../src/gravity-cooling/system";

test("file names are The Well's", () => {
  expect(gravityCoolingFileName("turbulence_gravity_cooling", {rho0: 44.5, Z: 0.1, T0: 100})).toBe(
    "turbulence_gravity_cooling_rho0_44.5_Z_0.1_T0_100.hdf5",
  );
});

test("every choice of density, metallicity and temperature has a file, with its parameters in the requests", () => {
  const plans = planGravityCooling({
    system: "gravity-cooling",
    rho0: [44.5, 0.445],
    metallicity: [0, 1],
    temperature: [10, 1000],
    trajectories: {train: 9, valid: 0, test: 0},
    grid: 8,
    oversampling: 1,
    side: 2.5,
    frames: 3,
    endTime: 0.1,
    seed: 0,
  }).filter(({requests}) => requests.length > 0);
  expect(plans.map(({requests}) => requests.length)).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
  expect(plans[6]).toMatchObject({dataset: "turbulence_gravity_cooling", scalars: {rho0: 0.445, Z: 1, T0: 10}});
  expect(plans[6].axes.map(({name, boundary}) => [name, boundary])).toEqual([..."xyz"].map((name) => [name, "open"]));
  expect(plans[6].requests[0]).toMatchObject({rho0: 0.445, Z: 1, T0: 10, grid: [8, 8, 8], side: 2.5});
});

test("a dataset's change of mass is the largest of any trajectory", () => {
  const run = {steps: 1, updates: 1, seconds: 1, floors: 0, fallbacks: 3, dual: 0, substeps: 1, truelove: 0};
  const all: GravityCoolingDiagnostics[] = [
    {...run, massChange: 0.01},
    {...run, massChange: -0.02},
  ];
  expect(summariseGravityCooling(all)).toEqual({floors: 0, fallbacks: 6, massChange: 0.02});
});
