/** The prepared results: what the page shows before its models are there. */
import {guidedStates, guidedSteps} from "./guidance-plan";
import type {Lesson} from "./lesson";
import type {Compressed, Guided, Noised, RolledOut, Sampled, Truth} from "./results";
import type {SystemFacts} from "./facts";

/** Parameters of the prepared results. */
export interface FirstParameters {
  readonly trajectory: number;
  readonly latentChannels: number;
  readonly at: number;
  readonly steps: number;
  readonly order: number;
  readonly members: number;
  readonly seed: number;
  readonly cells: readonly (readonly [number, number])[];
}

/** The prepared results. */
export interface First {
  readonly parameters: FirstParameters;
  readonly truth: Truth;
  readonly compressed: Readonly<Record<string, Compressed>>;
  /** By diffusion time, see {@link PREPARED_TIMES}. */
  readonly noised: readonly Noised[];
  readonly sampled: Sampled;
  readonly rolledOut: RolledOut;
  readonly guided: Guided;
}

/** Diffusion times of the prepared denoisings. */
export const PREPARED_TIMES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Choose the parameters that the page opens with. */
export function firstParameters({defaults, shown}: SystemFacts): FirstParameters {
  const [nx, ny] = shown.image;
  const at = (x: number, y: number) => [Math.round(x * nx), Math.round(y * ny)] as const;
  const cells = [at(0.25, 0.25), at(0.25, 0.75), at(0.5, 0.5), at(0.75, 0.25), at(0.75, 0.75)];
  return {trajectory: 0, ...defaults, at: 0, members: 4, seed: 0, cells};
}

/** Compute the prepared results. */
export async function prepareFirst(lesson: Lesson): Promise<First> {
  const {facts} = lesson;
  const parameters = firstParameters(facts);
  const {trajectory, latentChannels, at, steps, order, seed, members, cells} = parameters;
  const options = {steps, order, seed, members};
  return {
    parameters,
    truth: lesson.truth(trajectory),
    compressed: Object.fromEntries(
      facts.rates.map((rate) => [rate.latentChannels, lesson.compress(trajectory, rate.latentChannels)]),
    ),
    noised: PREPARED_TIMES.map((t) => lesson.noise(trajectory, latentChannels, at, t, seed)),
    sampled: lesson.sample(trajectory, latentChannels, at, {steps, order, seed}),
    rolledOut: await lesson.rollOut(trajectory, latentChannels, options),
    guided: await lesson.guide(trajectory, latentChannels, cells, guidedStates(facts), {
      ...options,
      steps: guidedSteps(steps),
    }),
  };
}
