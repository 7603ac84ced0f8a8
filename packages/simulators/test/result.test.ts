import {frameTimes} from "../src/result";

test("frames are at equal distances from 0 to the end", () => {
  expect(frameTimes({frames: 4, endTime: 1.5})).toEqual([0, 0.5, 1, 1.5]);
  expect(frameTimes({frames: 1, endTime: 1.5})).toEqual([0]);
});
