import {preset} from "../../src/presets/presets";
import {trainingMemory} from "../../src/training-memory";
import {estimateTrials, trialMemory} from "../../src/sweep/sweep-estimate";
import {entriesOf, planSweep, trialsOf} from "../../src/sweep/sweep-plan";
import {temporaryFolder} from "../../../../test/folder";
import {checkpointFile, storeRun} from "../runs/stores";

const folder = temporaryFolder();
const tour = preset("euler", "tour");
const trialsIn = (space: Parameters<typeof planSweep>[1], methods: string) => {
  const plan = planSweep(tour, space, {methods, seeds: 2});
  return trialsOf(plan, entriesOf(plan), 0.5);
};

beforeAll(async () => {
  await checkpointFile(folder("a"), {}, [1]);
  for (const [i, seconds] of [10, 20, 90].entries()) {
    const summary = {seconds, steps: 100, validation: []};
    storeRun(folder("store"), "emulator", "euler-tour-diffusion-c16", `${i}`.repeat(12), {}, folder("a"), 0, summary);
  }
});

test("time is steps times the median time of a step of the same model", () => {
  const trials = trialsIn({"latent.training.steps": [1000, 3000]}, "diffusion-16");
  const {seconds, bytes, unknown} = estimateTrials(folder("store"), tour, trials);
  expect(unknown).toEqual([]);
  expect(seconds).toBeCloseTo(2 * 0.5 * (1000 + 3000) * 0.2, 9);
  expect(bytes! / 4).toBeGreaterThan(100);
});

test("a model that was never trained here is named in place of a guess", () => {
  expect(estimateTrials(folder("store"), tour, trialsIn({"latent.hidBlocks": [1]}, "solver-4"))).toEqual({
    unknown: ["solver-c4"],
  });
  expect(estimateTrials(folder("nothing"), tour, trialsIn({latentChannels: [4]}, "autoencoder"))).toEqual({
    unknown: ["c4"],
  });
});

test("memory is that of the variant's own training", () => {
  const [small, large] = trialsIn({"latent.training.batch": [16, 256]}, "diffusion-16");
  const job = {stage: "emulator", method: {kind: "diffusion", latentChannels: 16}, changes: {}} as const;
  expect(trialMemory(tour, small)).toBe(trainingMemory(tour, job).total);
  expect(trialMemory(tour, large)).toBeGreaterThan(trialMemory(tour, small));
  const [narrow, wide] = trialsIn(
    {
      "autoencoder.model.hidChannels": [
        [32, 48, 64],
        [64, 96, 128],
      ],
    },
    "autoencoder-4",
  );
  expect(trialMemory(tour, wide)).toBeGreaterThan(trialMemory(tour, narrow));
});
