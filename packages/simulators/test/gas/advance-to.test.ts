import {advanceTo} from "../../src/gas";

/** A stepper that records the lengths of its steps. */
function recorder(length: number) {
  const steps: number[] = [];
  const stepper = {
    time: 0,
    timeStep: () => length,
    step(dt: number) {
      steps.push(dt);
      stepper.time += dt;
    },
  };
  return {steps, stepper};
}

test("the last step is shortened to reach the time exactly, and a time that is reached takes none", () => {
  const {steps, stepper} = recorder(0.25);
  advanceTo(stepper, 0.6);
  expect(stepper.time).toBe(0.6);
  expect(steps).toEqual([0.25, 0.25, 0.6 - 0.5]);
  advanceTo(stepper, 0.6);
  expect(steps).toHaveLength(3);
});

test("rounding makes no tiny last step", () => {
  const {steps, stepper} = recorder(0.1); // ten times 0.1 sum up to less than 1
  advanceTo(stepper, 1);
  expect(steps).toHaveLength(10);
  expect(stepper.time).toBe(1);
});

test("steps that are too short to get there, or no number, are refused", () => {
  expect(() => advanceTo(recorder(0).stepper, 1)).toThrow("found one of 0 at time 0");
  expect(() => advanceTo(recorder(NaN).stepper, 1)).toThrow("found one of NaN at time 0");
});
