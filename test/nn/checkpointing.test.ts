import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {projectRoot} from "@lola-ts/core";
import {Autoencoder} from "../../lib/models/autoencoder";
import type {Model, BoundParameters} from "../../lib/nn/module";
import {Solver} from "../../lib/models/solver";
import {tf, compile, Random} from "@lola-ts/engine";
import {measured} from "../bench/memory";
import {relativeError} from "../reference/reference";
import {normal} from "../../packages/engine/test/gradients";

type Loss = (p: BoundParameters, random: Random) => tf.Scalar;
type Example = {model: Model; loss: Loss};

/** Loss and gradient of a model, compiled or not. */
function lossAndGradient({model, loss}: Example, compiled: boolean): Float32Array[] {
  const step = (...[weights, key]: tf.Tensor[]) => {
    const random = new Random(key as tf.Tensor1D);
    const {value, grad} = tf.valueAndGrad((flat) => loss(model.layout.bind(flat as tf.Tensor1D), random))(weights);
    return [value, grad];
  };
  const recorded = compile(step);
  const run = compiled ? recorded : step;
  const weights = normal([model.layout.size], 1).mul(0.1); // far from the identity that blocks begin with
  const values = run(weights, Random.of(3).key).map((tensor) => tensor.dataSync<"float32">());
  recorded.dispose();
  return values;
}

const transformer = (modulated: boolean) => (checkpointing: boolean) => {
  const model = new Solver({
    channels: 3,
    embFeatures: 8,
    labelFeatures: modulated ? 5 : 0,
    spatial: 3,
    patchSize: 1,
    hidChannels: 16,
    hidBlocks: 3,
    attentionHeads: 2,
    ffnFactor: 2,
    dropout: 0.3,
    checkpointing,
  });
  const x = normal([2, 3, 4, 2, 3], 5);
  const label = normal([2, 5], 6);
  const mask = tf.tensor1d([1, 0, 0]);
  const batch = [x, mask, ...(modulated ? [label] : [])];
  return {model, loss: (p: BoundParameters, random: Random) => model.loss(p, batch, {random})};
};

const autoencoder = (spatial: number) => (checkpointing: boolean) => {
  const model = new Autoencoder({
    pixChannels: 2,
    latChannels: 3,
    spatial,
    hidChannels: [4, 6],
    hidBlocks: [2, 1],
    periodic: true,
    dropout: 0.3,
    checkpointing,
  });
  const x = normal([2, ...new Array<number>(spatial).fill(4), 2], 5);
  return {model, loss: (p: BoundParameters, random: Random) => model.loss(p, [x], {random})};
};

describe.each([
  ["a modulated transformer", transformer(true)],
  ["an unmodulated transformer", transformer(false)],
  ["an autoencoder in 2D", autoencoder(2)],
  ["an autoencoder in 3D", autoencoder(3)],
])("%s has the same loss, gradient and dropout masks with checkpointing", (_, example) => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test.each([
    ["eager", false],
    ["compiled", true],
  ])("%s", (_, compiled) => {
    const plain = lossAndGradient(example(false), compiled);
    lossAndGradient(example(true), compiled).forEach((values, i) => {
      expect(relativeError(values, plain[i])).toBeLessThan(2e-6);
    });
    expect(plain[1].every((value) => value !== 0)).toBe(true); // every parameter matters
  });
});

const hasPeaks = existsSync("/proc/self/clear_refs");

(hasPeaks ? test : test.skip)(
  "a recorded transformer holds less than a third with one thread, too: no gradient is put off",
  () => {
    const peakOf = (mode: string) => {
      const env = {
        ...process.env,
        ...measured,
        NODE_OPTIONS: "",
        TF_NUM_INTRAOP_THREADS: "1",
        TF_NUM_INTEROP_THREADS: "1",
      };
      const program = ["-r", "./environment/typescript.cjs", "test/nn/checkpointing-peak.ts", mode];
      const {stdout, stderr} = spawnSync(process.execPath, program, {cwd: projectRoot(), encoding: "utf8", env});
      const found = Number(stdout);
      if (!(found > 0)) throw new Error(stderr);
      return found;
    };
    expect(peakOf("again")).toBeLessThan(peakOf("plain") / 3);
  },
);
