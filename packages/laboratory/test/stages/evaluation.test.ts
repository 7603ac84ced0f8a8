import ndarray, {type NdArray} from "ndarray";
import {Autoencoder} from "lola/models";
import {standardize} from "lola/data";
import {central} from "lola/evaluate";
import {evaluate, reconstruction, testTrajectory} from "../../src/stages/evaluation";
import {decodeStates, encodeStates, trajectoryAt} from "../../src/stages/latents";
import type {Config} from "../../src/config";
import type {Rollout} from "../../src/stages/rollouts";
import {relativeError} from "../../../../test/reference/reference";
import {asContestants, smoke, smokeLabs, inContext} from "../smoke";

const {artifacts, open} = smokeLabs();

/** Standardised states as if a solver in pixel space had made them. */
const forecast = (states: NdArray<Float32Array>, key: string): Rollout => ({
  method: {kind: "solver", latentChannels: null},
  trajectories: [0],
  states: ndarray(states.data, [1, 1, ...states.shape.slice(1)]),
  key,
});

/** Scores of one forecast and the trivial ones. */
async function scored(states: (truth: NdArray<Float32Array>) => NdArray<Float32Array>, key: string) {
  const dataset = await open().dataset();
  const rollouts = [forecast(states(dataset.states("test")), key)];
  return evaluate(inContext(smoke, artifacts(), dataset), asContestants(rollouts));
}

test("a forecast that is the truth has no error, the first frame none at the start", async () => {
  const evaluation = await scored((truth) => truth, "truth");
  const [own, first, ...rest] = evaluation.scores;
  expect(own.labels).toEqual({dataset: "Euler", method: "neural solver", space: "pixel", compression: 1});
  expect(Math.max(...own.rows.map(({vrmse}) => vrmse))).toBeLessThan(1e-4);
  expect(first.rows.every(({vrmse, state}) => (vrmse === 0) === (state === 0))).toBe(true);
  expect(rest.map(({labels}) => labels.method)).toEqual(["spatial mean", "training mean"]);
  const vrmse = evaluation.results().filter(({metric}) => metric === "vrmse");
  expect(vrmse.map(({method, horizon}) => `${method} ${horizon}`).slice(0, 3)).toEqual([
    "neural solver 1:20",
    "neural solver 21:40",
    "first frame 1:20",
  ]);
});

test("curves leave the first state out and take medians of the spectrum, means of the rest", async () => {
  const evaluation = await scored(
    ({data, shape}) =>
      ndarray(
        data.map((value) => 0.5 * value),
        shape,
      ),
    "half",
  );
  const [{method, rows}] = evaluation.curves();
  expect(method).toBe("neural solver");
  expect(rows.map(({lead}) => lead)).toEqual(Array.from({length: 10}, (_, i) => smoke.stride * (i + 1)));
  const own = evaluation.scores[0].rows.filter(({state}) => state === 4);
  expect(own).toHaveLength(5);
  const of = (metric: "vrmse" | "low" | "high", statistic: "mean" | "median") =>
    central(
      own.map((row) => row[metric]),
      statistic,
    );
  expect(rows[3].vrmse).toBeCloseTo(of("vrmse", "mean"), 12);
  for (const band of ["low", "high"] as const) expect(rows[3][band]).toBeCloseTo(of(band, "median"), 12);
});

test("scores are kept by the key of what is scored", async () => {
  const worse = ({data, shape}: NdArray<Float32Array>) =>
    ndarray(
      data.map((value) => value + 1),
      shape,
    );
  const first = await scored((truth) => truth, "kept");
  expect((await scored(worse, "kept")).scores).toEqual(first.scores);
  const [other] = (await scored(worse, "another")).scores;
  expect(Math.min(...other.rows.map(({vrmse}) => vrmse))).toBeGreaterThan(0.1);
});

test("a reconstruction is the decoded latent in physical units, and reads its own trajectory alone", async () => {
  const dataset = await open().dataset();
  const whole = jest.spyOn(dataset, "states");
  const model = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 4}, 1);
  const physical = reconstruction(dataset, model, 0);
  expect(whole).not.toHaveBeenCalled();
  expect(physical.shape).toEqual(testTrajectory(dataset, 0).shape);
  const decoded = decodeStates(model, encodeStates(model, trajectoryAt(dataset.states("test"), 0)));
  expect(relativeError(standardize(physical, dataset.standardization).data, decoded.data)).toBeLessThan(1e-5);
  const last = dataset.wells.test.length - 1;
  for (const read of [testTrajectory, (from: never, n: number) => reconstruction(from, model, n)]) {
    expect(() => read(dataset as never, last + 1)).toThrow(
      `testTrajectory: expected trajectory to be a whole number from 0 to ${last}, found ${last + 1}.`,
    );
    expect(() => read({} as never, 0)).toThrow("testTrajectory: expected dataset to be a dataset, found {}.");
  }
  expect(() => reconstruction(dataset, {} as never, 0)).toThrow(
    "encodeStates: expected autoencoder to be an autoencoder, found {}.",
  );
  model.dispose();
});

test("relative to auto-encoded states a perfect emulator of latents has no error, reconstructions keep theirs", async () => {
  const dataset = await open().dataset();
  const model = Autoencoder.create({...smoke.autoencoder.model, pixChannels: 5, latChannels: 4}, 1);
  const latents = encodeStates(model, dataset.states("test"));
  const rollout: Rollout = {
    method: {kind: "solver", latentChannels: 4},
    trajectories: [0],
    states: ndarray(latents.data, [1, 1, ...latents.shape.slice(1)]),
    key: "encoded",
    autoencoder: model,
  };
  const contestants = asContestants([rollout], [model]);
  const scoresOf = async (metrics?: Config["metrics"]) => {
    const {scores} = await evaluate(inContext({...smoke, metrics}, artifacts(), dataset), contestants);
    return scores.slice(0, 2).map(({rows}) => rows.map(({vrmse}) => vrmse));
  };
  const [reconstructed, forecast] = await scoresOf();
  const [same, relative] = await scoresOf({reference: "autoencoded"});
  expect(forecast).toEqual(reconstructed);
  expect(Math.min(...forecast)).toBeGreaterThan(0.1);
  expect(Math.max(...relative)).toBeLessThan(1e-6);
  expect(same).toEqual(reconstructed);
  model.dispose();
});
