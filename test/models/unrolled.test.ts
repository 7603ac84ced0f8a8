import {nextWindow, unrolledStates, windowOf} from "../../lib/models/unrolled";
import {tf} from "@lola-ts/engine";

test("windows overlap by one state, and fill the states that are counted", () => {
  const states = unrolledStates(4, 3);
  expect(states).toBe(10);
  expect(unrolledStates(4)).toBe(4);
  tf.tidy(() => {
    const x = tf.tile(tf.range(0, states).reshape([1, states, 1]), [2, 1, 1]);
    const windows = [0, 1, 2].map((n) => [...windowOf(x, n, 4).slice([0], [1]).dataSync()]);
    expect(windows).toEqual([
      [0, 1, 2, 3],
      [3, 4, 5, 6],
      [6, 7, 8, 9],
    ]);
  });
});

test("the next window begins with the last state of a completed one, and has nothing else", () => {
  tf.tidy(() => {
    const made = tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1]);
    expect([...nextWindow(made).dataSync()]).toEqual([3, 0, 0, 6, 0, 0]);
  });
});
