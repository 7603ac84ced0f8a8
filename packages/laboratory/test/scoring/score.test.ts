import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {evaluateRollout, firstFrame} from "lola/evaluate";
import {testTrajectory} from "../../src/stages/evaluation";
import {evaluationRecipe, scoreForecast, type Contestant} from "../../src/scoring/score";
import {Artifacts} from "@lola-ts/cache";
import {toJsonText} from "@lola-ts/core";
import {preset} from "../../src/presets/presets";
import {smokeLabs, three} from "../smoke";

const {artifacts, open, folder} = smokeLabs();
const config = three(preset("euler", "smoke"));
const lab = () => open(() => config);

const labels = {method: "first frame", space: "", compression: null} as const;
/** A forecast that says which trajectories it was asked for. */
function counted(name: string, asked: number[], fail = Infinity): Contestant {
  return {
    name,
    labels,
    inputs: [],
    forecast: (n, truth) => {
      if (asked.length === fail) throw new Error("stopped");
      asked.push(n);
      return firstFrame(truth);
    },
  };
}

test("scores are those of each trajectory alone, in order, and the file is a list that any reader of JSON reads", async () => {
  const dataset = await lab().dataset();
  const {rows} = await scoreForecast({config, dataset, artifacts: artifacts()}, counted("alone", []));
  const {fields, expected} = {
    fields: dataset.wells.test.channels,
    expected: dataset.testTrajectories.flatMap((trajectory) => {
      const truth = testTrajectory(dataset, trajectory);
      const transport = dataset.system.distribution;
      return evaluateRollout(truth, firstFrame(truth), {fields: dataset.wells.test.channels, trajectory, transport});
    }),
  };
  expect(fields).toHaveLength(5);
  expect(rows).toEqual(expected);
  const recipe = evaluationRecipe({config, dataset}, counted("alone", []));
  const text = readFileSync(artifacts().path(recipe), "utf8");
  expect(JSON.parse(text)).toHaveLength(expected.length);
  expect(text.split("\n")).toHaveLength(3); // a line per trajectory, so that reading needs no more memory than one
});

describe("threads that score while the next forecasts are made", () => {
  const context = async (many: number) => ({config, dataset: await lab().dataset(), artifacts: artifacts(), many});

  test("find the same scores", async () => {
    const asked: number[] = [];
    const {dataset} = await context(1);
    const {rows} = await scoreForecast(await context(1), counted("in threads", asked));
    expect(asked).toEqual(dataset.testTrajectories);
    expect(rows).toEqual((await scoreForecast(await context(Infinity), counted("alone", []))).rows);
  });

  test("keep what is finished when a forecast fails", async () => {
    const first: number[] = [];
    const failing = scoreForecast(await context(1), counted("failed", first, 2));
    await expect(failing).rejects.toThrow("stopped");
    const rest: number[] = [];
    await scoreForecast(await context(1), counted("failed", rest));
    const {testTrajectories} = await lab().dataset();
    expect(rest).not.toContain(testTrajectories[0]);
    expect(rest.at(-1)).toBe(testTrajectories.at(-1));
  });

  test("pass on why scores fail", async () => {
    const wrong: Contestant = {
      ...counted("wrong", []),
      forecast: (n, truth) => (n === 0 ? firstFrame(truth) : {data: new Float32Array(1), shape: [1]}),
    };
    await expect(scoreForecast(await context(1), wrong)).rejects.toThrow(
      "evaluateRollout: expected ensemble to be an array",
    );
  });
});

test("work that was stopped goes on with the next trajectory, and to the same scores", async () => {
  const dataset = await lab().dataset();
  const first: number[] = [];
  await expect(scoreForecast({config, dataset, artifacts: artifacts()}, counted("resumed", first, 2))).rejects.toThrow(
    "stopped",
  );
  const rest: number[] = [];
  const {rows} = await scoreForecast({config, dataset, artifacts: artifacts()}, counted("resumed", rest));
  expect([...first, ...rest]).toEqual(dataset.testTrajectories);
  expect(rest).toHaveLength(1);
  expect(rows).toEqual((await scoreForecast({config, dataset, artifacts: artifacts()}, counted("alone", []))).rows);
  const partial = artifacts().partial(evaluationRecipe({config, dataset}, counted("resumed", [])));
  expect(existsSync(partial)).toBe(false);
});

test("what is scored is not scored again", async () => {
  const dataset = await lab().dataset();
  const asked: number[] = [];
  for (let i = 0; i < 2; i++) await scoreForecast({config, dataset, artifacts: artifacts()}, counted("again", asked));
  expect(asked).toHaveLength(3);
});

test("scores in one line, as they were written before, are read too", async () => {
  const dataset = await lab().dataset();
  const store = new Artifacts(folder("one-line"), () => undefined);
  const {rows} = await scoreForecast({config, dataset, artifacts: artifacts()}, counted("alone", []));
  const recipe = evaluationRecipe({config, dataset}, counted("alone", []));
  await store.obtain(recipe, (file) => writeFileSync(file, toJsonText(rows)));
  expect((await scoreForecast({config, dataset, artifacts: store}, counted("alone", []))).rows).toEqual(rows);
  mkdirSync(path.dirname(store.path(recipe)), {recursive: true});
  expect(readdirSync(path.dirname(store.path(recipe))).length).toBe(2); // the scores and their manifest
});
