import {metricNames, type MetricRow} from "lola/evaluate";
import {Evaluation} from "../../src/stages/evaluation";
import {smoke} from "../smoke";

const numbers = Object.fromEntries(metricNames.map((name, i) => [name, i])) as Pick<MetricRow, "vrmse">;
const row = (state: number, more: Partial<MetricRow> = {}) =>
  ({trajectory: 3, field: "density", state, ...numbers, ...more}) as MetricRow;
const labels = {dataset: "Euler", method: "diffusion", space: "latent", compression: 20} as const;

test("a row says what it is a score of, and undefined numbers are empty", () => {
  const config = {...smoke, rollout: {...smoke.rollout, context: 2}};
  const scores = [{labels, seed: 1, rows: [row(0, {ratio: NaN}), row(2, {transport: 0.5})]}];
  const rows = new Evaluation(config, scores, "mine").stateRows();
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({run: "mine", system: smoke.system, preset: "smoke", variant: "rollout.context = 2"});
  expect(rows[1]).toMatchObject({seed: 1, method: "diffusion", compression: 20, context: 2, reference: "states"});
  expect(rows[1]).toMatchObject({trajectory: 3, field: "density", state: 2, "lead time": 2 * smoke.stride});
  expect(rows[1]).toMatchObject({vrmse: 0, transport: 0.5, mass: null});
  expect(rows[0]).toMatchObject({ratio: null, transport: null});
  expect(new Set(rows.map((one) => Object.keys(one).join())).size).toBe(1);
});

test("a trivial forecast has no seed", () => {
  expect(new Evaluation(smoke, [{labels, rows: [row(1)]}]).stateRows()[0].seed).toBeNull();
});
