import {firstStage, lastStage, secondStage, thirdStage, type RungeKuttaStep} from "../../src/kolmogorov/solver";

const one = () => ({re: new Float64Array(1), im: new Float64Array(1)});

/** Integrate $\dot w = N(w) - \lambda w$ for one complex number. */
function integrate(lambda: number, tendency: (re: number, im: number) => [number, number], steps: number): number[] {
  const h = 1 / steps;
  const decay = Float64Array.of(Math.exp((-lambda * h) / 2));
  const step: RungeKuttaStep = {state: one(), tendency: one(), decay, stage: one(), next: one()};
  step.state.re[0] = 1;
  const evaluate = ({re, im}: {re: Float64Array; im: Float64Array}) => {
    [step.tendency.re[0], step.tendency.im[0]] = tendency(re[0], im[0]);
  };
  for (let n = 0; n < steps; n++) {
    evaluate(step.state);
    firstStage(step, h);
    evaluate(step.stage);
    secondStage(step, h);
    evaluate(step.stage);
    thirdStage(step, h);
    evaluate(step.stage);
    lastStage(step, h);
  }
  return [step.state.re[0], step.state.im[0]];
}

test("decay alone is exact, whatever the step", () => {
  const [re, im] = integrate(30, () => [0, 0], 2);
  expect(re / Math.exp(-30)).toBeCloseTo(1, 12);
  expect(im).toBe(0);
});

test("rotation and decay together are of fourth order", () => {
  // w' = i w - w^2 / 2 - 2 w has the solution 1 / w = (1 + c) e^{(2 - i) t} - c, c = 1 / (2 (2 - i))
  const tendency = (re: number, im: number): [number, number] => [-im - (re * re - im * im) / 2, re - re * im];
  const c = [0.2, 0.1];
  const grown = Math.exp(2);
  const turn = -1;
  const inverse = [
    grown * ((1 + c[0]) * Math.cos(turn) - c[1] * Math.sin(turn)) - c[0],
    grown * ((1 + c[0]) * Math.sin(turn) + c[1] * Math.cos(turn)) - c[1],
  ];
  const size = inverse[0] ** 2 + inverse[1] ** 2;
  const exact = [inverse[0] / size, -inverse[1] / size];
  const error = (steps: number) => {
    const [re, im] = integrate(2, tendency, steps);
    return Math.hypot(re - exact[0], im - exact[1]);
  };
  expect(error(40)).toBeLessThan(1e-7);
  expect(Math.log2(error(20) / error(40))).toBeGreaterThan(3.8);
});
