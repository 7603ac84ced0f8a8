import {SweepDisplay} from "../../src/sweep/sweep-display";
import {planSweep} from "../../src/sweep/sweep-plan";
import {preset} from "../../src/presets/presets";
import {trial} from "../../../sweeps/test/trials";

const plan = {...planSweep(preset("euler", "smoke"), {"autoencoder.training.batch": [2, 4]}), measures: ["error"]};
const trials = [2, 4].map((batch) => trial({"autoencoder.training.batch": batch}, 0, 1 / batch));

test("says how far a sweep is, how long it will take, and what is best", () => {
  let time = 0;
  const printed: string[] = [];
  const display = new SweepDisplay(plan, {now: () => time, print: (text) => void printed.push(text)});
  display.expect([...trials, ...trials]);
  expect(display.status()).toBe("0 of 4 trainings");
  time = 10_000;
  display.ended(trials[0], true);
  expect(display.status()).toMatch(
    /^1 of 4 trainings {2}30 s left {2}best error 0.500: autoencoder, autoencoder.training.batch = 2, seed 0$/,
  );
  display.ended({...trials[1], measured: undefined, error: "train: diverged."}, true);
  expect(display.status()).toMatch(/^2 of 4 trainings {2}1 failed/);
  expect(printed).toEqual([
    "[1/4] autoencoder, autoencoder.training.batch = 2, seed 0: error 0.500\n",
    "[2/4] autoencoder, autoencoder.training.batch = 4, seed 0: failed: train: diverged.\n",
  ]);
});

test("trials that were read do not count for the time left, and are not printed again", () => {
  const printed: string[] = [];
  const display = new SweepDisplay(plan, {now: () => 0, print: (text) => void printed.push(text)});
  display.expect(trials);
  display.ended(trials[0], false);
  expect(display.status()).not.toContain("left");
  expect(printed).toEqual([]);
});
