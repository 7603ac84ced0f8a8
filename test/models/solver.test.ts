import {solverEmulator} from "../../lib/emulate/solver-emulator";
import {Solver} from "../../lib/models/solver";
import {tf} from "../../lib/tensor/backend";
import {contextMask} from "../../lib/models/context";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyNetwork, tinySolver} from "../tiny";

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

describe.each([
  {kind: "labelled", axes: 2, label: true},
  {kind: "unlabelled", axes: 2, label: false},
  {kind: "labelled, 3D", axes: 3, label: true},
])("$kind solver", ({axes, label}) => {
  const load = () => {
    const solver = tinySolver(tinyNetwork(axes, label ? {} : {labelFeatures: 0}));
    const x = draw([2, 4, ...new Array<number>(axes).fill(2), LATENT]);
    return {solver, x, inputs: {mask: tf.tensor1d(contextMask(4, 2)), label: label ? labels(2) : undefined}};
  };

  test("as an emulator equals its forward pass", () => {
    tf.tidy(() => {
      const {solver, x, inputs} = load();
      const emulator = solverEmulator(solver);
      const made = emulator(x, inputs.mask, inputs.label, {i: 0, row: 0});
      const expected = solver.forward(solver.layout.bind(solver.weights), x, inputs);
      expect(relativeError(made.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
      emulator.dispose();
      solver.dispose();
    });
  });
});

test("a pixel solver has patches of pixels as tokens", () => {
  tf.tidy(() => {
    const config = tinyNetwork(2, {channels: 2, patchSize: [1, 8, 8], hidBlocks: 1});
    const solver = new Solver(config).initialise(1);
    const features = config.hidChannels;
    expect(solver.specs["backbone.in_proj.weight"].shape).toEqual([features, 2 * 2 * 64]);
    const x = tf.randomNormal([2, 3, 16, 24, 2]);
    const y = solver.forward(solver.layout.bind(solver.weights), x, {
      mask: tf.tensor1d(contextMask(3, 1)),
      label: tf.zeros([1, config.labelFeatures]),
    });
    expect(y.shape).toEqual(x.shape);
    solver.dispose();
  });
});

describe("every context, forward and backward", () => {
  const length = 5;
  const contexts = Array.from({length}, (_, i) => i + 1).flatMap((count) =>
    (["start", "end"] as const).map((side) => ({count, side})),
  );

  test.each(contexts)("$count states at the $side: only context states are used", ({count, side}) => {
    tf.tidy(() => {
      const model = tinySolver();
      const p = model.layout.bind(model.weights);
      const [x, other] = [1, 2].map((seed) => draw([2, length, 2, 1, LATENT], seed));
      const mask = tf.tensor1d(contextMask(length, count, side));
      const b = mask.reshape([1, length, 1, 1, 1]);
      const run = (states: tf.Tensor) => model.forward(p, states, {mask, label: labels(2)}).dataSync();
      const found = run(x);
      expect(run(x.add(other.mul(tf.sub(1, b))))).toEqual(found);
      expect(relativeError(run(x.add(other.mul(b))), found)).toBeGreaterThan(1e-3);
      model.dispose();
    });
  });
});
