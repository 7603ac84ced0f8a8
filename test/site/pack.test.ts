import {type Config, Shipped, shippedFolder} from "@lola-ts/laboratory/stages";
import {systemOf} from "@lola-ts/simulators";
import {packSystem, readModels, shippedSystems} from "../../site/build/pack";

test("the page has the systems with shipped models whose states have two axes", () => {
  const names = shippedSystems();
  expect(names).toEqual(["rayleigh-benard", "euler", "kolmogorov"]); // the page opens with the first
  expect(names.filter((name) => systemOf(name).axes.length !== 2)).toEqual([]);
  for (const name of names) expect(Shipped.open(shippedFolder(name))).toBeDefined();
});

test("a system of three axes is left out, though its models are shipped", () => {
  expect(systemOf("gravity-cooling").axes).toHaveLength(3);
  expect(Shipped.open(shippedFolder("gravity-cooling"))).toBeDefined();
  expect(shippedSystems()).not.toContain("gravity-cooling");
});

test("a system without shipped models is refused in one sentence", async () => {
  await expect(packSystem("nowhere")).rejects.toThrow(
    "site: expected shipped models of nowhere in data/pretrained, found none.",
  );
});

test.each(shippedSystems())("of %s three rates are shipped with all their models", async (name) => {
  const shipped = Shipped.open(shippedFolder(name))!;
  const {rates, weights} = await readModels(shipped, shipped.index.config as Config);
  expect(rates.map(({models}) => models.map(({kind}) => kind))).toEqual(
    new Array(3).fill(["autoencoder", "diffusion", "solver"]),
  );
  const files = rates.flatMap(({models}) => models.map(({file}) => file));
  expect(files.filter((file) => !weights.has(file))).toEqual([]);
});

test("the preset's own models are packed, wherever others stand in the list", async () => {
  const shipped = Shipped.open(shippedFolder("euler"))!;
  const {artifacts} = shipped.index;
  const turned = Object.assign(Object.create(shipped) as Shipped, {
    index: {...shipped.index, artifacts: [...artifacts].reverse()},
  });
  const config = shipped.index.config as Config;
  const [{weights}, {weights: again}] = [await readModels(shipped, config), await readModels(turned, config)];
  expect([...again.keys()].sort()).toEqual([...weights.keys()].sort());
  for (const [name, values] of weights) expect(again.get(name)).toEqual(values);
});

test("a shipped system is packed: models, trajectories and the results of its first view", async () => {
  const {facts, files} = await packSystem("kolmogorov");
  const named = [...facts.rates.flatMap(({models}) => models), ...facts.trajectories].map(({file}) => file);
  expect(files.map(({name}) => name)).toEqual(expect.arrayContaining([facts.first, ...named]));
  const sizes = new Map(files.map(({name, bytes}) => [name, bytes.byteLength]));
  const states = facts.shape.reduce((a, b) => a * b);
  expect(facts.trajectories.map(({file}) => sizes.get(file))).toEqual(new Array(3).fill(2 * states)); // halves
});
