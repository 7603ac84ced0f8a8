import {openLab} from "../../src/open-lab";
import {preset, systemNames, withRecipeOfPaper} from "../../src/presets/presets";
import {changedConfig} from "../../src/changes";

const inPaper = systemNames().filter((system) => system !== "kolmogorov");

test.each(inPaper)("trains %s as the paper does, at the preset's size and length", (system) => {
  const [own, other] = [preset(system, "tour"), preset(system, "paper")];
  const config = withRecipeOfPaper(own);
  expect(changedConfig("test", own, () => config)).toEqual(config); // a configuration that can be
  const {mirrors, copies, contexts, schedule} = other;
  expect(config).toMatchObject({mirrors, copies, contexts, schedule});
  const {batch: _, ...training} = other.autoencoder.training;
  expect(config.autoencoder).toMatchObject({loss: other.autoencoder.loss, training});
  expect(config.autoencoder.model).toMatchObject({dropout: 0.05, latentNoise: 0.01, periodic: false});
  for (const space of ["latent", "pixel"] as const) {
    const {batch: _, steps: __, ...schedule} = {...other[space]?.training};
    if (own[space]) expect(config[space]).toMatchObject({dropout: 0.05, training: schedule});
    expect(config[space]?.training.steps).toBe(own[space]?.training.steps);
  }
  expect(config.data).toEqual(own.data);
  expect(config.autoencoder.steps).toEqual(own.autoencoder.steps);
  expect(config.latent.hidChannels).toBe(own.latent.hidChannels);
  expect(config.rollout).toEqual(own.rollout);
});

test("leaves out what is not in the paper", () => {
  const own = {...preset("euler", "mini"), objective: {members: 2}};
  const config = withRecipeOfPaper({...own, latent: {...own.latent, training: {...own.latent.training, ema: 0.9}}});
  expect([config.latentRolls, config.objective, config.latent.training.ema]).toEqual([undefined, undefined, undefined]);
});

test("is one option of openLab, before a change; other names and systems outside the paper are refused", () => {
  const lab = openLab({preset: "smoke", recipe: "paper", change: {latent: {dropout: 0}}});
  expect(lab.config.latent).toMatchObject({dropout: 0, training: {optimiser: "adamw", learningRate: 1e-4}});
  expect(lab.changes.map(({option}) => option)).toContain("autoencoder.training.optimiser");
  expect(openLab({preset: "smoke", recipe: "own"}).changes).toEqual([]);
  expect(() => openLab({recipe: "papers" as never})).toThrow(/openLab: expected recipe to be "own" or "paper"/);
  expect(() => openLab({system: "kolmogorov", recipe: "paper"})).toThrow(
    'expected name, for kolmogorov, to be "smoke"',
  );
});
