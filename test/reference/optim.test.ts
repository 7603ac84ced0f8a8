import {learningRate, type Decay} from "../../lib/train/learning-rate";
import {descend, problemOf, type OptimiserConfig} from "./optim";
import {withFused} from "../fused";
import {reference, relativeError} from "./reference";

const vectors = reference("optim");

/** Topics with a recorded trajectory: those whose configuration names an optimiser. */
const topics = Object.entries(vectors.config as Record<string, OptimiserConfig>)
  .filter(([, config]) => config?.optimizer)
  .map(([topic]) => topic);

const LIMITS = {adamw: 1e-5, soap: 1e-4, psgd: NaN};

test("there are trajectories of AdamW and SOAP", () => {
  const optimisers = topics.map((topic) => vectors.config[topic].optimizer);
  expect(optimisers).toEqual(expect.arrayContaining(["adamw", "soap"]));
});

const ways = [
  {compiled: false, fused: "on"},
  {compiled: true, fused: "on"},
  {compiled: true, fused: "off"},
] as const;

describe.each(topics.flatMap((topic) => ways.map((way) => ({topic, ...way}))))(
  "$topic, recorded: $compiled, fused: $fused",
  ({topic, compiled, fused}) => {
    withFused(fused);
    const config: OptimiserConfig = vectors.config[topic];
    const limit = LIMITS[config.optimizer];
    const problem = problemOf(vectors, topic);
    let trajectory: ReturnType<typeof descend>;
    beforeAll(() => {
      trajectory = descend(problem, config, {compiled});
    });

    test.each([...problem.initial.keys()])("%s follows the official trajectory", (name) => {
      const {data} = vectors.tensor(`${topic}/steps/${name}`);
      expect(relativeError(trajectory.parameters.get(name)!, data)).toBeLessThan(limit);
    });

    test("loss, gradient norm and learning rate are the official ones", () => {
      expect(relativeError(trajectory.loss, vectors.tensor(`${topic}/out/loss`).data)).toBeLessThan(limit);
      expect(relativeError(trajectory.norm, vectors.tensor(`${topic}/out/grad_norm`).data)).toBeLessThan(limit);
      expect(relativeError(trajectory.rate, vectors.tensor(`${topic}/out/lr`).data)).toBeLessThan(1e-6);
    });
  },
);

describe("final losses on the problem of PSGD", () => {
  const {psgd} = vectors.values as {
    psgd: {initial: number; steps: number; final: Record<string, {median: number; runs: number}>};
  };
  const problem = problemOf(vectors, "psgd");
  const runs = Object.entries(psgd.final).map(([name, {median, runs}]) => {
    const [optimizer, rate] = name.split("_") as [OptimiserConfig["optimizer"], string];
    const frequency = optimizer === "psgd" ? 64 : undefined; // the official configuration of each optimiser
    const config = {
      optimizer,
      learning_rate: Number(rate),
      precondition_frequency: frequency,
      scheduler: "cosine",
      grad_clip: 1,
      steps: psgd.steps,
    };
    return {name, median, config, seeds: Array.from({length: runs}, (_, seed) => seed)};
  });

  test.each(runs)("$name ends within an order of magnitude of the official loss", ({config, median, seeds}) => {
    const finals = seeds.map((seed) => descend(problem, config, {compiled: true, seed}).loss.at(-1)!);
    const ours = finals.sort((a, b) => a - b)[Math.floor(finals.length / 2)];
    const digits = (loss: number) => Math.log10(Math.max(loss, 1e-9 * psgd.initial)); // less is rounding
    expect(Math.abs(digits(ours) - digits(median))).toBeLessThan(1);
  });
});

describe("learning rates", () => {
  const cases = [...vectors.below("lr/").keys()].map((name) => name.split("_warmup") as [Decay, string]);

  test.each(cases)("%s with %s warm-up steps is the official schedule", (decay, warmup) => {
    const {data} = vectors.tensor(`lr/${decay}_warmup${warmup}`);
    const rate = learningRate({rate: 1, steps: data.length, decay, warmup: Number(warmup)});
    const ours = Array.from(data, (_, i) => rate(i));
    expect(relativeError(ours, data)).toBeLessThan(1e-6);
  });
});
