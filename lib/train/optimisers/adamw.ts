/**
 * AdamW: Adam with decoupled weight decay.
 *
 * @see Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2014, arXiv:1412.6980
 * @see Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2017, arXiv:1711.05101
 */
import {checkParts, list, number, where} from "@lola-ts/core";
import {attr, rawOps, tf, isFused} from "@lola-ts/engine";
import {scaleGradient} from "../clip";
import {lerp, type Optimiser} from "./optimiser";

export interface AdamWOptions {
  /** Decays $(\beta_1, \beta_2)$ of the gradient's first and second moment; as in the official runs. Default: (0.9, 0.99). */
  betas?: readonly [number, number];
  /** Added to the denominator. Default: 1e-8. */
  eps?: number;
  /** Decay $\lambda$: weights shrink by $\eta \lambda$ a step. Default: 0. */
  weightDecay?: number;
}

/** Accepts decays of moving averages. */
export const decayRate = where(number({min: 0}), "a number from 0 to 1 (excluded)", (beta: number) => beta < 1);

/** Rules of the options of Adam and its kin, with a number of decays. */
export const adamWRules = (decays: number) => ({
  betas: list(decayRate, {length: decays}),
  eps: number({min: 0}),
  weightDecay: number({min: 0}),
});

/**
 * Make an AdamW optimiser, at step $k = 0, 1, \dots$
 *
 * $$ \theta \leftarrow (1 - \eta \lambda) \theta - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}, \qquad
 *    \hat m = \frac{m}{1 - \beta_1^{k + 1}}, \quad \hat v = \frac{v}{1 - \beta_2^{k + 1}}. $$
 *
 * @throws RangeError unless decays are in [0, 1) and the others 0 or more.
 */
export function adamW({betas = [0.9, 0.99], eps = 1e-8, weightDecay = 0}: AdamWOptions = {}): Optimiser {
  checkParts("adamW", adamWRules(2), {betas, eps, weightDecay});
  const [beta1, beta2] = betas;

  return {
    name: "adamw",

    initial: ({size}) => [tf.zeros([size]), tf.zeros([size])],

    variant: () => "plain",

    scalesGradient: true,

    update(inputs) {
      const {weights, learningRate, step, scale} = inputs;
      const [m, v] = inputs.state as tf.Tensor1D[];
      if (isFused()) {
        const attrs = [
          ...betas.map((beta, i) => attr.float(`newest${i + 1}`, 1 - beta)), // 1 - beta has more digits than beta in float32
          attr.float("eps", eps),
          attr.float("weight_decay", weightDecay),
        ];
        const tensors = [weights, inputs.gradient, m, v, scale ?? tf.scalar(1), learningRate, step];
        const [next, ...moments] = rawOps("LolaAdamW", tensors, attrs, 3);
        return {weights: next as tf.Tensor1D, state: moments};
      }
      const gradient = scale ? scaleGradient(inputs.gradient, scale) : inputs.gradient;
      const bias = (beta: number) => tf.neg(tf.expm1(tf.mul(tf.add(step, 1), Math.log(beta)))); // 1 - beta^(k + 1)
      const first = lerp(m, gradient, tf.scalar(1 - beta1));
      const second = lerp(v, gradient.square(), tf.scalar(1 - beta2));
      // fraction expanded by the root of the second moment's bias: one pass over the weights less
      const root = bias(beta2).sqrt();
      const ratio = first.div(second.sqrt().add(root.mul(eps)));
      const move = ratio.mul(learningRate.mul(root).div(bias(beta1)));
      return {weights: decay(weights, learningRate, weightDecay).sub(move), state: [first, second]};
    },
  };
}

/** Shrink weights by the factor $1 - \eta \lambda$. */
export function decay(weights: tf.Tensor1D, learningRate: tf.Scalar, weightDecay: number): tf.Tensor1D {
  return weightDecay === 0 ? weights : weights.mul(tf.sub(1, learningRate.mul(weightDecay)));
}
