import {resolveWindow} from "../../lib/data/source";

test("a window without bounds is the whole trajectory", () => {
  expect(resolveWindow(0, 9, {})).toEqual({start: 0, stride: 1, length: 9});
});

test("a window without a length reaches as far as its stride allows", () => {
  for (let start = 0; start < 9; start++) {
    for (let stride = 1; stride < 5; stride++) {
      const states = Array.from({length: 9}, (_, i) => i).filter((i) => i >= start && (i - start) % stride === 0);
      expect(resolveWindow(0, 9, {start, stride})).toEqual({start, stride, length: states.length});
    }
  }
});

test.each([{start: 9}, {start: -1}, {length: 10}, {length: 0}, {stride: 0}, {start: 1, length: 3, stride: 4}])(
  "the window %o is outside of 9 states",
  (window) => {
    expect(() => resolveWindow(3, 9, window)).toThrow("trajectory 3: expected a window inside its 9 states, found");
  },
);
