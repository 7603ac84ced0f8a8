import {simulatedSystem, systemNames, systemOf} from "../src/registry";

const paperSystems = systemNames.map(systemOf).filter(({paper}) => paper);

test.each(systemNames)("%s: names, channels and lists fit together", (name) => {
  const system = systemOf(name);
  const {axes, channels} = system;
  expect(system.name).toBe(name);
  expect(system.transform).toHaveLength(channels.length);
  expect(system.boundaries).toHaveLength(system.folders.length);
  for (const list of [system.extent, system.mirrors, ...system.boundaries]) expect(list).toHaveLength(axes.length);
  if (system.well) expect(system.well.grid).toHaveLength(axes.length);
  expect(system.fields.map((field) => field.name)).toContain(system.displayed);
  const values = system.scalars.reduce((product, scalar) => product * scalar.values.length, 1);
  for (const folder of system.folders) {
    const names = system.fileNames(folder);
    expect(new Set(names).size).toBe(values);
    for (const file of names) expect(file.startsWith(folder) && file.endsWith(".hdf5")).toBe(true);
  }
});

test("names of systems, folders and tables are taken once", () => {
  const systems = systemNames.map(systemOf);
  for (const list of [systemNames, systems.map(({short}) => short), systems.flatMap(({folders}) => folders)]) {
    expect(new Set(list).size).toBe(list.length);
  }
});

test("an unknown system is answered with the known ones", () => {
  expect(() => systemOf("navier")).toThrow(`system: expected one of ${systemNames.join(", ")}, found "navier"`);
  expect(() => systemOf("toString")).toThrow('found "toString"');
});

test("a configuration without a system is Euler's", () => {
  expect(simulatedSystem({}).name).toBe("euler");
  expect(simulatedSystem({system: "gravity-cooling"}).name).toBe("gravity-cooling");
});

test("compression rates are those of the paper, section 4", () => {
  expect(paperSystems.map(({paper}) => paper!.compressions)).toEqual([
    [64, 256, 1024],
    [80, 320, 1280],
    [48, 192, 768],
  ]);
  for (const {channels, paper} of paperSystems) {
    for (const list of Object.values(paper!.standardization)) expect(list).toHaveLength(channels.length);
  }
});

test("the choices of paper and code that differ are both known", () => {
  const [convection, euler, gravity] = paperSystems.map(({paper}) => paper!);
  expect([convection, euler, gravity].map(({stride}) => [stride.paper, stride.code])).toEqual([
    [1, 4],
    [4, 4],
    [1, 1],
  ]);
  expect([convection, euler, gravity].map(({start}) => [start.paper, start.code])).toEqual([
    [0, 16],
    [0, 0],
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

test("convection is not its own mirror image upside down; every other flow of the paper is along any axis", () => {
  expect(paperSystems.map(({mirrors}) => mirrors)).toEqual([
    [true, false],
    [true, true],
    [true, true, true],
  ]);
});
