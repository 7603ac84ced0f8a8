import {tf} from "../src/backend";
import {compile} from "../src/compile/compile";
import {RowRandom, Random} from "../src/random";

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const sources = [3, 4, 5].map((row) => () => Random.of(1).fold(row));

test("each row is what its own source draws, folded or not, whichever rows are drawn with it", () => {
  const rows = RowRandom.of(sources.map((source) => source()));
  const alone = sources.map((source) => source());
  expect(rows.normal([3, 2, 2]).dataSync()).toEqual(tf.stack(alone.map((row) => row.normal([2, 2]))).dataSync());
  const folded = rows.fold(7).fold(1).normal([3, 4]);
  alone.forEach((row, i) => {
    expect(folded.slice(i, 1).dataSync()).toEqual(row.fold(7).fold(1).normal([4]).dataSync());
  });
  const pair = RowRandom.of([sources[2](), sources[0]()]).normal([2, 5]);
  expect(pair.slice(1, 1).dataSync()).toEqual(sources[0]().normal([5]).dataSync());
});

test("draws the same when recorded, and other numbers for other keys", () => {
  const step = (keys: tf.Tensor) => [new RowRandom(keys as tf.Tensor2D).fold(2).normal([2, 3])];
  const recorded = compile(step, "rows");
  const [first, second] = [sources.slice(0, 2), sources.slice(1)].map(
    (pair) => RowRandom.of(pair.map((s) => s())).keys,
  );
  for (const keys of [first, second]) expect(recorded(keys)[0].dataSync()).toEqual(step(keys)[0].dataSync());
  expect(recorded(second)[0].slice(0, 1).dataSync()).toEqual(recorded(first)[0].slice(1, 1).dataSync());
  recorded.dispose();
});

test("refuses a batch of another size", () => {
  expect(() => RowRandom.of(sources.map((source) => source())).normal([2, 4])).toThrow(
    "RowRandom: expected 3 rows, one per key, found 2",
  );
});
