import {Rng} from "@lola-ts/core";
import {crps, energyScore} from "../../../lib/evaluate/probability/crps";
import {recorded} from "./recorded";

test.each(recorded)("equals scoringrules, ensemble %#", (one) => {
  expect(energyScore(one.truth, one.members)).toBeCloseTo(one["energy, fair"], 12);
});

test("is the RMSE of a single forecast", () => {
  expect(energyScore([0, 0, 0, 0], [[1, 1, 1, 3]])).toBeCloseTo(Math.sqrt(3), 14);
});

test("is the continuous ranked probability score in one dimension", () => {
  const members = [[-1], [0.5], [2], [0.1]];
  expect(energyScore([1], members)).toBeCloseTo(crps([1], members), 14);
});

test("sees structure in space, which a score point by point does not", () => {
  const random = Rng.from("energy score");
  const size = 64;
  const wave = () => {
    const phase = random.uniform(0, 2 * Math.PI);
    return Float64Array.from({length: size}, (_, i) => Math.cos((2 * Math.PI * i) / size + phase));
  };
  const scattered = () => Float64Array.from({length: size}, () => wave()[0]);
  let difference = 0;
  for (let n = 0; n < 100; n++) {
    const truth = wave();
    const right = Array.from({length: 8}, wave);
    const wrong = Array.from({length: 8}, scattered); // the same values at each point, without the wave
    difference += energyScore(truth, wrong) - energyScore(truth, right);
  }
  expect(difference / 100).toBeGreaterThan(0.05);
});

test("refuses no members and members of another size", () => {
  expect(() => energyScore([0], [])).toThrow(
    "energyScore: expected members to be a list, each a row of numbers, found []",
  );
  expect(() => energyScore([0, 1], [[0]])).toThrow("energyScore: expected members of 2 points, found one of 1");
});
