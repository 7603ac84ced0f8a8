import type {Config} from "../../lib/lab/config";
import {Memo, optionsKey} from "../../lib/lab/memo";
import {preset} from "../../lib/lab/presets/presets";
import type {Stage} from "../../lib/lab/store/artifacts";
import {Dataset} from "../../lib/lab/stages/dataset";
import {currentWork} from "../../lib/lab/notebook/work";
import {smokeLabs} from "./smoke";

const {artifacts} = smokeLabs();
const smoke = preset("euler", "smoke");
const STAGES: Stage[] = ["dataset", "autoencoder", "latents", "emulator", "rollout", "evaluation"];
const TRAININGS: Stage[] = ["autoencoder", "latents", "emulator"];
const shared = (other: Config) => STAGES.filter((stage) => optionsKey(other, stage) === optionsKey(smoke, stage));

test("stages share what they make until the first that reads a changed option", () => {
  const {rollout, latent, autoencoder} = smoke;
  expect(shared(smoke)).toEqual(STAGES);
  expect(shared({...smoke, horizons: [[1, 4]]})).toEqual(STAGES.slice(0, 5));
  expect(shared({...smoke, rollout: {...rollout, steps: 3}})).toEqual(STAGES.slice(0, 4));
  expect(shared({...smoke, latent: {...latent, hidBlocks: 2}})).toEqual(STAGES.slice(0, 3));
  expect(shared({...smoke, copies: 2})).toEqual(STAGES.slice(0, 2));
  expect(shared({...smoke, autoencoder: {...autoencoder, loss: "mae"}})).toEqual(["dataset"]);
  for (const change of [{seed: 1}, {stride: 2}, {label: {boundary: false}}]) {
    expect(shared({...smoke, ...change})).toEqual([]);
  }
});

test("trainings do not read how many test trajectories are rolled out", () => {
  expect(shared({...smoke, rollout: {...smoke.rollout, trajectories: 3}})).toEqual(TRAININGS);
});

test("a dataset reads no option that another may change while it is shared", async () => {
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
  expect([dataset.testTrajectories, dataset.testWindow, dataset.labelledKey(""), dataset.describe()]).toBeDefined();
  expect(read).toContain("rollout.trajectories");
  for (const option of read) {
    const [name, inner] = option.split(".");
    if (option === "rollout") continue;
    const other = inner ? {...smoke, rollout: {...smoke.rollout, [inner]: 7}} : {...smoke, [name]: "another"};
    const untrained = option === "rollout.trajectories" ? TRAININGS : [];
    expect([option, shared(other as Config)]).toEqual([option, untrained]);
  }
});

test("makes each thing once for the options that it depends on, and forgets what failed", async () => {
  const memo = new Memo();
  let made = 0;
  const make = () => Promise.resolve(++made);
  expect(await memo.once(smoke, "latents 16", make)).toBe(1);
  expect(await memo.once({...smoke, window: 4}, "latents 16", make)).toBe(1);
  expect(await memo.once(smoke, "latents 4", make)).toBe(2);
  expect(await memo.once({...smoke, copies: 9}, "latents 16", make)).toBe(3);
  await expect(memo.once(smoke, "rollout", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await memo.once(smoke, "rollout", make)).toBe(4);
});

test("makes anew what was told to stop, once that has ended", async () => {
  const memo = new Memo();
  let fail: (error: Error) => void = () => undefined;
  let part: ReturnType<typeof currentWork>;
  const stopped = memo.once(smoke, "emulator a", () => {
    part = currentWork();
    return new Promise<number>((_, reject) => (fail = reject));
  });
  part!.stop();
  const again = memo.once(smoke, "emulator a", () => Promise.resolve(2));
  fail(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  expect(await again).toBe(2);
  expect(await memo.once(smoke, "emulator a", () => Promise.resolve(3))).toBe(2);
});
