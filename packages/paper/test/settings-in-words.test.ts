import {autoencoderInWords, emulatorInWords, roundedCount} from "../src/settings-tables";
import {preset} from "@lola-ts/laboratory/stages";

test("counts have two digits, as in the paper", () => {
  expect([310e6, 2.24e8, 999, 1000].map(roundedCount)).toEqual(["3.1e8", "2.2e8", "999", "1.0e3"]);
});

test("the preset of the paper has the paper's words", () => {
  const paper = preset("euler", "paper");
  expect(autoencoderInWords(paper)).toMatchObject({
    Architecture: "Conv",
    "Pixel shape": "C_pixel x H x W",
    "Latent shape": "C_latent x H/32 x W/32",
    Activation: "SiLU",
    Normalization: "LayerNorm",
    "Identity initialization": "yes",
  });
  expect(emulatorInWords(paper, "latent")).toMatchObject({
    Architecture: "Transformer",
    "Input shape": "C_latent x (n+1) x H/32 x W/32",
    "States per call (n)": "4",
    "Positional embedding": "Absolute + RoPE",
  });
});

test("a run without an emulator in pixel space has no words for it, and a range where rates differ", () => {
  const tour = preset("euler", "tour");
  expect(emulatorInWords({...tour, pixel: undefined}, "pixel")).toBeUndefined();
  expect(autoencoderInWords({...tour, autoencoder: {...tour.autoencoder, steps: {16: 100, 4: 200}}})).toMatchObject({
    Steps: "100 to 200",
    "Latent channels": "16, 4",
  });
});
