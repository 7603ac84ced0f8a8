import ndarray from "ndarray";
import {Rng, sizeOf} from "@lola-ts/core";
import type {Lab} from "../src/lab";
import {latentCalibration} from "../src/latent-calibration";
import {Artifacts} from "@lola-ts/cache";
import {temporaryFolder} from "../../../test/folder";

const [N, K, T] = [3, 9, 4];
const latent = [4, 4, 5];
const horizons = [[4, 8], [12, 12]]; // prettier-ignore
const diffusion = {kind: "diffusion", latentChannels: 5} as const;

const folder = temporaryFolder();
const open = jest.fn((rollout: object) => Promise.resolve(rollout));

/** A laboratory whose members and truths are drawn from normal distributions of given deviations. */
function labOf(deviation: number): Lab {
  const draw = (shape: number[], scale: number, key: string) => {
    const generator = Rng.from(key);
    return ndarray(
      Float32Array.from({length: sizeOf(shape)}, () => scale * generator.normal()),
      shape,
    );
  };
  const rollout = {trajectories: [4, 0, 2], states: draw([N, K, T, ...latent], deviation, "members")};
  return {
    artifacts: new Artifacts(folder(), () => undefined),
    config: {system: "euler", preset: "mini", horizons, stride: 4, pixel: {}, rollout: {}},
    rolloutSource: () => Promise.resolve({key: `${deviation}`, open: () => open(rollout)}),
    latents: () => Promise.resolve({states: draw([5, T + 2, ...latent], 1, "truth")}),
    dataset: () => Promise.resolve({testWindow: {start: 1, length: T}}),
  } as unknown as Lab;
}

test("members like the truth are calibrated, ones that differ too little are not", async () => {
  const rows = await latentCalibration(labOf(1), [diffusion]);
  expect(rows.map(({method, horizon}) => [method, horizon])).toEqual([
    ["diffusion", "4:8"],
    ["diffusion", "12:12"],
  ]);
  for (const {coverageError, ranks} of rows) {
    expect(coverageError).toBeLessThan(0.06);
    expect(ranks).toHaveLength(K + 1);
  }
  const [narrow] = await latentCalibration(labOf(0.3), [diffusion]);
  expect(narrow.coverageError).toBeGreaterThan(0.2);
  expect(narrow.ranks[0]).toBeGreaterThan(2);
});

test("what was found is kept", async () => {
  const first = await latentCalibration(labOf(2), [diffusion]);
  const calls = open.mock.calls.length;
  expect(await latentCalibration(labOf(2), [diffusion])).toEqual(first);
  expect(open).toHaveBeenCalledTimes(calls);
});

test("a method on pixels and an empty list are refused", async () => {
  await expect(latentCalibration(labOf(1), [{kind: "solver", latentChannels: null}])).rejects.toThrow(
    "latentCalibration: expected methods that work on latents, found neural solver on pixels.",
  );
  await expect(latentCalibration(labOf(1), [])).rejects.toThrow("expected at least one method, found an empty list");
});
