import {animationGif} from "../../../lib/figures/render/animation-gif";
import {decodeGif} from "./decode-gif";

const scale: [number, string][] = [
  [0, "rgb(0, 0, 200)"],
  [1, "rgb(200, 0, 0)"],
];

/** A panel of 2 × 2 cells whose lower left one grows from 0 to 1, and the others are 0, 1 and NaN. */
const panel = (states: number) => ({
  name: "density",
  images: Array.from({length: states}, (_, state) => ({
    data: Float32Array.from([state / (states - 1), 0, 1, NaN]),
    shape: [2, 2],
  })),
  limits: [0, 1] as [number, number],
  scale,
});
const labels = (states: number) => Array.from({length: states}, (_, state) => `t = ${state}`);

/** Colour in the middle of a cell; x to the right, y upwards. */
function colourAt(gif: Buffer, frame: number, [x, y]: [number, number]): number[] {
  const {width, palette, frames} = decodeGif(gif);
  const cell = Math.ceil((720 - 24) / 2);
  const row = top(frames[frame], width) + (1 - y) * cell + (cell >> 1);
  return palette[frames[frame][row * width + 12 + x * cell + (cell >> 1)]];
}

/** First row that is neither white nor ink at the panel's left edge. */
const top = (frame: number[], width: number) => {
  for (let row = 0; ; row++) if (frame[row * width + 12] > 1) return row;
};

test("is at least 720 pixels wide, x to the right and y upwards, NaN white", () => {
  const gif = animationGif([panel(2)], labels(2), 0.5);
  const {width, delays, frames} = decodeGif(gif);
  expect(width).toBeGreaterThanOrEqual(720);
  expect(frames).toHaveLength(2);
  expect(delays).toEqual([50, 50]);
  expect(colourAt(gif, 0, [0, 0])).toEqual([0, 0, 200]);
  expect(colourAt(gif, 1, [0, 0])).toEqual([200, 0, 0]);
  expect(colourAt(gif, 0, [0, 1])).toEqual([0, 0, 200]);
  expect(colourAt(gif, 0, [1, 0])).toEqual([200, 0, 0]);
  expect(colourAt(gif, 0, [1, 1])).toEqual([255, 255, 255]);
});

test("of many states it keeps some, the first and the last among them", () => {
  const gif = animationGif([panel(26)], labels(26), 0.25);
  const {frames} = decodeGif(gif);
  expect(frames.length).toBeLessThan(26);
  expect(colourAt(gif, 0, [0, 0])).toEqual([0, 0, 200]);
  expect(colourAt(gif, frames.length - 1, [0, 0])).toEqual([200, 0, 0]);
});
