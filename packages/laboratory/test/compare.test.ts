import {compare} from "../src/compare";
import type {Config} from "../src/config";
import type {Lab} from "../src/lab";
import {smokeLabs, three} from "./smoke";

const {open, artifacts} = smokeLabs();
const diffusion = {kind: "diffusion", latentChannels: 16} as const;

describe("laboratories that cannot be compared are refused in one sentence, before anything is trained:", () => {
  const plain = () => open(three, artifacts("refusals"));
  const other = (change: (config: Config) => Config) => open((config) => change(three(config)), artifacts("refusals"));

  test.each([
    ["one", () => ({a: plain()}), "compare: expected two laboratories or more, found a."],
    ["none", () => ({}), "compare: expected two laboratories or more, found none."],
    [
      "one name twice",
      () => ({a: plain(), "a ": other((c) => ({...c, seed: 1}))}),
      "expected different names, found a  twice.",
    ],
    ["an empty name", () => ({a: plain(), " ": plain()}), "expected a name for each laboratory, found an empty one."],
    [
      "the same twice",
      () => ({a: plain(), b: plain()}),
      "found a and b with the same configuration (data.trajectories",
    ],
    [
      "the same twice, in another order of options",
      () => ({a: plain(), b: other((c) => Object.fromEntries(Object.entries(c).reverse()) as unknown as Config)}),
      "found a and b with the same configuration",
    ],
    [
      "other horizons",
      () => ({a: plain(), b: other((c) => ({...c, horizons: [[1, 8]]}))}),
      "expected the horizons [[1,20],[21,40]] of a, found [[1,8]] in b.",
    ],
    [
      "another stride",
      () => ({a: plain(), b: other((c) => ({...c, stride: 8}))}),
      "expected the stride 4 of a, found 8 in b.",
    ],
    [
      "other numbers",
      () => ({a: plain(), b: other((c) => ({...c, rollout: {...c.rollout, trajectories: 2}}))}),
      "expected the test trajectories of a, found others in b (numbers ",
    ],
    [
      "other states",
      () => ({a: plain(), b: other((c) => ({...c, data: {...c.data, seed: 5} as Config["data"]}))}),
      "found others in b (number 0 has other values).",
    ],
  ] as [string, () => Record<string, Lab>, string][])("%s", async (_, labs, sentence) => {
    await expect(compare(labs(), {methods: [diffusion]})).rejects.toThrow(sentence);
  });

  test("methods that cannot be", async () => {
    const labs = {a: plain(), b: other((config) => ({...config, latentChannels: [4]}))};
    await expect(compare(labs, {methods: []})).rejects.toThrow("found an empty list");
    await expect(compare(labs, {methods: [diffusion, diffusion]})).rejects.toThrow("found diffusion-c16 twice");
  });
});
