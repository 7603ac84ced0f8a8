import {channelNames, systemNames, systemOf} from "../../lib/systems/registry";

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

test("components are named row-major", () => {
  expect(channelNames([{name: "T", order: 2}], ["x", "y"])).toEqual(["T_xx", "T_xy", "T_yx", "T_yy"]);
});

test("an unknown system is answered with the known ones", () => {
  expect(() => systemOf("navier")).toThrow(
    'system: expected one of euler, rayleigh-benard, gravity-cooling, found "navier"',
  );
  expect(() => systemOf("toString")).toThrow('found "toString"');
});

test("the choices of paper and code that differ are both known", () => {
  const facts = (name: string) => systemOf(name);
  const [euler, convection, gravity] = systemNames.map(facts);
  expect([euler, convection, gravity].map(({stride}) => [stride.paper, stride.code])).toEqual([
    [4, 4],
    [1, 4],
    [1, 1],
  ]);
  expect([euler, convection, gravity].map(({start}) => [start.paper, start.code])).toEqual([
    [0, 0],
    [0, 16],
    [0, 0],
  ]);
  expect(gravity.horizons.slice(1)).toEqual([
    [11, 30],
    [31, 50],
  ]);
  expect(gravity.printedHorizons.slice(1)).toEqual([
    [11, 20],
    [21, 50],
  ]);
  expect(euler.printedHorizons).toEqual(euler.horizons);
});

test("convection has an upside and a downside, the other systems have not", () => {
  expect(systemNames.map((name) => systemOf(name).mirrors)).toEqual([
    [true, true],
    [true, false],
    [true, true, true],
  ]);
});
