import {tf} from "../src/backend";
import {compile} from "../src/compile/compile";
import {Random} from "../src/random";

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const draw = (random: Random, size = 8) => [...random.normal([size]).dataSync()];

/** Correlation of two samples of size n from unit normals: about 1 / sqrt(n) if independent. */
const correlation = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0) / a.length;

test("the same key gives the same numbers, another seed or counter gives others", () => {
  expect(draw(Random.of(1, 2))).toEqual(draw(Random.of(1, 2)));
  expect(draw(Random.of(1, 2))).not.toEqual(draw(Random.of(1, 3)));
  expect(draw(Random.of(1, 2))).not.toEqual(draw(Random.of(2, 2)));
  expect(draw(Random.of(0, 0))).toEqual(draw(Random.of(0))); // seed 0 is a seed
});

test("a key keeps all bits of its numbers, or refuses them", () => {
  const key = (random: Random) => [...random.key.dataSync()];
  const [lowest, highest] = [-(2 ** 31), 2 ** 31 - 1];
  expect(key(Random.of(lowest, highest))).toEqual([lowest, highest]);
  for (const wrong of [0.5, -0.9, NaN, Infinity, 1e300, highest + 1, lowest - 1]) {
    expect(() => Random.of(wrong)).toThrow("Random.of: expected seed to be a whole number");
    expect(() => Random.of(0, wrong)).toThrow("Random.of: expected counter to be a whole number");
    expect(() => Random.of(0).fold(wrong)).toThrow("fold: expected i to be a whole number");
  }
});

test("sources of other parts are unrelated to each other and to sources of the same numbers", () => {
  const streams = [
    Random.from("rollout", 0, 1),
    Random.from("rollout", 1, 0),
    Random.from("training", 0, 1),
    Random.from("rollout", 0, "1"),
    Random.of(0, 1),
  ].map((random) => draw(random, 4000));
  streams.forEach((a, i) =>
    streams.slice(i + 1).forEach((b) => expect(Math.abs(correlation(a, b))).toBeLessThan(5 / Math.sqrt(4000))),
  );
  expect(draw(Random.from("rollout", 0, 1))).toEqual(draw(Random.from("rollout", 0, 1)));
});

test("folds, nested ones too, are unrelated to each other and to their source", () => {
  const source = Random.of(5);
  const streams = [
    source,
    source.fold(0),
    source.fold(1),
    source.fold(2),
    source.fold(0).fold(0),
    source.fold(0).fold(1),
    source.fold(1).fold(0),
    Random.of(6).fold(0),
  ].map((random) => draw(random, 4000));
  streams.forEach((a, i) =>
    streams.slice(i + 1).forEach((b) => expect(Math.abs(correlation(a, b))).toBeLessThan(5 / Math.sqrt(4000))),
  );
});

test("normal has mean 0, variance 1 and the tails of a normal distribution", () => {
  const sample = draw(Random.of(3), 20000);
  const moment = (k: number) => sample.reduce((sum, x) => sum + x ** k, 0) / sample.length;
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(20000));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20000));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / 20000));
});

test("uniform fills its interval evenly", () => {
  const sample = Random.of(4).uniform([10000], -2, 3).dataSync();
  const counts = new Array<number>(5).fill(0);
  sample.forEach((x) => counts[Math.floor(x + 2)]++); // a value outside makes a sixth entry
  expect(counts).toHaveLength(5);
  counts.forEach((count) => expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(1600)));
});

test("uniform refuses an interval without numbers", () => {
  expect(() => Random.of(4).uniform([3], 5, 1)).toThrow("uniform: expected lo to be less than hi, found 5 and 1.");
});

test("a recorded draw follows its key", () => {
  const drawing = compile((key) => [new Random(key as tf.Tensor1D).fold(3).normal([4])]);
  const recorded = [0, 1].map((counter) => [...drawing(Random.of(9, counter).key)[0].dataSync()]);
  expect(recorded[0]).toEqual(draw(Random.of(9, 0).fold(3), 4));
  expect(recorded[1]).toEqual(draw(Random.of(9, 1).fold(3), 4));
  expect(recorded[0]).not.toEqual(recorded[1]);
  drawing.dispose();
});

test("ranks draw the rows of one whole draw, also where rows are repeated as a whole", () => {
  const rows = 3;
  const key = tf.tensor1d([5, 7], "int32");
  const shares = [0, 1].map((rank) => new Random(key, {rank, count: 2, rows}));
  const whole = new Random(key).fold(1).normal([2 * rows, 4]);
  shares.forEach((random, rank) => {
    expect(draw(random.fold(1), rows * 4)).not.toEqual(draw(new Random(key).fold(1), rows * 4));
    const own = random.fold(1).normal([rows, 4]);
    expect(own.dataSync()).toEqual(whole.slice([rank * rows], [rows]).dataSync());
    const repeated = random.uniform([2 * rows, 2]).reshape([2, rows, 2]);
    const both = new Random(key).uniform([4 * rows, 2]).reshape([2, 2 * rows, 2]);
    expect(repeated.dataSync()).toEqual(both.slice([0, rank * rows, 0], [2, rows, 2]).dataSync());
  });
  const recorded = compile((one) => [new Random(one as tf.Tensor1D, {rank: 1, count: 2, rows}).normal([rows, 3])]);
  const third = new Random(key)
    .normal([2 * rows, 3])
    .slice([rows], [rows])
    .dataSync();
  for (let i = 0; i < 2; i++) expect(recorded(key)[0].dataSync()).toEqual(third); // begins within a group of four
  recorded.dispose();
  const before = tf.memory().numTensors;
  shares[1].normal([rows, 3]).dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(() => shares[0].normal([4, 2])).toThrow(
    "Random: expected draws for the 3 rows of a rank, found the shape [4, 2].",
  );
});
