/** Golden tensors as the engine's, and back: channels are second there and last here. */
import {tf} from "@lola-ts/engine";
import type {Layout, NamedArray, BoundParameters} from "../../lib/nn/module";
import {relativeError, type Reference, type ReferenceTensor} from "./reference";

/** A golden tensor with channels second, [B, C, ...grid], as an engine tensor with channels last. */
export function channelsLast({shape, data}: ReferenceTensor<Float32Array>): tf.Tensor {
  const axes = shape.map((_, axis) => axis);
  return tf.tidy(() => tf.tensor(data, shape).transpose([0, ...axes.slice(2), 1]));
}

/** Values of a channels-last tensor in the golden order [B, C, ...grid]. */
export function channelsSecond(x: tf.Tensor): Float32Array {
  const axes = x.shape.map((_, axis) => axis);
  return tf.tidy(() => x.transpose([0, axes.length - 1, ...axes.slice(1, -1)]).dataSync()) as Float32Array;
}

/** A golden tensor as it is. */
export function plain({shape, data}: ReferenceTensor<Float32Array>): tf.Tensor {
  return tf.tensor(data, shape);
}

/** A golden mask of every entry, (B, C, L, ...), as a mask of states [B, L]. */
export function windowMask(tensor: ReferenceTensor<Float32Array>): tf.Tensor2D {
  return tf.tidy(() => {
    const mask = channelsLast(tensor);
    return mask.max(mask.shape.map((_, axis) => axis).slice(2)) as tf.Tensor2D;
  });
}

/** Labels (B, D), or one label (D) as [1, D]. */
export function label({data, shape}: ReferenceTensor<Float32Array>): tf.Tensor2D {
  const features = shape[shape.length - 1];
  return tf.tensor2d(data, [data.length / features, features]);
}

/** Collect the inputs of a network beside the states, from the golden vectors below `prefix`. */
export function networkInputs(topic: Reference, prefix: string): {mask: tf.Tensor2D; label?: tf.Tensor2D} {
  return {
    mask: windowMask(topic.tensor(`${prefix}mask`)),
    label: topic.has(`${prefix}label`) ? label(topic.tensor(`${prefix}label`)) : undefined,
  };
}

/** A flat vector with golden weights, whatever buffers they carry along. */
export function golden(layout: Layout, weights: ReadonlyMap<string, NamedArray>): tf.Tensor1D {
  return tf.tensor1d(layout.fromOfficial(weights));
}

/** Gradients of a scalar function of the flat vector, by official name and in official layout. */
export function gradients(
  layout: Layout,
  flat: tf.Tensor1D,
  f: (p: BoundParameters) => tf.Scalar,
): ReadonlyMap<string, NamedArray> {
  const vector = tf.tidy(() =>
    tf
      .grad((v) => f(layout.bind(v as tf.Tensor1D)))(flat)
      .dataSync(),
  ) as Float32Array;
  return layout.toOfficial(vector);
}

/**
 * Compare gradients by name with those that the golden vectors have, at the limit of 1e-4.
 *
 * @param of gradient of a parameter or input in the official layout.
 */
export function expectGradients(expected: ReturnType<Reference["below"]>, of: (name: string) => Float32Array): void {
  const errors = [...expected].map(([name, {data}]): [string, number] => [name, relativeError(of(name), data)]);
  expect(errors.filter(([, error]) => !(error < 1e-4))).toEqual([]);
  expect(errors.length).toBeGreaterThan(0);
}
