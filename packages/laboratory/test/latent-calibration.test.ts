import ndarray from "ndarray";
import {Rng, sizeOf} from "@lola-ts/core";
import type {Config} from "../src/config";
import {Lab} from "../src/lab";
import {latentCalibration, latentRanks} from "../src/latent-calibration";
import {preset} from "../src/presets/presets";
import type {Rollout} from "../src/stages/rollouts";
import {Artifacts} from "@lola-ts/cache";
import {temporaryFolder} from "../../../test/folder";

const [N, K, T] = [3, 9, 4];
const latent = [4, 4, 5];
const horizons = [[4, 8], [12, 12]]; // prettier-ignore

const folder = temporaryFolder();
const open = jest.fn((rollout: object) => Promise.resolve(rollout));

/** Ranks of truths and members that are drawn from normal distributions of given deviations. */
function ranksOf(deviation: number): ReturnType<typeof latentRanks> {
  const draw = (shape: number[], scale: number, key: string) => {
    const generator = Rng.from(key);
    return ndarray(
      Float32Array.from({length: sizeOf(shape)}, () => scale * generator.normal()),
      shape,
    );
  };
  const rollout = {trajectories: [4, 0, 2], states: draw([N, K, T, ...latent], deviation, "members")};
  const context = {
    artifacts: new Artifacts(folder(), () => undefined),
    config: {system: "euler", preset: "mini", horizons, stride: 4, pixel: {}, rollout: {}} as unknown as Config,
    dataset: {testWindow: {start: 1, stride: 1, length: T, firstState: 0}},
  };
  return latentRanks(context, "diffusion-c5", {
    source: {key: `${deviation}`, open: () => open(rollout) as Promise<Rollout>},
    truths: () => Promise.resolve(draw([5, T + 2, ...latent], 1, "truth")),
  });
}

test("members like the truth are calibrated, ones that differ too little are not", async () => {
  const rows = await ranksOf(1);
  expect(rows.map(({horizon}) => horizon)).toEqual(["4:8", "12:12"]);
  for (const {coverageError, ranks} of rows) {
    expect(coverageError).toBeLessThan(0.06);
    expect(ranks).toHaveLength(K + 1);
  }
  const [narrow] = await ranksOf(0.3);
  expect(narrow.coverageError).toBeGreaterThan(0.2);
  expect(narrow.ranks[0]).toBeGreaterThan(2);
});

test("what was found is kept", async () => {
  const first = await ranksOf(2);
  const calls = open.mock.calls.length;
  expect(await ranksOf(2)).toEqual(first);
  expect(open).toHaveBeenCalledTimes(calls);
});

test("a method on pixels and an empty list are refused", async () => {
  const lab = new Lab(preset("euler", "smoke"), new Artifacts(folder()));
  await expect(latentCalibration(lab, [{kind: "solver", latentChannels: null}])).rejects.toThrow(
    "latentCalibration: expected methods that work on latents, found neural solver on pixels.",
  );
  await expect(latentCalibration(lab, [])).rejects.toThrow("expected at least one method, found an empty list");
});
