/**
 * Part of a long draw, without the rest of it.
 *
 * The engine's generator counts: four consecutive numbers of a draw come from one value of a counter, so that a draw can begin
 * anywhere.
 *
 * @see Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011 (Philox)
 */
import {attr, nativeBackend, tf, type Attr} from "./backend";

const GROUP = 4; // numbers of one value of the counter
const UINT64 = 23; // TensorFlow's number of the type, which the binding has no name for
const PHILOX = 1;

/** A distribution whose draws can begin anywhere. */
export type Distribution = "StatelessRandomNormal" | "StatelessRandomUniform";

/**
 * Draw the numbers `from` to `from + count` of the draw that the operation makes of a key; recordable.
 *
 * @param key int32 tensor of shape [2].
 */
export function drawRange(operation: Distribution, key: tf.Tensor1D, from: number, count: number): tf.Tensor1D {
  const backend = nativeBackend();
  const {binding} = backend;
  const idOf = (values: tf.Tensor) => backend.getInputTensorIds([values])[0];
  const uint64 = (name: string): Attr => ({name, type: binding.TF_ATTR_TYPE, value: UINT64});
  const skipped = Math.floor(from / GROUP);
  const before = from - skipped * GROUP;
  return tf.tidy(() => {
    const run = (name: string, attrs: Attr[], inputs: number[], outputs: number) =>
      binding.executeOp(name, attrs, inputs, outputs).map(({id}) => id);
    const [generator, start] = run("StatelessRandomGetKeyCounter", [attr.type("Tseed", "int32")], [idOf(key)], 2);
    const casting = [attr.type("SrcT", "int32"), uint64("DstT"), attr.bool("Truncate", false)];
    const [offset] = run("Cast", casting, [idOf(tf.tensor1d([skipped, 0], "int32"))], 1);
    const [counter] = run("AddV2", [uint64("T")], [start, offset], 1);
    const size = idOf(tf.tensor1d([before + count], "int32"));
    const inputs = [size, generator, counter, idOf(tf.scalar(PHILOX, "int32"))];
    const attrs = [attr.type("dtype", "float32"), attr.type("Tshape", "int32")];
    const [numbers] = binding.executeOp(`${operation}V2`, attrs, inputs, 1);
    for (const id of [generator, start, offset, counter]) binding.deleteTensor(id);
    return (backend.createOutputTensor(numbers) as tf.Tensor1D).slice([before], [count]);
  });
}
