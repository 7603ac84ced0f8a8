import type {ScatterData} from "plotly.js";
import type {Figure} from "@lola-ts/figures";
import {Lab} from "../src/lab";
import {partsOf} from "../src/parts";
import {whatIf, type WhatIf} from "../src/what-if";
import {smokeLabs, three} from "./smoke";

const {open} = smokeLabs();
const methods = [
  {kind: "diffusion", latentChannels: 16},
  {kind: "solver", latentChannels: 16},
] as const;

describe("a change of the sampler", () => {
  let said = "";
  let figure: Figure;
  let answer: WhatIf;
  beforeAll(async () => {
    const lab = open(three);
    const shows = [
      jest.spyOn(Lab.prototype, "showTable").mockResolvedValue(),
      jest.spyOn(Lab.prototype, "show").mockImplementation((shown) => Promise.resolve(void (figure = shown as Figure))),
    ];
    const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((said += String(text))));
    answer = await whatIf(lab, {rollout: {steps: 1}}, {methods, predict: "equal"});
    for (const spy of [write, ...shows]) spy.mockRestore();
  });

  test("says at once what it touches and what stays as it is", () => {
    const plan = said.split("\n").filter((line) => /^(What|New|To train|Unchanged)/.test(line));
    expect(plan).toEqual([
      "What if rollout.steps = 1?",
      "New trainings: autoencoder-c16, diffusion-c16; not timed here before.",
      "New forecasts with scores: diffusion-c16; not timed here before.",
      "Unchanged: solver-c16.",
    ]);
  });

  test("tabulates what could change and nothing else, with corrected p-values", () => {
    const {rows, comparison} = answer;
    expect(rows.map(({method, horizon}) => `${String(method)} ${String(horizon)}`)).toEqual([
      "diffusion 1:20",
      "diffusion 21:40",
    ]);
    for (const row of rows) {
      expect(row["corrected p"]).toEqual(expect.any(Number));
      expect(["better", "worse", "equal", "undecided"]).toContain(row.verdict);
    }
    expect(comparison.labs.map(({rollouts}) => rollouts.length)).toEqual([1, 1]);
  });

  test("draws one curve for each forecast, and says whether the reader was right", () => {
    const names = (figure.data as ScatterData[]).filter(({showlegend}) => showlegend !== false).map(({name}) => name);
    expect([...new Set(names)]).toEqual([
      expect.stringMatching(/^diffusion ÷\d+ before$/),
      expect.stringMatching(/^diffusion ÷\d+ after$/),
    ]);
    const came = {equal: "right", undecided: "that is not decided", better: "wrong", worse: "wrong"}[answer.verdict];
    expect(said.trimEnd().split("\n").at(-1)).toMatch(new RegExp(`You expected "equal": ${came}\\.$`));
  });

  test("knows afterwards what such work costs here", async () => {
    const [{models, forecast}] = await partsOf(open(three), [methods[0]]);
    expect(models.map(({name, isNew}) => ({name, isNew}))).toEqual([
      {name: "autoencoder-c16", isNew: false},
      {name: "diffusion-c16", isNew: false},
    ]);
    for (const {seconds} of [...models, forecast]) expect(seconds).toBeGreaterThan(0);
    const more = open((config) => ({...three(config), rollout: {...three(config).rollout, steps: 64}}));
    const [{forecast: longer}] = await partsOf(more, [methods[0]]);
    expect(longer).toMatchObject({isNew: true, name: "diffusion-c16"});
    expect(longer.seconds).toBeGreaterThan(forecast.seconds);
  });
});

test("a change of no forecast is refused, and so is none", async () => {
  const lab = open(three);
  await expect(whatIf(lab, {})).rejects.toThrow(
    "whatIf: expected a change, found the options that the laboratory has.",
  );
  await expect(whatIf(lab, {rollout: {steps: 1}}, {methods: [methods[1]]})).rejects.toThrow(
    "whatIf: expected a change of a forecast, found rollout.steps = 1, which changes none of these methods.",
  );
});
