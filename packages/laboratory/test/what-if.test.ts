import type {ScatterData} from "plotly.js";
import type {Figure} from "@lola-ts/figures";
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
    jest.spyOn(lab, "derived").mockImplementation((config) =>
      Object.assign(
        open(() => config),
        {
          showTable: () => Promise.resolve(),
          show: (shown: Figure) => Promise.resolve(void (figure = shown)),
        },
      ),
    );
    const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((said += String(text))));
    answer = await whatIf(lab, {rollout: {steps: 1}}, {methods, predict: "same"});
    write.mockRestore();
  });

  test("says at once what it touches and what stays as it is", () => {
    const [first, second] = said.split("\n");
    expect(first).toMatch(/^What if rollout\.steps = 1\? New trainings: .*\. New forecasts: diffusion-c16\.$/);
    expect(second).toBe("Unchanged: solver-c16.");
  });

  test("tabulates what could change and nothing else, with corrected p-values", () => {
    const {rows, comparison} = answer;
    expect(rows.map(({method, horizon}) => `${String(method)} ${String(horizon)}`)).toEqual([
      "diffusion 1:20",
      "diffusion 21:40",
    ]);
    const all = comparison.table().filter(({method}) => method === "diffusion");
    const least = Math.min(...all.map((row) => Number(row["p of after"])));
    expect(Math.min(...rows.map((row) => Number(row["corrected p"])))).toBeCloseTo(Math.min(1, 2 * least));
    expect(comparison.labs.map(({rollouts}) => rollouts.length)).toEqual([1, 1]);
  });

  test("draws one curve for each forecast, and says whether the reader was right", () => {
    const names = (figure.data as ScatterData[]).filter(({showlegend}) => showlegend !== false).map(({name}) => name);
    expect([...new Set(names)]).toEqual([
      expect.stringMatching(/^diffusion ÷\d+ before$/),
      expect.stringMatching(/^diffusion ÷\d+ after$/),
    ]);
    const right = answer.verdict === "same" ? "right" : "not so";
    expect(said.trimEnd().split("\n").at(-1)).toMatch(new RegExp(`You expected "same": ${right}\\.$`));
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
