/** The simulators' systems, and a system that this test makes up, in the library, in figures and in official runs. */
import {displayedView, fieldViews} from "@lola-ts/figures";
import {dataOf} from "@lola-ts/official-runs";
import {BOUNDARY, channelNames, count, optional, projectRoot, text} from "@lola-ts/core";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {evaluationWindow, standardization} from "lola/data";
import {readCsv} from "lola/evaluate";
import {commonRules} from "../packages/simulators/src/plan";
import {checkPhysics} from "../packages/simulators/src/simulate";
import {defineSpec, type System} from "../packages/simulators/src/system";

/** A system of neither the paper nor The Well: a tracer that does not move, on a line. */
const still: System = {
  ...defineSpec({
    name: "still",
    title: "A tracer at rest",
    short: "Still",
    common: "Still",
    folders: ["still"],
    axes: ["x"],
    extent: [1],
    fields: [
      {name: "tracer", order: 0, colours: "viridis"},
      {name: "velocity", order: 1},
    ],
    scalars: [{name: "dose", values: [1, 2], log: true}],
    boundaries: [[[BOUNDARY.PERIODIC, BOUNDARY.PERIODIC]]],
    transform: ["log1p", "identity"],
    augment: {flip: true, permute: false, roll: true},
    displayed: "tracer",
    distribution: {compared: "values", channel: "tracer", title: "Wasserstein distance of the tracer"},
  }),
  version: 1,
  rules: {...commonRules, system: optional(text), grid: count},
  plan: () => [],
  fileNames: (folder) => [1, 2].map((dose) => `${folder}_dose_${dose}.hdf5`),
  simulate: ({frames}) => ({
    fields: {tracer: new Float32Array(8 * frames), velocity: new Float32Array(8 * frames)},
    diagnostics: {steps: 0, updates: 0, seconds: 0},
  }),
  restart: ({frames}, {state, first = 0}) => ({
    fields: {...state, tracer: new Float32Array(8 * (frames - first))},
    diagnostics: {steps: 0, updates: 0, seconds: 0},
  }),
  coarser: [],
  cost: ({frames}) => frames,
  summarise: () => ({moved: 0}),
  checks: [{key: "moved", check: "distance that the tracer moved", max: 0, expected: "0"}],
  references: () => [],
  referenceCurve: () => ({title: "", axes: ["x", "y"], exact: {x: [], y: []}, ours: {x: [], y: []}}),
  describe: () => "a tracer at rest",
};

test("a system needs neither the paper nor The Well", () => {
  expect(still).toMatchObject({channels: ["tracer", "velocity_x"], mirrors: [true]});
  expect([still.paper, still.well]).toEqual([undefined, undefined]);
  expect(fieldViews(still).map(({name}) => name)).toEqual(["tracer", "velocity x"]);
  expect(displayedView(still)).toMatchObject({channel: 0, signed: false});
  const constants = {transform: still.transform, mean: [0, 0], std: [1, 1]};
  expect(dataOf(still, constants)).toMatchObject({system: "still", physics: ["still"]});
});

test("its own checks are those that its data are held to", () => {
  const cost = {files: 1, trajectories: 1, steps: 1, updates: 1, seconds: 1};
  expect(checkPhysics(still, {...cost, moved: 0}).failures).toEqual([]);
  expect(checkPhysics(still, {...cost, moved: 1}).failures).toEqual(["distance that the tracer moved"]);
});

test("published constants are refused in a sentence where there are none", () => {
  expect(() => standardization(still)).toThrow("standardization: expected a system of the paper, found still");
});

test("components are named row-major", () => {
  expect(channelNames([{name: "T", order: 2}], ["x", "y"])).toEqual(["T_xx", "T_xy", "T_yx", "T_yy"]);
});

test("evaluation windows end where the horizons of the paper end", () => {
  for (const name of ["euler", "rayleigh-benard"]) {
    const {well, paper} = systemOf(name);
    const {start, stride, horizons} = paper!;
    const {length, firstState} = evaluationWindow(well!.frames, {start: start.code, stride: stride.code});
    expect((firstState + length - 1) * stride.code).toBe(horizons.at(-1)![1]);
  }
});

test.each(systemNames)("%s: the channel whose distributions are compared exists", (name) => {
  const {channels, distribution} = systemOf(name);
  expect(channels).toContain(distribution.channel);
});

const paperSystems = systemNames.map(systemOf).filter(({paper}) => paper);
const paperTable = (name: string) => readCsv(`${projectRoot()}/data/paper/table-${name}.csv`);

test.each(paperSystems)("$name: the paper's table of distributions is of this field and system", (system) => {
  const {distribution, paper, short} = system;
  for (const row of paperTable(`${paper!.tables.distribution}`)) {
    expect(row.dataset).toBe(short);
    expect(row.metric).toBe(distribution.compared === "places" ? "SEMD" : "Wasserstein");
    expect(row.field).toBe(distribution.channel === "velocity_y" ? "vertical velocity" : distribution.channel);
  }
});

test.each(paperSystems)("$name: the paper's tables have its numbers", ({paper, short}) => {
  const {spectrum, distribution} = paper!.tables;
  for (const number of [spectrum, distribution]) {
    const rows = paperTable(`${number}`.padStart(2, "0"));
    expect(new Set(rows.map(({dataset}) => dataset))).toEqual(new Set([short]));
  }
});
