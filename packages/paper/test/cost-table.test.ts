import {Lab} from "@lola-ts/laboratory";
import {costTable} from "../src/paper-tables";
import type {Evaluation} from "@lola-ts/laboratory/stages";
import {smokeLabs} from "../../laboratory/test/smoke";
import {withoutTraining} from "./studies/measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterAll(() => jest.restoreAllMocks());
withoutTraining((measure, _, seed) => (measure.startsWith("vrmse") ? 0.8 : 0.5) + 0.1 * seed);

const time = {generation: 0.002, decoding: 0, repeats: [0.002], trajectory: [0.05]};
const score = {metric: "vrmse", horizon: "1:20", method: "diffusion", value: 0.5, error: 0.01};

test("errors stand beside the times of their method and rate; that of pixel-space diffusion is the mean over its seeds", async () => {
  jest.spyOn(Lab.prototype, "timing").mockResolvedValue([
    {...time, method: "diffusion", space: "latent", compression: 20},
    {...time, method: "diffusion", space: "latent", compression: 80},
    {...time, method: "diffusion", space: "pixel", compression: 1},
  ]);
  const results = [
    {...score, compression: 80, value: 0.7},
    {...score, compression: 80, horizon: "21:60", value: 0.9},
    {...score, compression: 80, metric: "crps", value: 0.3},
    {...score, compression: 20},
  ];
  jest.spyOn(Lab.prototype, "evaluation").mockResolvedValue({results: () => results} as unknown as Evaluation);
  const lab = open();
  const [horizon] = lab.config.horizons.map((one) => one.join(":"));
  expect(horizon).toBe(score.horizon);
  const {rows} = await costTable(lab);
  const row = (compression: number) => rows.find((one) => one["÷"] === compression)!;
  expect([20, 80, 1].map((rate) => row(rate)[`VRMSE, ${horizon}`])).toEqual([0.5, 0.7, expect.closeTo(0.9, 9)]);
  expect(row(1)[`VRMSE, ${horizon} ±`]).toBeCloseTo(0.1 / Math.sqrt(3), 9);
});
