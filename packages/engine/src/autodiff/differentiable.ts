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
import {isStructural, isTaping, untaped} from "./tape";

/** A gradient, or how to compute it: those that nobody asks for are not computed. */
export type Part = tf.Tensor | (() => tf.Tensor);

export interface Differentiable {
  /** Compute the value, followed by the tensors to save for the gradient. */
  readonly forward: (...inputs: tf.Tensor[]) => [value: tf.Tensor, ...saved: tf.Tensor[]];
  /**
   * Compute the gradient of the loss with respect to each input, given that with respect to the value. A function in place of
   * a gradient, for weights, uses nothing but the arguments.
   */
  readonly backward: (dy: tf.Tensor, ...saved: tf.Tensor[]) => Part[];
  /** For each input, the tangent $J_i t$ of the value along the input's tangent `t`; only for Jacobian-vector products. */
  readonly tangents?: readonly Tangent[];
}

export type Tangent = (t: tf.Tensor, ...saved: tf.Tensor[]) => tf.Tensor;

/** The part of tfjs's engine that tf.customGrad calls: there a gradient of each input may wait until it is asked for. */
interface Engine {
  runKernelFunc(call: {
    readonly forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor;
    readonly backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => Record<number, () => tf.Tensor>;
    readonly inputs: Record<number, tf.Tensor>;
  }): tf.Tensor;
}

/** Make a differentiable function of tensors; intermediate results of both directions are freed by the engine. */
export function differentiable(operation: Differentiable): (...inputs: tf.Tensor[]) => tf.Tensor {
  return (...inputs) =>
    (tf.engine() as unknown as Engine).runKernelFunc({
      inputs: {...inputs},
      forwardFunc: (_, save) => {
        const [value, ...saved] = operation.forward(...inputs);
        save(saved);
        return value;
      },
      backwardsFunc: (dy, saved) => {
        const parts = isTaping()
          ? new Derivative(operation, inputs, saved).pull(dy)
          : tidied(() => operation.backward(dy, ...saved));
        return {...parts.map((part) => () => evaluated(part))};
      },
    });
}

/** Run in a scope of its own; functions among the parts outlive it. */
const tidied = (body: () => Part[]): Part[] => tf.tidy(body as () => tf.Tensor[]);

const evaluated = (part: Part): tf.Tensor => (typeof part === "function" ? tf.tidy(part) : part);

/** The derivative of an operation at its inputs: two linear maps, each the other's gradient. */
class Derivative {
  private readonly fixed: tf.Tensor;

  constructor(
    private readonly operation: Differentiable,
    private readonly inputs: readonly tf.Tensor[],
    private readonly saved: tf.Tensor[],
  ) {
    this.fixed = undifferentiable([...inputs]);
  }

  /** Compute $J^T \bar y$, one part for each input. */
  pull(dy: tf.Tensor): (() => tf.Tensor)[] {
    const parts: Part[] = isStructural()
      ? this.inputs.map(
          ({shape}) =>
            () =>
              tf.zeros(shape),
        )
      : untaped(() => this.operation.backward(dy, ...this.saved) as tf.Tensor[]);
    return parts.map(
      (part, i) => () =>
        this.linear(
          untaped(() => evaluated(part)),
          dy,
          (t) => this.push(t, i),
        ),
    );
  }

  /** Compute $J_i t$. */
  private push(t: tf.Tensor, i: number): tf.Tensor {
    const {tangents} = this.operation;
    if (!tangents) {
      throw new Error("differentiable: expected an operation with tangents for a Jacobian-vector product, found none.");
    }
    const value = untaped(() => tangents[i](t, ...this.saved));
    return isTaping() ? this.linear(value, t, (dy) => this.pull(dy)[i]()) : value;
  }

  /** Write a value on the tape as a linear function of `x`. */
  private linear(value: tf.Tensor, x: tf.Tensor, adjoint: (dy: tf.Tensor) => tf.Tensor): tf.Tensor {
    return tf.customGrad(() => ({value, gradFunc: (dy) => [adjoint(dy), tf.scalar(0)]}))(x, this.fixed);
  }
}

/** Make the inputs' place on the tape where a value depends on them in a way that cannot be differentiated. */
function undifferentiable(inputs: tf.Tensor[]): tf.Tensor {
  const gradFunc = () => {
    throw new Error("differentiable: expected a first derivative with respect to the inputs, found a second one.");
  };
  return tf.customGrad(() => ({value: tf.scalar(0), gradFunc}))(...inputs);
}
