import {flat} from "@lola-ts/core";
import {obtainTrainingMean} from "../../src/stages/evaluation";
import {smoke, smokeLabs, inContext} from "../smoke";

const {artifacts, open} = smokeLabs();

test("is the mean of the training trajectories, state by state, and is computed once", async () => {
  const dataset = await open().dataset();
  const mean = await obtainTrainingMean(inContext(smoke, artifacts(), dataset));
  expect(mean.shape).toEqual([1, ...dataset.shape("train").slice(1)]);
  const all = [0, 1].map((n) => flat(dataset.read("train", n)));
  mean.data.forEach((value, i) => expect(value).toBeCloseTo((all[0][i] + all[1][i]) / 2, 5));
  const read = jest.spyOn(dataset, "read");
  expect(await obtainTrainingMean(inContext(smoke, artifacts(), dataset))).toEqual(mean);
  expect(read).not.toHaveBeenCalled();
});

test("leaves out what is given before lead time 0, as another artefact", async () => {
  const dataset = await open().dataset();
  const whole = await obtainTrainingMean(inContext(smoke, artifacts(), dataset));
  const later = await obtainTrainingMean(
    inContext({...smoke, rollout: {...smoke.rollout, context: 3}}, artifacts(), dataset),
  );
  expect(later.shape[1]).toBe(whole.shape[1] - 2);
  expect([...later.data]).toEqual([...whole.data.slice(whole.data.length - later.data.length)]);
});
