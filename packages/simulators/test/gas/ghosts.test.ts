import {ghostSource} from "../../src/gas";

test("ghosts copy the other end of a periodic axis, and the last cell of an open one", () => {
  const sources = (boundary: "periodic" | "open", n: number) =>
    [-2, -1, 0, n - 1, n, n + 1].map((ghost) => ghostSource(ghost, n, boundary));
  expect(sources("periodic", 5)).toEqual([3, 4, 0, 4, 0, 1]);
  expect(sources("open", 5)).toEqual([0, 0, 0, 4, 4, 4]);
  expect(sources("periodic", 1)).toEqual([0, 0, 0, 0, 0, 0]);
});
