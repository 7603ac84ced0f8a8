import {solverEmulator} from "../../lib/emulate/emulators";
import {contextMask} from "../../lib/models/context";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyNetwork, tinySolver} from "../tiny";

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each([
  {kind: "labelled", axes: 2, label: true},
  {kind: "unlabelled", axes: 2, label: false},
  {kind: "labelled, 3D", axes: 3, label: true},
])("$kind solver", ({axes, label}) => {
  test("as an emulator equals its forward pass, in every batch and context, with its present weights", () => {
    tf.tidy(() => {
      const solver = tinySolver(tinyNetwork(axes, label ? {} : {labelFeatures: 0}));
      const emulator = solverEmulator(solver);
      const compare = (batch: number, context: number) => {
        const x = draw([batch, 4, ...new Array<number>(axes).fill(2), LATENT]);
        const mask = tf.tensor1d(contextMask(4, context));
        const theta = label ? labels(batch) : undefined;
        const made = emulator(x, mask, theta, {i: 0, row: 0});
        const expected = solver.forward(solver.layout.bind(solver.weights), x, {mask, label: theta});
        expect(relativeError(made.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
        return made.dataSync();
      };
      const first = compare(2, 2);
      compare(3, 1);
      solver.initialise(9); // weights are an input of the recorded function
      expect(relativeError(compare(2, 2), first)).toBeGreaterThan(1e-3);
      emulator.dispose();
      solver.dispose();
    });
  });
});
