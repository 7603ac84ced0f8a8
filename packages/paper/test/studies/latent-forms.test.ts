import type {ScatterData} from "plotly.js";
import {latentForms, latentFormVariants} from "../../src/studies/variant-studies";
import {Rng} from "@lola-ts/core";
import {quantile} from "lola/evaluate";
import {smokeLabs} from "../../../laboratory/test/smoke";
import {withoutTraining} from "./measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());

const names = Object.keys(latentFormVariants);
const random = Rng.from("latents", 0);
const normal = Array.from({length: 20_000}, () => random.normal());
const place = (overrides: object) =>
  Object.values(latentFormVariants).findIndex((one) => JSON.stringify(one) === JSON.stringify(overrides));

const plans = withoutTraining((measure, overrides, seed) => {
  const share = /^latents\.([01].*)$/.exec(measure)?.[1];
  if (share !== undefined) return (1 + place(overrides)) * quantile(normal, Number(share));
  return 1 + 10 * place(overrides) + seed;
});

test("each form has a row: its reconstruction, its latents, and the forecasts on them with changes from the saturation", async () => {
  const {rows, caption} = await latentForms(open());
  expect(rows.map(({latents}) => latents)).toEqual(names);
  expect(rows[1]).toMatchObject({"reconstruction VRMSE": 12, kurtosis: 12, "vrmse@1:20": 12});
  expect(rows[1]["change, %"]).toBeCloseTo(100 * (286 ** (1 / 3) - 1), 9);
  expect(rows[0]["change, %"]).toBeNull();
  expect(caption).toContain("3 seeds");
  const [autoencoders, emulators] = plans;
  expect(autoencoders).toMatchObject({methods: ["autoencoder"], seeds: 3, name: "latent-forms-euler-smoke"});
  expect(emulators).toMatchObject({methods: ["diffusion"], seeds: 3, autoencoders: "own"});
  expect(emulators.config.latent.training.steps).toBe(Math.ceil(open().config.latent.training.steps / 4));
});

test("densities are those of the quantiles: of normal latents a normal one, of wider ones a lower one", async () => {
  const {data} = (await latentForms(open())).figure();
  const curve = (name: string) => data.find((trace) => trace.name === name) as ScatterData;
  const peak = (name: string) => Math.max(...(curve(name).y as number[]));
  expect(peak("standard normal")).toBeCloseTo(0.399, 3);
  expect(Math.abs(peak(names[0]) / 0.399 - 1)).toBeLessThan(0.03); // quantiles of 20000 draws
  expect(3 * peak(names[2])).toBeCloseTo(peak(names[0]), 3); // figures hold four digits
});

test("a changed laboratory has a sweep of its own, and what is no laboratory is refused", async () => {
  await latentForms(open((config) => ({...config, seed: 1})));
  expect(plans.at(-1)!.name).not.toContain("latent-forms");
  await expect(latentForms({} as never)).rejects.toThrow("latentForms: expected lab to be a laboratory");
});
