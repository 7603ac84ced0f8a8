/** The prepared results: what the page shows before its models are there. */
import {guidedStates, guidedSteps, type SystemFacts} from "./facts";
import {guide, rollOut, type RolledOut} from "./forecasts";
import {scoresOf, type Scores} from "./images";
import {compress, truth as truthOf, type Compressed, type Lesson} from "./lesson";
import {draw, noise, sample} from "./windows";

export const PREPARED_TIMES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export const PREPARED_STEPS: readonly number[] = [2, 3, 4, 8, 16, 32];

const GRID = 4;

function firstParameters({defaults, shown}: SystemFacts) {
  const middle = (i: number, n: number) => Math.round(((i + 0.5) / GRID) * n);
  const [nx, ny] = shown.image;
  const cells = Array.from(
    {length: GRID ** 2},
    (_, i) => [middle(Math.floor(i / GRID), nx), middle(i % GRID, ny)] as const,
  );
  return {trajectory: 0, ...defaults, at: 0, members: 4, seed: 0, cells};
}

/** Make something of each value, one after the other. */
async function all<T, Made>(values: readonly T[], make: (value: T) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (const value of values) made.push(await make(value));
  return made;
}

export async function prepareFirst(lesson: Lesson) {
  const {facts} = lesson;
  const parameters = firstParameters(facts);
  const {trajectory, latentChannels, at, steps, order, seed, members, cells} = parameters;
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
  const guided = {...options, steps: guidedSteps(steps)};
  return {
    ...{parameters, truth, compressed, rolledOut, fewer},
    noised: await all(PREPARED_TIMES, (t) => noise(lesson, trajectory, latentChannels, at, t, seed)),
    sampled: await sample(lesson, trajectory, latentChannels, at, {steps, order, seed}),
    drawn: await all(PREPARED_STEPS, (steps) => draw(lesson, trajectory, latentChannels, at, {steps, order, seed})),
    guided: await guide(lesson, trajectory, latentChannels, cells, guidedStates(facts), guided),
  };
}

export type First = Awaited<ReturnType<typeof prepareFirst>>;
