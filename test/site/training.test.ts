/** Trainings of the live page: the library's loop in small, stopped and continued, and the cell that repeats them. */
import {openLab} from "@lola-ts/laboratory";
import type {SystemFacts} from "../../site/live/engine/facts";
import {SMALL, STEPS, type SmallData, type Stage} from "../../site/live/engine/small";
import {School, type Attempt, type Trained} from "../../site/live/engine/training";
import {cellOf} from "../../site/live/page/cells";
import type {State} from "../../site/live/page/state";

const FRAMES = 9;

/** Waves that move: [T, X, Y, C]. */
function waves(phase: number): Float32Array {
  const {grid} = SMALL.data;
  return Float32Array.from({length: FRAMES * grid * grid * 3}, (_, i) => {
    const [t, x, y] = [Math.floor(i / (3 * grid * grid)), Math.floor(i / (3 * grid)) % grid, Math.floor(i / 3) % grid];
    return Math.sin((2 * Math.PI * (x + t)) / grid + phase) + (i % 3) * Math.cos((2 * Math.PI * y) / grid + phase);
  });
}

const data: SmallData = {
  ...{train: [0, 1, 2].map(waves), test: waves(0.5), shape: [FRAMES, SMALL.data.grid, SMALL.data.grid, 3]},
  transform: ["identity", "identity", "identity"],
  fields: [
    {name: "vorticity", order: 0},
    {name: "velocity", order: 1},
  ],
  ...{roll: [true, 4], displayed: "vorticity"},
};

/** Train until some more steps are made. */
async function trainFor(school: School, stage: Stage, steps: number) {
  const controller = new AbortController();
  const attempts: Attempt[] = [];
  let first: number | undefined;
  const onProgress = ({done, attempt}: Trained) => {
    first ??= done;
    if (attempt) attempts.push(attempt);
    if (done >= first + steps) controller.abort();
  };
  return {...(await school.train(4, stage, {onProgress, signal: controller.signal})), attempts};
}

test("an autoencoder learns, is stopped and continues; solver and denoiser learn from its latents", async () => {
  const school = await School.of(data);
  expect(school.test.still[0]).toBe(0); // the first state is the first state
  expect(school.test.still).toHaveLength(FRAMES);
  await expect(trainFor(school, "solver", 1)).rejects.toThrow("Train the autoencoder first.");
  const begun = await trainFor(school, "autoencoder", 40);
  expect(begun.done).toBeGreaterThanOrEqual(40);
  expect(begun.done).toBeLessThan(begun.total);
  expect(begun.attempts[0].step).toBe(0);
  expect(begun.attempts.at(-1)!.error).toBeLessThan(0.9 * begun.attempts[0].error);
  const continued = await trainFor(school, "autoencoder", 10);
  expect(continued.done).toBeGreaterThan(begun.done);
  const solver = await trainFor(school, "solver", 10);
  expect(solver.attempts[0].images).toHaveLength(FRAMES * 256);
  expect(solver.attempts.at(-1)!.errors).toHaveLength(FRAMES);
  const diffusion = await trainFor(school, "diffusion", 10);
  expect(diffusion.attempts.at(-1)!.member!.images).toHaveLength(FRAMES * 256);
  school.reset(4, "autoencoder");
  await expect(trainFor(school, "diffusion", 1)).rejects.toThrow("Train the autoencoder first.");
});

test.each(["autoencoder", "solver", "diffusion"] as const)("the cell of the %s opens the same training", (stage) => {
  const cell = cellOf("train", {channels: 2, stage} as State, {} as SystemFacts);
  expect(cell).toMatch(/^import \{openLab\} from "@lola-ts\/laboratory";/);
  const options = JSON.parse(/openLab\((.+?)\);/s.exec(cell)![1]) as Parameters<typeof openLab>[0];
  const {config} = openLab(options);
  expect(config.data).toMatchObject({...SMALL.data});
  expect(config.latentChannels).toEqual([2]);
  const steps = stage === "autoencoder" ? config.autoencoder.steps[2] : config.latent.training.steps;
  expect(steps).toBe(STEPS);
});
