/** Trials of a sweep with given values, as if they had been trained. */
import type {EndedTrial, MeasuredTrial} from "../src/trial";

export function trial(
  overrides: Record<string, unknown>,
  seed: number,
  value: number,
  more: Partial<EndedTrial> = {},
): EndedTrial & MeasuredTrial {
  const measured = {
    values: {error: value},
    steps: 100,
    seconds: 50,
    validation: [
      [50, 2 * value],
      [100, value],
    ] as const,
    loss: [[100, value]] as const,
    key: "k",
    finished: 0,
  };
  return {method: "autoencoder", overrides, seed, ended: 1000 * seed, measured, ...more} as EndedTrial & MeasuredTrial;
}
