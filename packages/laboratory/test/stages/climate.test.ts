import {obtainClimate} from "../../src/stages/evaluation";
import {smoke, smokeLabs, inContext} from "../smoke";

const {artifacts, open} = smokeLabs();
const methods = [{kind: "diffusion", latentChannels: 16}] as const;

test("an evaluation has scores in units of the climate where they are asked for, and all others as before", async () => {
  const lab = open();
  const plain = await lab.evaluation({methods});
  const proper = await lab.evaluation({methods, climate: true});
  const names = new Set(plain.results().map(({metric}) => metric));
  expect([names.has("crpsClimate"), names.has("variogramLow")]).toEqual([false, false]);
  const {scores} = proper;
  scores.forEach(({rows}, i) => {
    rows.forEach(({crpsClimate, energyClimate, ...row}, j) => {
      expect(row).toEqual(plain.scores[i].rows[j]);
      expect(crpsClimate).toBeGreaterThanOrEqual(0);
      expect(energyClimate).toBeGreaterThanOrEqual(0);
    });
  });
  // the climate's own energy score is its RMSE, whose mean square over training trajectories is 1
  const climate = proper
    .results()
    .filter(({method, metric}) => method === "training mean" && metric === "energyClimate");
  for (const {value} of climate) expect(value).toBeLessThan(3);
  const [calibration] = proper.calibrations();
  expect(calibration.reliability.coverageError.value).toBe(calibration.coverageError);
});

test("the climate is computed once, and refused where rows do not tell the truth's deviation", async () => {
  const dataset = await open().dataset();
  const read = jest.spyOn(dataset, "read");
  const context = inContext(smoke, artifacts(), dataset);
  const {fields, deviation} = await obtainClimate(context);
  expect([fields, deviation.length]).toEqual([dataset.wells.test.channels, dataset.testWindow.length]);
  read.mockClear();
  expect((await obtainClimate(context)).deviation).toEqual(deviation);
  expect(read).not.toHaveBeenCalled();
  const config = {...smoke, metrics: {ensemble: "members"} as const};
  await expect(obtainClimate({...context, config})).rejects.toThrow(
    'evaluation: expected metrics.ensemble "mean" where climate is true, found "members".',
  );
});
