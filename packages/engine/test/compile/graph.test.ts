import {attr, nativeBackend, tf} from "../../src/backend";
import {Graph} from "../../src/compile/graph";

const {binding} = nativeBackend();

test("an encoded graph is a function of the engine", () => {
  const graph = new Graph(binding);
  const x = graph.input(binding.TF_FLOAT, [3]);
  const two = graph.constant(binding.TF_FLOAT, [], new Uint8Array(Float32Array.of(2).buffer));
  const y = graph.operation("Mul", [x, two], [attr.type("T", "float32")]);
  binding.defineFunction(graph.encode(), "graph_test_double", [x], [`${y}:0`]);

  const backend = nativeBackend();
  const [info] = binding.executeOp("graph_test_double", [], backend.getInputTensorIds([tf.tensor1d([1, -2, 0.5])]), 1);
  expect(Array.from(backend.createOutputTensor(info).dataSync())).toEqual([2, -4, 1]);
  binding.removeFunction("graph_test_double");
});

test("an output that the graph does not have is refused", () => {
  const graph = new Graph(binding);
  const x = graph.input(binding.TF_FLOAT, [1]);
  expect(() => binding.defineFunction(graph.encode(), "graph_test_missing", [x], ["nothing:0"])).toThrow(
    "not in the graph",
  );
});

test("an attribute of an unknown type is refused by name", () => {
  const odd = {name: "odd", type: -1, value: 0};
  expect(() => new Graph(binding).operation("Identity", [], [odd])).toThrow(
    'compile: attribute "odd" of operation "Identity" cannot be recorded: its type, -1, is unknown.',
  );
});
