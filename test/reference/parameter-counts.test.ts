import {Autoencoder} from "../../lib/models/autoencoder";
import {systemOf} from "@lola-ts/simulators";
import {KarrasDenoiser} from "../../lib/diffusion/denoiser";
import type {Model} from "../../lib/nn/module";
import {autoencoderConfig, denoiserConfig, emulatorConfig} from "../../packages/official-runs/src/official-config";
import {Solver} from "../../lib/models/solver";
import {reference} from "./reference";

const {config, values} = reference("parameter-counts");

/** The model that a count's name stands for, e.g. dcae_2d_pix5_lat64 or solver_euler_lat4; nothing is allocated. */
function modelOf(name: string): Model {
  const dcae = /^(dcae_(\d)d)_pix(\d+)_lat(\d+)$/.exec(name);
  if (dcae) {
    const [spatial, pix_channels, lat_channels] = dcae.slice(2).map(Number);
    return new Autoencoder(autoencoderConfig({...config[dcae[1]], spatial, pix_channels, lat_channels}));
  }
  const [, kind, systemName, latent] = /^(diffusion|solver|pixel_solver)_(.+?)(?:_lat(\d+))?$/.exec(name)!;
  const system = systemOf(systemName.replace("_", "-"));
  const official = {
    ...config[kind],
    channels: latent ? Number(latent) : system.channels.length,
    label_features: system.scalars.length + 2 * system.axes.length,
    spatial: system.axes.length + 1,
  };
  if (kind !== "diffusion") return new Solver(emulatorConfig(official));
  return new KarrasDenoiser(denoiserConfig({...official, masked: true, schedule: {name: "log_logit"}}));
}

test.each(Object.entries<Record<string, number>>(values))("%s", (name, {total, ...parts}) => {
  const {layout} = modelOf(name);
  const sizeOf = (part: string) =>
    layout.entries.filter((entry) => entry.name.startsWith(`${part}.`)).reduce((sum, {size}) => sum + size, 0);
  expect(Object.fromEntries(Object.keys(parts).map((part) => [part, sizeOf(part)]))).toEqual(parts);
  expect(layout.size).toBe(total);
});
