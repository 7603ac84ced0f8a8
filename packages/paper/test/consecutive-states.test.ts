import {slicedWasserstein, fieldAt} from "lola/evaluate";
import {testTrajectory} from "@lola-ts/laboratory";
import {consecutiveStates} from "../src/score-tables";
import {smoke, smokeLabs} from "../../laboratory/test/smoke";

const {artifacts, open} = smokeLabs();

test("two consecutive states differ by the mean of their distances over a horizon", async () => {
  const dataset = await open().dataset();
  const results = await consecutiveStates({config: smoke, dataset, artifacts: artifacts()});
  const [n] = dataset.testTrajectories;
  const truth = testTrajectory(dataset, n);
  const channel = dataset.wells.test.channels.indexOf(dataset.system.distribution.channel);
  const [grid] = [dataset.wells.test.grid];
  const distance = (i: number) => slicedWasserstein(fieldAt(truth, i, channel), fieldAt(truth, i - 1, channel), grid);
  const expected = ([from, to]: readonly number[]) => {
    const states = Array.from({length: truth.shape[0] - 1}, (_, i) => i + 1).filter(
      (i) => from <= i * smoke.stride && i * smoke.stride <= to,
    );
    return states.reduce((sum, i) => sum + distance(i), 0) / states.length;
  };
  for (const horizon of smoke.horizons) {
    const found = results.find((one) => one.metric === "transport" && one.horizon === horizon.join(":"))!;
    expect(found.value).toBeCloseTo(expected(horizon), 10);
    expect(found).toMatchObject({method: "two consecutive states", compression: null, dataset: "Euler"});
  }
});
