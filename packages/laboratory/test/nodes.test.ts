import {existsSync, readdirSync} from "node:fs";
import {rm} from "node:fs/promises";
import path from "node:path";
import {node} from "@lola-ts/cache";
import {openContext} from "../src/stages/context";
import {type EmulatorChanges} from "../src/model-changes";
import {emulatorStage} from "../src/stages/emulators";
import {smokeLabs} from "./smoke";

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
    const {key} = node(emulatorStage, await openContext(open()), {method, changes});
    expect(existsSync(path.join(folder(), "emulator"))).toBe(method.kind !== "diffusion");
    expect((await open().emulator(method, changes)).key).toBe(key);
  }
  await expect(open().emulator({kind: "diffusion", ...rate}, {from: "solver"})).rejects.toThrow('a change "from"');
});

test("keys of emulators are known before anything but the dataset is made", async () => {
  const store = artifacts("keys");
  const lab = open(undefined, store);
  const context = await openContext(lab);
  for (const method of lab.methods) expect(node(emulatorStage, context, {method}).key).toMatch(/^[0-9a-f]{64}$/);
  expect(readdirSync(store.root).filter((name) => name !== "times.json")).toEqual(["dataset"]);
});

test("scores that are there need no autoencoder, latents, emulator or rollout; what is not scored is trained", async () => {
  const store = artifacts("scored");
  const lab = () =>
    open((config) => ({...config, latentChannels: config.latentChannels.slice(0, 1), pixel: undefined}), store);
  const first = await lab().evaluation();
  const trained = path.join(store.root, "emulator");
  await rm(trained, {recursive: true});
  const inputs = ["autoencoder", "latents", "rollout"].map((stage) => path.join(store.root, stage));
  for (const folder of inputs) await rm(folder, {recursive: true});
  const again = await lab().evaluation();
  expect(again.rows()).toEqual(first.rows());
  expect([trained, ...inputs].some((folder) => existsSync(folder))).toBe(false);
  const [{kind, latentChannels}] = lab().methods;
  await lab().evaluation({methods: [{kind, latentChannels, changes: {seed: 1}}], trivial: false});
  expect(existsSync(trained)).toBe(true);
});
