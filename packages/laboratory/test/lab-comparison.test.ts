import {basename, dirname} from "node:path";
import type {ScatterData} from "plotly.js";
import {compare} from "../src/compare";
import type {Config} from "../src/config";
import {LabComparison} from "../src/lab-comparison";
import {testTrajectory} from "../src/stages/evaluation";
import {smokeLabs, three} from "./smoke";

const {open} = smokeLabs();
const diffusion = {kind: "diffusion", latentChannels: 16} as const;

const single = (config: Config): Config => {
  const changed = three(config);
  return {...changed, rollout: {...changed.rollout, steps: 1}};
};

describe("two laboratories", () => {
  let both: LabComparison;
  beforeAll(async () => {
    both = await compare({tour: open(three), single: open(single)}, {methods: [diffusion]});
  });

  test("have a table of paired changes", () => {
    const rows = both.table();
    // Both have the same autoencoder: nobody tests what cannot differ.
    expect(rows.map(({method, horizon}) => `${method} ${horizon}`)).toEqual(["diffusion 1:20", "diffusion 21:40"]);
    const {"single: change, %": change, "single: corrected p": p} = rows[0] as Record<string, number>;
    expect(Math.abs(change)).toBeGreaterThan(0);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThanOrEqual(1);
    expect(both.table("ratio").map(({method}) => method)).toEqual(["diffusion", "diffusion"]);
  });

  test("have figures in which each has its own label and colour", () => {
    const lines = (both.figure5().data as Partial<ScatterData>[]).filter(
      ({yaxis, legendgroup, fill}) => yaxis === "y" && fill === undefined && ["tour", "single"].includes(legendgroup!),
    );
    expect(lines.map(({name}) => name)).toEqual(["tour: diffusion ÷20", "single: diffusion ÷20"]);
    const runs = (both.curves().data as Partial<ScatterData>[]).filter(({showlegend}) => showlegend !== false);
    expect(runs.map(({name}) => name)).toEqual(["all: diffusion ÷20"]); // one training
    expect(new Set(lines.map(({line}) => line!.color)).size).toBe(2);
    expect(both.curves({method: "autoencoder"}).data).toHaveLength(3);
  });

  test("have one curve of a forecast that both share", () => {
    const [tour] = both.labs;
    const twins = new LabComparison([tour, {...tour, name: "twin"}]);
    const lines = (twins.figure5().data as Partial<ScatterData>[]).filter(
      ({name, yaxis, fill, showlegend}) =>
        name?.includes("diffusion ÷") && yaxis === "y" && fill === undefined && showlegend === false,
    );
    expect(lines.map(({name}) => name)).toEqual(["all: diffusion ÷20"]);
  });

  test("have an animation of the truth and the forecasts of the same trajectory", () => {
    const [number] = both.labs[0].dataset.testTrajectories.slice(1);
    const [truth, ...forecasts] = both.trajectories({trajectory: number});
    expect(truth.states.data).toEqual(testTrajectory(both.labs[0].dataset, number).data);
    expect(forecasts.map(({label, compression}) => `${label} ${compression}`)).toEqual([
      "tour: diffusion 20",
      "single: diffusion 20",
    ]);
    for (const {states} of forecasts) expect(states.shape).toEqual(truth.states.shape);
    const figure = JSON.stringify(both.animation().figure);
    for (const name of ["ground truth", "tour: ", "single: "]) expect(figure).toContain(name);
  });

  test("have a caption with the changes of each, and a folder of their own", () => {
    expect(both.caption).toContain("3 test trajectories. tour: preset smoke, seed 0, ");
    expect(both.caption).toMatch(/single: preset smoke, seed 0, .*rollout\.steps = 1/);
    expect(both.folder).toMatch(/euler-tour-and-single-[0-9a-f]{8}.figures$/);
    const long = new LabComparison(both.labs.map((compared) => ({...compared, name: "sampler-".repeat(40)})));
    expect(basename(dirname(long.folder)).length).toBeLessThan(256);
    expect(JSON.stringify(both.figure5().layout.annotations)).toContain("rollout.steps");
  });

  test("say what there is when a figure is asked for something else", () => {
    const sentence = "expected one of autoencoder ÷20, diffusion ÷20, found neural solver";
    expect(() => both.figure5({method: "neural solver"})).toThrow(`figure5: ${sentence}`);
    expect(() => both.curves({method: "neural solver"})).toThrow(`curves: ${sentence}`);
    expect(() => both.animation({compression: 80})).toThrow("found ÷80");
    expect(() => both.animation({trajectory: 7})).toThrow("expected one of the test trajectories 0, 1, 2, found 7");
  });
});
