/** docs/presets.md repeats the sizes of the presets. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {preset} from "@lola-ts/laboratory/stages";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {tableWith} from "./markdown";

const page = readFileSync(path.join(__dirname, "../../docs/presets.md"), "utf8");
const WORDS = ["convection", "Euler", "cloud", "Kolmogorov flow"];

/** Print a number, or the range of several. */
const range = (values: readonly number[]) =>
  [...new Set([Math.min(...values), Math.max(...values)])].map(String).join(" to ");

test("docs/presets.md has the sizes of tour and mini of every system", () => {
  const rows = systemNames.flatMap((system, i) =>
    ["tour", "mini"].map((name) => {
      const {data, latentChannels, autoencoder, latent, pixel} = preset(system, name);
      const {channels, axes} = systemOf(system);
      const {grid, trajectories} = data as {grid: number | number[]; trajectories: {train: number; test: number}};
      const {patchSize = 1, hidChannels} = autoencoder.model;
      const cells = (patchSize * 2 ** (hidChannels.length - 1)) ** axes.length;
      const rates = latentChannels.map((latents) => `÷${(cells * channels.length) / latents}`);
      const states = axes.length === 3 ? `${String(grid)}³` : [grid, grid].flat().slice(0, 2).join(" × ");
      return [
        ...[WORDS[i], name, states, rates.join(", "), `${trajectories.train}, ${trajectories.test}`],
        ...[range(Object.values(autoencoder.steps)), `${latent.training.steps}`, `${pixel?.training.steps ?? "–"}`],
      ];
    }),
  );
  expect(tableWith("rates", page).rows).toEqual(rows);
});
