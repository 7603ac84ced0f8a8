/** The prepared results: what the page shows before its models are there. */
import {rollOut, type RolledOut} from "./forecasts";
import {scoresOf, type Scores} from "./images";
import {compress, truth as truthOf, type Compressed, type Lesson} from "./lesson";
import {draw, sample, type Drawn} from "./windows";

export const PREPARED_STEPS: readonly number[] = [2, 3, 4, 8, 16, 32];

export async function prepareFirst(lesson: Lesson) {
  const {facts} = lesson;
  const parameters = {trajectory: 0, ...facts.defaults, members: 4, seed: 0};
  const {trajectory, latentChannels, steps, order, seed, members} = parameters;
  const options = {steps, order, seed, members};
  const truth = truthOf(lesson, trajectory);
  // by number of latent channels
  const compressed: Record<string, Compressed> = {};
  const rolledOut: Record<string, RolledOut> = {};
  const fewer: Record<string, readonly Scores[]> = {}; // of the first 2, 3, … members, not of all
  for (const {latentChannels: rate} of facts.rates) {
    const made = await rollOut(lesson, trajectory, rate, options);
    const size = made.members.length / members;
    compressed[rate] = await compress(lesson, trajectory, rate);
    rolledOut[rate] = made;
    fewer[rate] = Array.from({length: members - 2}, (_, i) =>
      scoresOf(truth.images, made.members.subarray(0, (i + 2) * size), made.solver, facts),
    );
  }
  const drawn: Drawn[] = []; // one after the other
  for (const steps of PREPARED_STEPS) drawn.push(await draw(lesson, trajectory, latentChannels, {steps, order, seed}));
  return {
    ...{parameters, truth, compressed, rolledOut, fewer, drawn},
    sampled: await sample(lesson, trajectory, latentChannels, {steps, order, seed}),
  };
}

export type First = Awaited<ReturnType<typeof prepareFirst>>;
