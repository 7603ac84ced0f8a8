import {badness, readMeasure} from "../src/measure";

test("measures are read by their names", () => {
  expect(readMeasure("sweep", "vrmse@1:20", "ensemble")).toEqual({
    name: "vrmse@1:20",
    kind: "score",
    metric: "vrmse",
    horizon: [1, 20],
  });
  expect(readMeasure("sweep", "mae", "autoencoder")).toEqual({name: "mae", kind: "loss", loss: "mae"});
  expect(readMeasure("sweep", "latents.kurtosis", "autoencoder")).toMatchObject({
    kind: "latents",
    statistic: "kurtosis",
  });
  expect(readMeasure("sweep", "latents.0.05", "autoencoder")).toMatchObject({kind: "latents", statistic: 0.05});
  expect(readMeasure("sweep", "secondsPerStep", "single")).toMatchObject({kind: "time", per: "step"});
});

test.each([
  ["vrmse@1:20", "autoencoder", 'sweep: an autoencoder has no measure "vrmse@1:20"; did you mean "vrmse"?'],
  ["crsp@1:20", "ensemble", 'sweep: an ensemble of emulators has no measure "crsp@1:20"; did you mean "crps@1:20"?'],
  ["crps", "ensemble", 'sweep: an ensemble of emulators has no measure "crps"; did you mean "crps@1:20"?'],
  ["ratio@1:20", "single", 'sweep: an emulator with one answer has no measure "ratio@1:20"; '],
  ["vrmse@20:1", "single", "sweep: expected the horizon of vrmse@20:1 to go from a lead time to a later one."],
  ["latents.2", "autoencoder", 'sweep: an autoencoder has no measure "latents.2"; '],
  ["latents.mean", "single", 'sweep: an emulator with one answer has no measure "latents.mean"; '],
  ["mae", "single", 'sweep: an emulator with one answer has no measure "mae"; '],
] as const)("%s of %s is refused", (name, model, sentence) => {
  expect(() => readMeasure("sweep", name, model)).toThrow(sentence);
});

test("errors are bad as they are, a ratio of spread to skill by its distance from 1", () => {
  expect(badness("vrmse@1:20", 0.5)).toBe(0.5);
  expect(badness("ratio@1:20", 0.5)).toBe(0.5);
  expect(badness("ratio@1:20", 1.25)).toBe(0.25);
});

test("a measure without its name is refused by name", () => {
  expect(() => readMeasure("vrmse@5:1", undefined as never, "single")).toThrow(
    "readMeasure: expected name to be a text",
  );
});
