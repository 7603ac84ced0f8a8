import {Rng} from "@lola-ts/core";
import {trainingMean} from "../../lib/evaluate/baselines";
import {onClimate, trainingDeviation} from "../../lib/evaluate/climate";
import {evaluateRollout} from "../../lib/evaluate/evaluate";
import {crps, energyScore} from "../../lib/evaluate/probability/crps";

const shape = [2, 2, 2, 2]; // L, X, Y, C
const random = Rng.from("climate");
const field = (deviation = 1) => ({data: Float32Array.from({length: 16}, () => deviation * random.normal()), shape});
const fields = ["a", "b"];

test("the deviation is the error of the training mean, of each state and field", () => {
  const all = Array.from({length: 5}, () => field());
  const mean = trainingMean(all);
  const found = trainingDeviation(all, mean);
  const scores = all.flatMap((one) => evaluateRollout(one, mean));
  for (const state of [0, 1]) {
    for (const channel of [0, 1]) {
      const own = scores.filter((row) => row.state === state && row.field === `${channel}`);
      const square = own.reduce((sum, {rmse}) => sum + rmse ** 2 / own.length, 0);
      expect(found[state][channel]).toBeCloseTo(Math.sqrt(square), 6);
    }
  }
});

test("CRPS and energy score are divided by it, whatever the truth's own deviation is", () => {
  const [truth, ...members] = [field(), field(), field(), field()];
  const ensemble = {data: Float32Array.from(members.flatMap(({data}) => [...data])), shape: [3, ...shape]};
  const climate = {fields, deviation: [[9, 9], [2, 0.5]], epsilon: 0.25}; // prettier-ignore
  const rows = onClimate(evaluateRollout(truth, ensemble, {fields, proper: true}), climate);
  const take = ({data}: {data: Float32Array}) => [1, 3, 5, 7].map((i) => data[8 + i]); // field b of state 1
  const scale = Math.sqrt(0.5 ** 2 + 0.25);
  const row = rows.find(({field: name, state}) => name === "b" && state === 1)!;
  expect(row.crpsClimate).toBeCloseTo(crps(take(truth), members.map(take)) / scale, 10);
  expect(row.energyClimate).toBeCloseTo(energyScore(take(truth), members.map(take)) / scale, 10);
  const plain = evaluateRollout(truth, ensemble, {fields, proper: true})[3];
  expect(row.variogramHigh).toBeCloseTo(plain.variogramHigh! / scale, 12);
  expect(row).toMatchObject({crps: plain.crps, energy: plain.energy});
  const exact = onClimate(evaluateRollout(truth, {...truth, shape: [1, ...shape]}, {fields}), climate);
  expect(exact.map(({crpsClimate}) => crpsClimate)).toEqual([0, 0, 0, 0]);
});

test("is proper where the truth's own deviation is not: betting on small deviations gains nothing", () => {
  // fields of 4 points that are small or large, at random: the gambler always forecasts small ones
  const draw = (deviation: number) => Array.from({length: 4}, () => deviation * random.normal());
  const deviation = () => (random.integer(2) === 0 ? 0.1 : 1);
  const truths = Array.from({length: 1000}, () => ({data: Float32Array.from(draw(deviation())), shape: [1, 2, 2, 1]}));
  const score = (deviations: () => number) => {
    const rows = truths.map((truth) => {
      const data = Float32Array.from(Array.from({length: 8}, () => draw(deviations())).flat());
      return evaluateRollout(truth, {data, shape: [8, 1, 2, 2, 1]}, {fields: ["a"]})[0];
    });
    const climate = {fields: ["a"], deviation: [[Math.sqrt(0.505)]]};
    const mean = (name: "crps" | "crpsClimate") =>
      onClimate(rows, climate).reduce((sum, row) => sum + row[name]! / rows.length, 0);
    return {own: mean("crps"), climate: mean("crpsClimate")};
  };
  const honest = score(deviation);
  const gambler = score(() => 0.1);
  expect(gambler.own).toBeLessThan(0.9 * honest.own);
  expect(gambler.climate).toBeGreaterThan(1.05 * honest.climate);
});

test("refuses no trajectories, other shapes, and rows of fields or states that the climate does not have", () => {
  const mean = trainingMean([field()]);
  expect(() => trainingDeviation([], mean)).toThrow("trainingDeviation: expected at least one trajectory, found none");
  expect(() => trainingDeviation([{data: field().data, shape: [1, 4, 2, 2]}], mean)).toThrow("found one of [1,4,2,2]");
  const rows = evaluateRollout(field(), {...field(), shape: [1, ...shape]}, {fields});
  expect(() => onClimate(rows, {fields, deviation: [[1, 1]]})).toThrow(
    "expected a deviation of a at state 1, found none",
  );
  expect(() => onClimate(rows, {fields: ["b"], deviation: [[1], [1]]})).toThrow("expected a deviation of a at state 0");
});
