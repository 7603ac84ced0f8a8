import {preset, studiedPreset} from "@lola-ts/laboratory/stages";
import {asStudied, pixelDiffusion, studyName} from "../../src/studies/pixel-diffusion";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
const plans = withoutTraining((measure, _, seed) => seed + Number(measure.startsWith("crps")));

test("three seeds are measured over the first horizon", async () => {
  const [row] = (await pixelDiffusion(open())).rows();
  expect(row).toMatchObject({method: "diffusion-pixel", seeds: 3, "vrmse@1:20": 1, "crps@1:20": 2});
  expect(plans[0]).toMatchObject({name: "pixel-diffusion-euler-smoke", train: true});
});

test("what is there can be asked for without training", async () => {
  await pixelDiffusion(open(), {train: false});
  expect(plans.at(-1)!.train).toBe(false);
});

test("a system without a pixel solver has none, and unknown options are refused", async () => {
  const none = open(({pixel: _, ...config}) => config);
  await expect(pixelDiffusion(none)).rejects.toThrow("expected settings of pixel-space emulators");
  await expect(pixelDiffusion(open(), {trains: true} as never)).rejects.toThrow("pixelDiffusion: unknown option");
});

test("a study of a preset starts from what the recorded ones changed, that of anything else from what it is", () => {
  const [tour, mini] = ["tour", "mini"].map((name) => preset("euler", name));
  expect(asStudied(tour)).toEqual(studiedPreset(tour));
  expect(asStudied(tour).latent.training).toMatchObject({batch: 32, learningRate: 4e-3});
  expect(asStudied(mini)).toEqual(mini);
  const shallow = {...tour, latent: {...tour.latent, hidBlocks: 1}};
  expect(asStudied(shallow)).toBe(shallow);
});

test("the sweep of a preset is named, that of a changed one is not", () => {
  expect(studyName(open(), "forms")).toEqual({name: "forms-euler-smoke"});
  const changed = open((config) => ({...config, seed: 3}));
  expect(studyName(changed, "forms")).toEqual({});
});
