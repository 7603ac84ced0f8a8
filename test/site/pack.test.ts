import {Shipped, shippedFolder} from "../../lib/lab/pretrained/shipped";
import {systemOf} from "../../lib/systems/registry";
import {packSystem, shippedSystems} from "../../site/build/pack";

test("the page has the systems with shipped models whose states have two axes", () => {
  const names = shippedSystems();
  expect(names).toEqual(expect.arrayContaining(["euler", "rayleigh-benard"]));
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
