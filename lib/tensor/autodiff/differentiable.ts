/**
 * Operations with their own gradients.
 *
 * tfjs has no gradient for most raw TensorFlow operations, and for some compositions the gradient that it derives is slow.
 * {@link differentiable} joins a forward and a backward function into one operation that gradients pass through.
 *
 * A backward function maps the gradient $\bar y$ of the value to $J^T \bar y$, which is linear in $\bar y$: its own
 * derivative along $\bar y$ is $J$, the `tangents`. With these, gradients of gradients with respect to $\bar y$ exist, which
 * is what Jacobian-vector products are made of (jacobian.ts). Second derivatives with respect to the inputs do not exist.
 */
import {tf} from "../backend";
import {isTaping, untaped} from "./tape";

/** An operation on tensors. */
export interface Differentiable {
  /** Compute the value, followed by the tensors to save for the gradient. */
  readonly forward: (...inputs: tf.Tensor[]) => [value: tf.Tensor, ...saved: tf.Tensor[]];
  /** Compute the gradient of the loss with respect to each input, given that with respect to the value. */
  readonly backward: (dy: tf.Tensor, ...saved: tf.Tensor[]) => tf.Tensor[];
  /** For each input, the tangent $J_i t$ of the value along the input's tangent `t`; only for Jacobian-vector products. */
  readonly tangents?: readonly Tangent[];
}

/** Map a tangent of one input to a tangent of the value. */
export type Tangent = (t: tf.Tensor, ...saved: tf.Tensor[]) => tf.Tensor;

type Save = (tensors: tf.Tensor[]) => void;

/** Make a differentiable function of tensors; intermediate results of both directions are freed by the engine. */
export function differentiable(operation: Differentiable): (...inputs: tf.Tensor[]) => tf.Tensor {
  return tf.customGrad((...args) => {
    const inputs = args.slice(0, -1) as tf.Tensor[];
    const save = args[args.length - 1] as Save;
    const [value, ...saved] = operation.forward(...inputs);
    save(saved);
    const gradFunc = (dy: tf.Tensor, stored: tf.Tensor[]) =>
      isTaping()
        ? new Derivative(operation, inputs, stored).pull(dy)
        : tf.tidy(() => operation.backward(dy, ...stored));
    return {value, gradFunc};
  });
}

/** The derivative of an operation at its inputs: two linear maps, each the other's gradient. */
class Derivative {
  private readonly inputs: tf.Tensor;

  constructor(
    private readonly operation: Differentiable,
    inputs: tf.Tensor[],
    private readonly saved: tf.Tensor[],
  ) {
    this.inputs = undifferentiable(inputs);
  }

  /** Compute $J^T \bar y$, one part for each input. */
  pull(dy: tf.Tensor): tf.Tensor[] {
    const parts = untaped(() => this.operation.backward(dy, ...this.saved));
    return parts.map((part, i) => this.linear(part, dy, (t) => this.push(t, i)));
  }

  /** Compute $J_i t$. */
  private push(t: tf.Tensor, i: number): tf.Tensor {
    const {tangents} = this.operation;
    if (!tangents) {
      throw new Error("differentiable: expected an operation with tangents for a Jacobian-vector product, found none.");
    }
    const value = untaped(() => tangents[i](t, ...this.saved));
    return isTaping() ? this.linear(value, t, (dy) => this.pull(dy)[i]) : value;
  }

  /** Write a value on the tape as a linear function of `x`. */
  private linear(value: tf.Tensor, x: tf.Tensor, adjoint: (dy: tf.Tensor) => tf.Tensor): tf.Tensor {
    return tf.customGrad(() => ({value, gradFunc: (dy) => [adjoint(dy), tf.scalar(0)]}))(x, this.inputs);
  }
}

/** Make the inputs' place on the tape where a value depends on them in a way that cannot be differentiated. */
function undifferentiable(inputs: tf.Tensor[]): tf.Tensor {
  const gradFunc = () => {
    throw new Error("differentiable: expected a first derivative with respect to the inputs, found a second one.");
  };
  return tf.customGrad(() => ({value: tf.scalar(0), gradFunc}))(...inputs);
}
