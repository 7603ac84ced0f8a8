import {attr, nativeBackend, tf, type Binding} from "../../src/backend";
import {Graph} from "../../src/compile/graph";
import {chooseExecutionMode, loadProgram} from "../../src/compile/compile";

const {binding} = nativeBackend();
const stock = {executeOp: () => []} as unknown as Binding;

test("chooses the best mode that the binding supports", () => {
  expect(chooseExecutionMode(binding, "")).toBe("function");
  expect(chooseExecutionMode(stock, "")).toBe("eager");
});

test("chooses a wanted mode, by default that of the environment", () => {
  expect(chooseExecutionMode(binding, "function")).toBe("function");
  expect(chooseExecutionMode(binding, "eager")).toBe("eager");
  const replaced = jest.replaceProperty(process, "env", {...process.env, LOLA_COMPILE: "eager"});
  expect(chooseExecutionMode(binding)).toBe("eager");
  replaced.restore();
});

test("refuses a mode that is unknown or that the binding does not support", () => {
  expect(() => chooseExecutionMode(binding, "fastest")).toThrow(
    "LOLA_COMPILE: expected an execution mode of this binding (function, eager), found fastest.",
  );
  expect(() => chooseExecutionMode(stock, "function")).toThrow("(eager), found function.");
});

describe("a recorded graph", () => {
  /** max(x - y, 0) of two elements each. */
  const difference = () => {
    const graph = new Graph(binding);
    const inputs = [graph.input(binding.TF_FLOAT, [2]), graph.input(binding.TF_FLOAT, [2])];
    const node = graph.operation("Sub", inputs, [attr.type("T", "float32")]);
    const relu = graph.operation("Relu", [`${node}:0`], [attr.type("T", "float32")]);
    return {graph: graph.encode(), inputs, outputs: [`${relu}:0`, `${node}:0`, `${relu}:0`]};
  };

  test("runs a graph on handles, in the order of its inputs and outputs, until it is released", () => {
    tf.tidy(() => {
      const backend = nativeBackend();
      const ids = backend.getInputTensorIds([tf.tensor1d([1, 5]), tf.tensor1d([2, 3])]);
      const program = loadProgram(binding, difference(), "a step");
      for (let i = 0; i < 2; i++) {
        const outputs = program.run(ids).map((info) => [...backend.createOutputTensor(info).dataSync()]);
        expect(outputs).toEqual([
          [0, 2],
          [-1, 2],
          [0, 2],
        ]);
      }
      program.release();
      expect(() => program.run(ids)).toThrow("compile: a step: TensorFlow refuses the recorded step");
    });
  });

  test("is refused in one sentence if TensorFlow cannot read it", () => {
    const broken = {graph: Uint8Array.of(1, 2, 3), inputs: [], outputs: ["nothing:0"]};
    expect(() => loadProgram(binding, broken, "broken")).toThrow(
      "compile: broken: TensorFlow refuses the recorded step",
    );
  });

  test("names the attribute that an operation lacks", () => {
    const graph = new Graph(binding);
    const x = graph.input(binding.TF_FLOAT, [2]);
    const outputs = [`${graph.operation("Relu", [graph.operation("Identity", [x], []) + ":0"], [])}:0`];
    expect(() => loadProgram(binding, {graph: graph.encode(), inputs: [x], outputs}, "odd")).toThrow(
      /^compile: odd: the operation "Identity" lacks its attribute "T"/,
    );
  });
});
