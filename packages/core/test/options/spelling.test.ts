import {editDistance, nearest} from "../../src/options/check-options";

test("counts letters to add, leave out, replace or swap", () => {
  expect(editDistance("rollout", "rollout")).toBe(0);
  expect(editDistance("rolout", "rollout")).toBe(1);
  expect(editDistance("sed", "seed")).toBe(1);
  expect(editDistance("trian", "train")).toBe(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
});

test("finds all nearest names, whatever their case, and none that is far", () => {
  const find = (name: string) => nearest(name, ["steps", "stride", "hidChannels", "Steps"], (one) => one);
  expect(find("step")).toEqual(["steps", "Steps"]);
  expect(find("HIDCHANNELS")).toEqual(["hidChannels"]);
  expect(find("temperature")).toEqual([]);
  expect(nearest("x", [], String)).toEqual([]);
});
