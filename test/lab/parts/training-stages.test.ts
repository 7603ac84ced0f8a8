import {existsSync} from "node:fs";
import {rm} from "node:fs/promises";
import path from "node:path";
import type {EmulatorChanges} from "../../../lib/lab/stages/emulators";
import {smokeLabs} from "../smoke";

const {artifacts, folder, open} = smokeLabs();

test("the key of an emulator is known before it is trained, also where it begins with a solver's weights", async () => {
  const rate = {latentChannels: open().config.latentChannels[0]};
  const cases: [Parameters<ReturnType<typeof open>["emulator"]>[0], EmulatorChanges][] = [
    [
      {kind: "diffusion", ...rate},
      {seed: 1, seeds: 2, rollout: {members: 2}},
    ],
    [
      {kind: "crps", ...rate},
      {from: "solver", training: {steps: 1}},
    ],
    [{kind: "solver", latentChannels: null}, {}],
  ];
  for (const [method, changes] of cases) {
    const key = await open().emulatorKey(method, changes);
    expect(existsSync(path.join(folder(), "emulator"))).toBe(method.kind !== "diffusion");
    expect((await open().emulator(method, changes)).key).toBe(key);
  }
  await expect(open().emulatorKey({kind: "diffusion", ...rate}, {from: "solver"})).rejects.toThrow('a change "from"');
});

test("scores that are there need no emulator; what is not scored is trained", async () => {
  const store = artifacts("scored");
  const lab = () =>
    open((config) => ({...config, latentChannels: config.latentChannels.slice(0, 1), pixel: undefined}), store);
  const first = await lab().evaluation();
  const trained = path.join(store.root, "emulator");
  await rm(trained, {recursive: true});
  await rm(path.join(store.root, "rollout"), {recursive: true});
  const again = await lab().evaluation();
  expect(again.rows()).toEqual(first.rows());
  expect(existsSync(trained)).toBe(false);
  const [{kind, latentChannels}] = lab().methods;
  await lab().evaluation({methods: [{kind, latentChannels, changes: {seed: 1}}], trivial: false});
  expect(existsSync(trained)).toBe(true);
});
