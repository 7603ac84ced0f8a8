import {Random} from "@lola-ts/engine";
import {rowSources} from "lola/emulate";
import type {Config} from "../../src/config";
import {noiseOf, type Rollout} from "../../src/stages/rollouts";
import {smoke, smokeLabs} from "../smoke";

const {open} = smokeLabs();

const members = 4;
const withNoise = (noise?: "shared") => (config: Config) => ({...config, rollout: {...config.rollout, members, noise}});

/** Deviations of an ensemble's member from the mean of its model's members. */
function deviations({states}: Rollout, member: number): Float64Array {
  const [, , ...rest] = states.shape;
  const size = rest.reduce((a, b) => a * b);
  const first = member - (member % members);
  return Float64Array.from({length: size}, (_, i) => {
    const values = Array.from({length: members}, (__, k) => states.data[(first + k) * size + i]);
    return states.data[member * size + i] - values.reduce((a, b) => a + b) / members;
  });
}

function correlation(a: Float64Array, b: Float64Array): number {
  const product = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** Roll two diffusion models from two training seeds out as one ensemble, and correlate their members of equal number. */
async function correlations(noise?: "shared"): Promise<number[]> {
  const method = {kind: "diffusion", latentChannels: 16, changes: {seeds: 2}} as const;
  const [rollout] = await open(withNoise(noise)).rollouts([method]);
  expect(rollout.states.shape[1]).toBe(2 * members);
  return Array.from({length: members}, (_, k) => correlation(deviations(rollout, k), deviations(rollout, members + k)));
}

test("members of models from two training seeds have noise of their own", async () => {
  for (const r of await correlations()) expect(Math.abs(r)).toBeLessThan(0.3);
});

test("shared noise gives members of equal number equal noise, as the shipped results have it", async () => {
  for (const r of await correlations("shared")) expect(r).toBeGreaterThan(0.7);
});

test("no key of a rollout's noise is one of the training with the same seed", () => {
  const keyOf = (random: Random) => random.key.dataSync<"int32">().join();
  const steps = Array.from({length: 40}, (_, step) => Random.of(smoke.seed, step));
  const training = new Set(steps.flatMap((step) => [step, ...[0, 1, 2, 3].map((i) => step.fold(i))]).map(keyOf));
  const keysOf = (config: Config) =>
    steps.flatMap((_, call) => {
      const {keys} = rowSources(noiseOf(config, "rollout", config.seed), 0, call, 4);
      const words = keys.dataSync<"int32">();
      return [0, 1, 2, 3].map((row) => words.slice(2 * row, 2 * row + 2).join());
    });
  const separate = keysOf(smoke);
  expect(new Set(separate).size).toBe(separate.length);
  expect(separate.filter((key) => training.has(key))).toEqual([]);
  expect(keysOf(withNoise("shared")(smoke)).every((key) => training.has(key))).toBe(true);
});

test("each purpose and each training seed names other noise", () => {
  const names = ["rollout", "perturbation", "members", "dressing"].flatMap((purpose) =>
    [0, 1].map((seed) => JSON.stringify(noiseOf(smoke, purpose, seed))),
  );
  expect(new Set(names).size).toBe(names.length);
});
