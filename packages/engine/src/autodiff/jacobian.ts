/**
 * Products with the Jacobian $J = \partial f / \partial x$ of a function of tensors, without forming it.
 *
 * The engine walks a computation back, which gives $u \mapsto J^T u$. That map is linear in $u$, whatever $f$ is, and the
 * gradient of $\langle J^T u, v \rangle$ with respect to $u$ is $J v$: the product with a direction is found by walking
 * back twice, exactly. Functions of tfjs operations can be used if the gradients of these can be differentiated in turn
 * (not pooling and resizing), and all operations of this library.
 */
import {callable, checkOptions, checkParts} from "@lola-ts/core";
import {attr, rawOp, tf} from "../backend";
import {floatsFrom} from "../tensor-rules";
import {isTaping, structurally, taped} from "./tape";

type TensorFunction = (x: tf.Tensor) => tf.Tensor;

/** Value and derivative of a function at a point. */
export interface Linearisation {
  /** $f(x)$. */
  readonly value: tf.Tensor;
  /** Compute $J^T u$, of the shape of $x$. @throws RangeError unless u has the shape of the value. */
  vjp(u: tf.Tensor): tf.Tensor;
  /** Compute $J v$, of the shape of $f(x)$. @throws RangeError unless v has the shape of x. */
  jvp(v: tf.Tensor): tf.Tensor;
}

/**
 * Evaluate a function once for any number of products with its Jacobian. Functions that are linearised one after the
 * other, each at the value of the previous one, form a chain. The linearisation is valid until the tape closes.
 *
 * @throws Error outside of {@link taped}.
 */
export function linearise(f: TensorFunction, x: tf.Tensor): Linearisation {
  if (!isTaping()) throw new Error("linearise: expected an open tape, call it in the body of taped().");
  const value = f(x.clone()); // a function may return its argument
  const vjp = (u: tf.Tensor) => {
    check("vjp", u, "value", value);
    return tf.grads(() => value)([x], u)[0];
  };
  const jvp = (v: tf.Tensor) => {
    check("jvp", v, "argument", x);
    const anywhere = rawOp("ZerosLike", [value], [attr.type("T", "float32")]);
    return tf.grad((u) => structurally(() => vjp(u)))(anywhere, v);
  };
  return {value, vjp, jvp};
}

/**
 * Make the vector-Jacobian product of a function.
 *
 * @returns $(x, u) \mapsto J(x)^T u$; recordable. It throws RangeError unless u has the shape of $f(x)$.
 */
export function vjp(f: TensorFunction): (x: tf.Tensor, u: tf.Tensor) => tf.Tensor {
  checkOptions("vjp", callable, f, "f");
  return (x, u) => {
    checkParts("vjp", {x: floatsFrom(0), u: floatsFrom(0)}, {x, u});
    return taped(() => linearise(f, x).vjp(u));
  };
}

/**
 * Make the Jacobian-vector product of a function, its directional derivative.
 *
 * @returns $(x, v) \mapsto J(x) v$; recordable. It throws RangeError unless v has the shape of x.
 */
export function jvp(f: TensorFunction): (x: tf.Tensor, v: tf.Tensor) => tf.Tensor {
  checkOptions("jvp", callable, f, "f");
  return (x, v) => {
    checkParts("jvp", {x: floatsFrom(0), v: floatsFrom(0)}, {x, v});
    check("jvp", v, "argument", x);
    return taped(() => linearise(f, x).jvp(v));
  };
}

function check(product: string, vector: tf.Tensor, what: string, {shape}: tf.Tensor): void {
  if (vector.shape.join() !== shape.join()) {
    throw new RangeError(
      `${product}: expected a vector of the ${what}'s shape [${shape.join(", ")}], found [${vector.shape.join(", ")}].`,
    );
  }
}
