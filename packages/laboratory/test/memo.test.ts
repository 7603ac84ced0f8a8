import {DATASET_OPTIONS, isUntrained, type Config} from "../src/config";
import {Memo, currentWork} from "@lola-ts/cache";
import {preset} from "../src/presets/presets";
import {Dataset, datasetOptions} from "../src/stages/dataset";
import {smokeLabs} from "./smoke";

const {artifacts} = smokeLabs();
const smoke = preset("euler", "smoke");

test("a dataset reads no option but those that identify it", async () => {
  const read = new Set<string>();
  const watched = <T extends object>(options: T, place: string): T =>
    new Proxy(options, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof name !== "string") return value;
        read.add(place + name);
        return place === "" && name === "rollout" ? watched(value as object, "rollout.") : value;
      },
    });
  const dataset = await Dataset.obtain(watched(smoke, ""), artifacts());
  for (const split of ["train", "valid", "test"] as const) {
    dataset.source(split);
    dataset.labels(split);
    dataset.augmentation(split);
  }
  void [dataset.testTrajectories, dataset.testWindow, dataset.labelledKey(""), dataset.describe()]; // read, too
  expect(read).toContain("rollout.trajectories");
  const {rollout, ...options} = datasetOptions(smoke);
  const known = [
    ...Object.keys(options),
    "rollout",
    ...Object.keys(rollout as object).map((name) => `rollout.${name}`),
  ];
  expect([...read].filter((option) => !known.includes(option))).toEqual([]);
});

test("no option is both of a dataset and of what no training reads", () => {
  expect(DATASET_OPTIONS.filter(isUntrained)).toEqual([]);
  const untrained = (Object.keys(smoke) as (keyof Config)[]).filter(isUntrained).sort();
  expect(untrained).toEqual(
    ["ablationSteps", "horizons", "latentChannels", "metrics", "rollout"].filter((name) => name in smoke),
  );
  expect([isUntrained("rollout.steps"), isUntrained("data.boundaries")]).toEqual([true, false]);
});

test("makes the result of each key once, and forgets what failed", async () => {
  const memo = new Memo();
  let count = 0;
  const make = () => Promise.resolve(++count);
  expect(await memo.once("latents", make)).toBe(1);
  expect(await memo.once("latents", make)).toBe(1);
  expect(await memo.once("other latents", make)).toBe(2);
  await expect(memo.once("rollout", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await memo.once("rollout", make)).toBe(3);
});

test("uses shared results, and releases its own models alone", async () => {
  const disposed: string[] = [];
  const model = (name: string) => () => Promise.resolve({model: {dispose: () => void disposed.push(name)}});
  const shared = new Memo();
  await shared.once("a", model("shared"));
  const memo = new Memo(shared);
  await memo.once("a", model("again"));
  await memo.once("b", model("own"));
  await memo.release();
  expect(disposed).toEqual(["own"]);
});

test("makes anew what was told to stop, once that has ended", async () => {
  const memo = new Memo();
  let fail: (error: Error) => void = () => undefined;
  let part: ReturnType<typeof currentWork>;
  const stopped = memo.once("emulator", () => {
    part = currentWork();
    return new Promise<number>((_, reject) => (fail = reject));
  });
  part!.stopping = true;
  const again = memo.once("emulator", () => Promise.resolve(2));
  fail(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  expect(await again).toBe(2);
  expect(await memo.once("emulator", () => Promise.resolve(3))).toBe(2);
});
