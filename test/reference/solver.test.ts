import {emulatorConfig} from "../../packages/official-runs/src/official-config";
import {Solver} from "../../lib/models/solver";
import {tf, compile} from "@lola-ts/engine";
import {channelsLast, channelsSecond, expectGradients, golden, networkInputs} from "./layout";
import {reference, relativeError} from "./reference";

const topic = reference("solver");
const kinds = topic.names.flatMap((name) => /^(.+)\/out\/y$/.exec(name)?.[1] ?? []);

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

function load(kind: string) {
  const inputs = networkInputs(topic, `${kind}/in/`);
  const labelFeatures = inputs.label?.shape[1] ?? 0;
  const solver = new Solver({...emulatorConfig(topic.config.model), labelFeatures});
  solver.weights = golden(solver.layout, topic.below(`${kind}/weights/`));
  return {solver, x: channelsLast(topic.tensor(`${kind}/in/x`)), inputs};
}

describe.each(kinds)("%s solver", (kind) => {
  test("output", () => {
    tf.tidy(() => {
      const {solver, x, inputs} = load(kind);
      const y = solver.forward(solver.layout.bind(solver.weights), x, inputs);
      expect(relativeError(channelsSecond(y), topic.tensor(`${kind}/out/y`).data)).toBeLessThan(1e-5);
      solver.dispose();
    });
  });

  test("loss and gradients, recorded and not", () => {
    tf.tidy(() => {
      const {solver, x, inputs} = load(kind);
      const batch = [x, inputs.mask, ...(inputs.label ? [inputs.label] : [])];
      const step = (weights: tf.Tensor) => {
        const loss = (w: tf.Tensor) => solver.loss(solver.layout.bind(w as tf.Tensor1D), batch);
        const {value, grad} = tf.valueAndGrad(loss)(weights);
        return [value, grad];
      };
      const recorded = compile(step, "solver_loss");
      for (const run of [step, recorded]) {
        const [value, grad] = run(solver.weights);
        expect(relativeError(value.dataSync(), topic.tensor(`${kind}/out/loss`).data)).toBeLessThan(1e-5);
        const named = solver.layout.toOfficial(grad.dataSync<"float32">());
        expectGradients(topic.below(`${kind}/grad/`), (name) => named.get(name)!.data);
      }
      recorded.dispose();
      solver.dispose();
    });
  });
});
