import {Solver, solverEmulator} from "../lib/solver";
import {compile} from "../lib/tensor/compile";
import {tf} from "../lib/tensor/backend";
import {contextMask} from "../lib/diffusion/mask";
import {emulatorConfig, field, label, officialGradient, toOfficial, windowMask} from "./diffusion/official";
import {reference, relativeError} from "./reference/reference";

const topic = reference("solver");

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

function load(kind: string) {
  const labelled = topic.has(`${kind}/in/label`);
  const model = labelled ? topic.config.model : {...topic.config.model, label_features: 0};
  const solver = new Solver(emulatorConfig(model));
  solver.weights = tf.tensor1d(solver.layout.fromOfficial(topic.below(`${kind}/weights/`)));
  const inputs = {
    mask: windowMask(topic, `${kind}/in/mask`),
    label: labelled ? label(topic, `${kind}/in/label`) : undefined,
  };
  return {solver, x: field(topic, `${kind}/in/x`), inputs};
}

describe.each(["labelled", "unlabelled"])("%s solver", (kind) => {
  test("equals the official output, loss and gradients", () => {
    tf.tidy(() => {
      const {solver, x, inputs} = load(kind);
      const y = solver.forward(solver.layout.bind(solver.weights), x, inputs);
      expect(relativeError(toOfficial(y), topic.tensor(`${kind}/out/y`).data)).toBeLessThan(1e-5);
      const step = (weights: tf.Tensor) => {
        const {value, grad} = tf.valueAndGrad((w) => solver.loss(solver.layout.bind(w as tf.Tensor1D), x, inputs))(
          weights,
        );
        return [value, grad];
      };
      const recorded = compile(step, "solver_loss");
      for (const run of [step, recorded]) {
        const [value, grad] = run(solver.weights);
        expect(relativeError(value.dataSync(), topic.tensor(`${kind}/out/loss`).data)).toBeLessThan(1e-5);
        const names = [...topic.below(`${kind}/grad/`).keys()];
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) {
          const error = relativeError(officialGradient(solver, grad, name), topic.tensor(`${kind}/grad/${name}`).data);
          expect(error).toBeLessThan(1e-4);
        }
      }
      recorded.dispose();
      solver.dispose();
    });
  });

  test("does not look at states that are not observed", () => {
    tf.tidy(() => {
      const {solver, x, inputs} = load(kind);
      const p = solver.layout.bind(solver.weights);
      const hidden = tf.sub(1, inputs.mask).reshape([...inputs.mask.shape, 1, 1, 1]);
      const [one, two] = [x, x.add(hidden)].map((input) => solver.forward(p, input, inputs).dataSync());
      expect(two).toEqual(one);
      solver.dispose();
    });
  });

  test("as an emulator equals its forward pass", () => {
    tf.tidy(() => {
      const {solver, x, inputs} = load(kind);
      const emulate = solverEmulator(solver);
      const mask = tf.tensor1d(contextMask(x.shape[1]!, 2));
      const made = emulate(x, mask, inputs.label, {i: 0, row: 0});
      const expected = solver.forward(solver.layout.bind(solver.weights), x, {...inputs, mask});
      expect(relativeError(made.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
      emulate.dispose();
      solver.dispose();
    });
  });
});

test("a pixel solver has patches of pixels as tokens", () => {
  tf.tidy(() => {
    const config = emulatorConfig({...topic.config.model, channels: 2, patch_size: [1, 8, 8], hid_blocks: 1});
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
