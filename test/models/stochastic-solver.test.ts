import {crps} from "../../lib/evaluate/probability/crps";
import {contextMask} from "../../lib/models/context";
import {StochasticSolver} from "../../lib/models/stochastic-solver";
import {tf, Random} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyNetwork, tinySolver} from "../tiny";

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

/** A model whose noise has a large effect. */
function noisy(config = {}): StochasticSolver {
  const model = StochasticSolver.create({...tinyNetwork(), noiseFeatures: 3, ...config}, 5);
  const weights = model.layout.toOfficial(model.weights.dataSync<"float32">());
  weights.get("noise_embedding.2.weight")!.data.forEach((x, i, all) => (all[i] = 30 * x));
  model.weights = tf.tensor1d(model.layout.fromOfficial(weights));
  return model;
}

const windows = (batch = 2) => draw([batch, 4, 2, 2, LATENT], 1);
const mask = () => tf.tensor1d(contextMask(4, 1));

test("made of a solver it is that solver where the noise is zero, and noise has a small share of its usual effect", () => {
  tf.tidy(() => {
    const solver = tinySolver();
    const opened = solver.layout.toOfficial(solver.weights.dataSync<"float32">());
    for (const [name, {data}] of opened) if (name.includes("ada_zero.2")) data.forEach((x, i) => (data[i] = 30 * x));
    solver.weights = tf.tensor1d(solver.layout.fromOfficial(opened)); // with a modulation whose effect is not lost to rounding
    const model = StochasticSolver.create(solver.config, 1);
    const official = () => model.layout.toOfficial(model.weights.dataSync<"float32">());
    const [name, usual] = [...official()].find(([name]) => name === "noise_embedding.2.weight")!;
    model.adopt(solver);
    const expected = solver
      .forward(solver.layout.bind(solver.weights), windows(), {mask: mask(), label: labels(2)})
      .dataSync();
    const effect = (noise: tf.Tensor) => {
      const p = model.layout.bind(model.weights);
      const answer = model.forward(p, windows(), noise, {mask: mask(), label: labels(2)});
      return relativeError(answer.dataSync(), expected);
    };
    const hidden = draw([2, model.noiseFeatures], 4);
    expect(effect(tf.zerosLike(hidden))).toBeLessThan(5e-6);
    const small = effect(hidden);
    model.weights = tf.tensor1d(model.layout.fromOfficial(official().set(name, usual)));
    expect(small / effect(hidden)).toBeGreaterThan(0.005); // nearly linear: a hundredth
    expect(small / effect(hidden)).toBeLessThan(0.02);
    model.dispose();
    solver.dispose();
  });
});

test("each window has its own noise, and only context states are used", () => {
  tf.tidy(() => {
    const model = noisy();
    const p = model.layout.bind(model.weights);
    const x = tf.tile(windows(1), [2, 1, 1, 1, 1]);
    const noise = draw([2, 3], 7);
    const options = {mask: mask(), label: tf.tile(labels(1), [2, 1]) as tf.Tensor2D};
    const [a, b] = tf.split(model.forward(p, x, noise, options), 2);
    expect(relativeError(a.dataSync(), b.dataSync())).toBeGreaterThan(1e-3);
    const alone = model.forward(p, windows(1), noise.slice([1], [1]), {...options, label: labels(1)});
    expect(relativeError(alone.dataSync(), b.dataSync())).toBeLessThan(1e-5);
    const future = x.add(draw(x.shape, 8).mul(tf.sub(1, options.mask.reshape([1, 4, 1, 1, 1]))));
    expect([...model.forward(p, future, noise, options).dataSync()]).toEqual([
      ...model.forward(p, x, noise, options).dataSync(),
    ]);
    model.dispose();
  });
});

test.each([2, 3])("its loss is the almost fair score of %d members", (members) => {
  tf.tidy(() => {
    const model = noisy();
    const p = model.layout.bind(model.weights);
    const random = Random.of(3);
    const x = windows();
    const found = model.loss(p, [x, mask(), labels(2)], {random, members, alpha: 0.8}).dataSync()[0];
    const noise = random.fold(0).normal([members * 2, 3]);
    const made = Array.from({length: members}, (_, m) =>
      model.forward(p, x, noise.slice([2 * m], [2]), {mask: mask(), label: labels(2)}).dataSync(),
    );
    expect(found).toBeCloseTo(crps(x.dataSync(), made, {alpha: 0.8}), 5);
    model.dispose();
  });
});

test("its spectral loss is the score of the Fourier coefficients over space, and a share of it mixes with the plain score", () => {
  tf.tidy(() => {
    const model = noisy();
    const p = model.layout.bind(model.weights);
    const random = Random.of(3);
    const x = draw([2, 4, 3, 2, LATENT], 1);
    const loss = (spectral: number) =>
      model.loss(p, [x, mask(), labels(2)], {random, members: 2, alpha: 0.8, spectral}).dataSync()[0];
    const noise = random.fold(0).normal([4, 3]);
    /** Sums over both axes with weights of cosine plus sine, written out. */
    const transformed = (states: tf.Tensor) => {
      const values = states.dataSync<"float32">();
      const out = new Float32Array(values.length);
      for (let window = 0; window < 8; window++) {
        for (let c = 0; c < LATENT; c++) {
          for (let k = 0; k < 3; k++) {
            for (let l = 0; l < 2; l++) {
              let sum = 0;
              for (let i = 0; i < 3; i++) {
                for (let j = 0; j < 2; j++) {
                  const [a, b] = [(2 * Math.PI * i * k) / 3, (2 * Math.PI * j * l) / 2];
                  const factor = (Math.cos(a) + Math.sin(a)) * (Math.cos(b) + Math.sin(b));
                  sum += factor * values[((window * 3 + i) * 2 + j) * LATENT + c];
                }
              }
              out[((window * 3 + k) * 2 + l) * LATENT + c] = sum / Math.sqrt(6);
            }
          }
        }
      }
      return out;
    };
    const made = [0, 1].map((m) =>
      transformed(model.forward(p, x, noise.slice([2 * m], [2]), {mask: mask(), label: labels(2)})),
    );
    expect(loss(1)).toBeCloseTo(crps(transformed(x), made, {alpha: 0.8}), 5);
    expect(loss(0.25)).toBeCloseTo(0.75 * loss(0) + 0.25 * loss(1), 6);
    model.dispose();
  });
});

test.each([0, 0.5])("its gradient is that of finite differences with a spectral share of %d", (spectral) => {
  tf.tidy(() => {
    const model = noisy({hidBlocks: 1});
    const batch = [draw([2, 4, 2, 2, LATENT], 1), mask(), labels(2)];
    const loss = (weights: tf.Tensor) =>
      model.loss(model.layout.bind(weights as tf.Tensor1D), batch, {random: Random.of(3), members: 3, spectral});
    const gradient = tf.grad((weights) => loss(weights))(model.weights);
    const direction = tf.sign(gradient).mul(gradient.abs().sqrt()); // along which rounding matters least
    const step = 1e-3;
    const at = (h: number) => loss(model.weights.add(direction.mul(h))).dataSync()[0];
    const numeric = (at(step) - at(-step)) / (2 * step);
    const exact = gradient.mul(direction).sum().dataSync()[0];
    expect(Math.abs(numeric - exact)).toBeLessThan(0.01 * Math.abs(exact));
    model.dispose();
  });
});

test("refuses one member, no noise, and a solver whose network has no modulation", () => {
  const model = noisy();
  tf.tidy(() => {
    const p = model.layout.bind(model.weights);
    expect(() => model.loss(p, [windows(), mask(), labels(2)], {random: Random.of(1), members: 1})).toThrow(
      "expected 2 or more members of the loss, found 1",
    );
  });
  model.dispose();
  expect(() => new StochasticSolver({...tinyNetwork(), noiseFeatures: 0})).toThrow(
    "expected noiseFeatures to be a whole number from 1 to 1048576, found 0",
  );
  const unlabelled = tinySolver(tinyNetwork(2, {labelFeatures: 0}));
  const other = StochasticSolver.create(unlabelled.config, 1);
  expect(() => other.adopt(unlabelled)).toThrow("expected a solver with labelFeatures of 1 or more");
  other.dispose();
  unlabelled.dispose();
});
