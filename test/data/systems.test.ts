import {reference} from "../reference/reference";
import {channelNames, systemNames, systemOf} from "../../lib/data/systems";

test("channels, compression rates and lists of each system fit together", () => {
  const rates = {euler: [80, 320, 1280], "rayleigh-benard": [64, 256, 1024], "gravity-cooling": [48, 192, 768]};
  for (const name of systemNames) {
    const system = systemOf(name);
    expect(system.compressions).toEqual(rates[name]); // paper, section 4
    for (const list of Object.values(system.standardization)) expect(list).toHaveLength(system.channels.length);
    for (const codes of system.boundaries) expect(codes).toHaveLength(system.axes.length);
    expect(system.grid).toHaveLength(system.axes.length);
    expect(system.boundaries).toHaveLength(system.folders.length);
    expect(system.fields.map((field) => field.name)).toContain(system.displayed);
  }
  expect(systemOf("euler").channels).toEqual(["energy", "density", "pressure", "momentum_x", "momentum_y"]);
});

test.each([
  ["euler", "euler"],
  ["rayleigh-benard", "convection"],
  ["gravity-cooling", "gravity"],
])("constants of %s are the official configuration's", (name, key) => {
  const config = reference("standardize").config[key];
  if (!config) return; // another folder of golden vectors may hold other systems
  const {fields, standardization, scalars, augment} = systemOf(name);
  const published = {identity: undefined, log1p: "log1p", logEps: "log_eps"};
  expect(fields.map((field) => field.name)).toEqual([...config.scalars, config.vector]);
  expect(scalars.map((scalar) => scalar.name)).toEqual(Object.keys(config.constants));
  expect(standardization.mean).toEqual(config.mean);
  expect(standardization.std).toEqual(config.std);
  const transforms = standardization.transform.map((_, channel) => config.transform[channel]);
  expect(standardization.transform.map((transform) => published[transform])).toEqual(transforms);
  expect(augment.permute).toBe(config.augment.includes("random_axis_permute"));
  expect(augment.roll).toBe(config.augment.includes("random_axis_roll"));
});

test("components are named row-major", () => {
  expect(channelNames([{name: "T", order: 2}], ["x", "y"])).toEqual(["T_xx", "T_xy", "T_yx", "T_yy"]);
});

test("an unknown system is answered with the known ones", () => {
  expect(() => systemOf("navier")).toThrow(
    'system: expected one of euler, rayleigh-benard, gravity-cooling, found "navier"',
  );
  expect(() => systemOf("toString")).toThrow('found "toString"');
});
