import {
  PickledTuple,
  writePickle,
  type WritableValue,
  PickledCall,
  PickledName,
  PickledReference,
  readPickle,
} from "../src/pickle";

const tuple = (...items: ConstructorParameters<typeof PickledTuple>[0]) => new PickledTuple(items);

test("reads what was written", () => {
  const name = new PickledName("torch.FloatStorage");
  const written = new Map<string, WritableValue>([
    ["größe", tuple(true, false, 0, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 40))],
    ["tensor", {call: "torch._utils._rebuild_tensor_v2", args: tuple({reference: tuple("storage", name)}, 0)}],
    ["nothing", new Map<string, WritableValue>()],
  ]);
  expect(readPickle(writePickle(written), "p")).toEqual(
    new Map<string, unknown>([
      ["größe", [true, false, 0, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 40)]],
      ["tensor", new PickledCall("torch._utils._rebuild_tensor_v2", [new PickledReference(["storage", name]), 0])],
      ["nothing", new Map()],
    ]),
  );
});
