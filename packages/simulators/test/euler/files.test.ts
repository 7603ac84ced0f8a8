import {eulerFileName, planEuler, summariseEuler} from "../../src/euler/system";

test("file names are The Well's", () => {
  expect(eulerFileName("folder", 1.404)).toBe("folder_gamma_1.404_H2_100_Dry_air_-15.hdf5");
  expect(eulerFileName("folder", 1.5)).toBe("folder_gamma_1.5.hdf5");
});

test("trajectory n goes to gas n modulo their number, for each boundary", () => {
  const plans = planEuler({
    boundaries: ["periodic", "open"],
    gammas: [1.3, 1.4],
    grid: [4, 6],
    oversampling: 2,
    lines: "few",
    seed: 3,
    trajectories: {train: 3, valid: 1, test: 0},
    frames: 3,
    endTime: 0.5,
  });
  const counts = plans.map(({split, scalars, axes, requests}) => [
    split,
    axes[0].boundary,
    scalars.gamma,
    requests.length,
  ]);
  expect(counts.slice(0, 4)).toEqual([
    ["train", "periodic", 1.3, 2],
    ["train", "periodic", 1.4, 1],
    ["train", "open", 1.3, 2],
    ["train", "open", 1.4, 1],
  ]);
  const [{axes, times, requests, dataset, name}] = plans;
  expect(axes.map(({name, coordinates}) => [name, coordinates.length])).toEqual([
    ["x", 4],
    ["y", 6],
  ]);
  expect(times).toEqual(Float32Array.of(0, 0.25, 0.5));
  expect(requests[1]).toMatchObject({system: "euler", gamma: 1.3, seed: [dataset, name, "train", 1, 3]});
});

test("a dataset's drift is the largest of any total", () => {
  const one = {steps: 1, updates: 1, seconds: 1, floors: 1, fallbacks: 2};
  const drift = {mass: 1e-15, momentum: 3e-15, energy: 2e-15};
  expect(summariseEuler([one, {...one, drift}])).toEqual({floors: 2, fallbacks: 4, drift: 3e-15});
  expect(summariseEuler([one])).toEqual({floors: 1, fallbacks: 2}); // an open box keeps nothing
});
