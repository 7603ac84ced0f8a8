import {nativeBackend, type Attr} from "../../src/backend";
import {ShapeProbe} from "../../src/compile/shape-probe";

const {binding} = nativeBackend();
const T: Attr = {name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT};
const unknown = () => undefined;
const handles = () => binding.getNumOfTensors();

/** A binding that counts the operations that run. */
function counting() {
  const names: string[] = [];
  const executeOp = (name: string, attrs: Attr[], inputs: number[], count: number) => {
    if (name !== "Fill") names.push(name);
    return binding.executeOp(name, attrs, inputs, count);
  };
  return {names, binding: Object.create(binding, {executeOp: {value: executeOp}}) as typeof binding};
}

test("results have type and shape, and no memory", () => {
  const probe = new ShapeProbe(binding);
  const before = handles();
  const a = probe.dummy(binding.TF_FLOAT, [1000, 500]);
  const b = probe.dummy(binding.TF_FLOAT, [500, 3]);
  const attrs = [
    T,
    ...["transpose_a", "transpose_b"].map((name) => ({name, type: binding.TF_ATTR_BOOL, value: false})),
  ];
  const [product] = probe.execute("MatMul", attrs, [a.id, b.id], 1, unknown);
  expect(product).toMatchObject({dtype: binding.TF_FLOAT, shape: [1000, 3]});
  expect(product.id).toBeLessThan(0);
  expect(probe.shapeOf(product.id)).toEqual([1000, 3]);
  expect(new Set([a.id, b.id, product.id]).size).toBe(3);
  expect(handles()).toBe(before);
});

test("an operation runs again only for other attributes, shapes or constants", () => {
  const {names, binding: watched} = counting();
  const probe = new ShapeProbe(watched);
  const a = probe.dummy(binding.TF_FLOAT, [4, 6]);
  const b = probe.dummy(binding.TF_FLOAT, [4, 6]);
  const first = probe.execute("Neg", [T], [a.id], 1, unknown);
  const second = probe.execute("Neg", [T], [b.id], 1, unknown);
  expect(names).toEqual(["Neg"]);
  expect(second[0].id).not.toBe(first[0].id);
  expect(second[0].shape).toEqual([4, 6]);
  probe.execute("Neg", [T], [probe.dummy(binding.TF_FLOAT, [4, 7]).id], 1, unknown);
  expect(names).toEqual(["Neg", "Neg"]);

  const shapes = [[24], [2, 12]].map((shape) =>
    binding.createTensor([shape.length], binding.TF_INT32, Int32Array.from(shape)),
  );
  const content = (id: number) => (id === shapes[0] ? "24" : "2, 12");
  const attrs = [T, {name: "Tshape", type: binding.TF_ATTR_TYPE, value: binding.TF_INT32}];
  const reshaped = shapes.map((shape) => probe.execute("Reshape", attrs, [a.id, shape], 1, content)[0].shape);
  expect(reshaped).toEqual([[24], [2, 12]]);
  shapes.forEach((id) => binding.deleteTensor(id));
});

test("integers are computed: shapes may depend on them", () => {
  const probe = new ShapeProbe(binding);
  const x = probe.dummy(binding.TF_FLOAT, [3, 5]);
  const [shape] = probe.execute(
    "Shape",
    [T, {name: "out_type", type: binding.TF_ATTR_TYPE, value: binding.TF_INT32}],
    [x.id],
    1,
    unknown,
  );
  expect(shape.id).toBeGreaterThanOrEqual(0);
  expect([...binding.tensorDataSync(shape.id)]).toEqual([3, 5]);
  binding.deleteTensor(shape.id);
});

test.each(["MatrixInverse", "Cholesky"])("%s finds matrices that it can take", (name) => {
  const probe = new ShapeProbe(binding);
  const before = handles();
  const matrices = probe.dummy(binding.TF_FLOAT, [2, 5, 5]);
  expect(probe.execute(name, [T], [matrices.id], 1, unknown)[0].shape).toEqual([2, 5, 5]);
  expect(handles()).toBe(before);
});

test("an operation that refuses its inputs says why, and leaves nothing behind", () => {
  const probe = new ShapeProbe(binding);
  const before = handles();
  const inputs = [[2], [3]].map((shape) => probe.dummy(binding.TF_FLOAT, shape).id);
  expect(() => probe.execute("AddV2", [T], inputs, 1, unknown)).toThrow("Incompatible shapes");
  expect(handles()).toBe(before);
});
