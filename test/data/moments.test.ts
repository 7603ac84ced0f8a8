import ndarray from "ndarray";
import {Rng, type Transform} from "@lola-ts/core";
import {joined, momentsOf, noMoments, trajectoryMoments} from "../../lib/data/moments";
import {MemorySource} from "../../lib/data/source";

const transform: Transform[] = ["identity", "log"];
const generator = Rng.from("moments");
const values = Float32Array.from({length: 2 * 60}, (_, i) =>
  i % 2 ? Math.exp(generator.normal()) : 1e4 + generator.normal(),
);

/** Mean and sum of squared deviations of one channel, by their definitions. */
function direct(data: Float32Array, channel: number): [number, number] {
  const own = [...data].filter((_, i) => i % 2 === channel).map((x) => (channel ? Math.log(x) : x));
  const mean = own.reduce((a, b) => a + b, 0) / own.length;
  return [mean, own.reduce((sum, x) => sum + (x - mean) ** 2, 0)];
}

test("moments are mean and squared deviations of the transformed values of each channel", () => {
  const {count, mean, squares} = momentsOf(values, transform);
  expect(count).toBe(60);
  for (const channel of [0, 1]) {
    const [expected, spread] = direct(values, channel);
    expect(mean[channel]).toBeCloseTo(expected, 9);
    expect(squares[channel] / spread).toBeCloseTo(1, 9);
  }
});

test("moments of parts are combined to those of the whole, large offsets and empty parts included", () => {
  const parts = [values.subarray(0, 14), values.subarray(14, 80), values.subarray(80)];
  const whole = momentsOf(values, transform);
  const all = parts.map((part) => momentsOf(part, transform)).reduce(joined, noMoments(2));
  expect(all.count).toBe(60);
  for (const channel of [0, 1]) {
    expect(all.mean[channel]).toBeCloseTo(whole.mean[channel], 9);
    expect(all.squares[channel] / whole.squares[channel]).toBeCloseTo(1, 9);
  }
});

test("the moments of a trajectory are those of all its states", () => {
  const source = new MemorySource(ndarray(values, [2, 5, 6, 2]));
  expect(trajectoryMoments(source, 1, transform)).toEqual(momentsOf(values.subarray(60), transform));
});
