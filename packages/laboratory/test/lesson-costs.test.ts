import type {Config} from "../src/config";
import {costOf, lessonCosts} from "../src/lesson-costs";
import {smokeLabs, three} from "./smoke";

const {open} = smokeLabs();

const small = (config: Config): Config => ({...three(config), latentChannels: [16], pixel: undefined});

test("a cell's cost names what is not there, with the time of earlier work, and nothing is made to find out", async () => {
  const lab = open(small);
  const untimed = "To make: dataset; not timed here before.";
  expect(await costOf(lab, "dataset")).toBe(untimed);
  expect(await costOf(lab, "emulators")).toBe(`${untimed} All models are trained after it.`);
  await lab.dataset();
  expect(await costOf(lab, "dataset")).toBe("");
  expect(await costOf(lab, "autoencoders")).toBe("To make: autoencoder-c16; not timed here before.");
  await lab.autoencoders();
  expect(await costOf(lab, "autoencoders")).toBe("");
  expect(await costOf(lab, "emulators")).toBe("To make: diffusion-c16, solver-c16; not timed here before.");
  const longer = open((config) => ({...small(config), seed: 1}));
  expect(await costOf(longer, "autoencoders")).toMatch(/^To make: autoencoder-c16; about .+\.$/);
});

test("costs are refused for what no lesson asks", async () => {
  await expect(lessonCosts([{makes: "coffee"} as never])).rejects.toThrow("lessonCosts: expected needs to be a list");
  expect(await lessonCosts([])).toEqual([]);
});
