/** How far a state lies from the training data, as an autoencoder sees it. */
import {rmse} from "lola/evaluate";
import {tf} from "@lola-ts/engine";
import type {Calibration} from "./facts";
import type {Lesson} from "./lesson";

export interface Reading {
  /** Mahalanobis distance of the latent's columns from the data's, root mean square over columns and channels. */
  readonly distance: number;
  /** RMSE of the decoded state, in standardised units: what the latent does not hold. */
  readonly loss: number;
}

/** Read standardised states [n, X, Y, C]. */
export async function measure(
  lesson: Lesson,
  latentChannels: number,
  states: Float32Array,
  {mean, precision}: Pick<Calibration, "mean" | "precision">,
): Promise<Reading[]> {
  const {values, shape} = await lesson.encode(latentChannels, states);
  const count = shape[0];
  const size = states.length / count;
  const squares = tf.tidy(() => {
    const z = tf.tensor(values, shape);
    const centred = z.reshape<tf.Tensor2D>([-1, latentChannels]).sub<tf.Tensor2D>(tf.tensor1d([...mean]));
    const turned = tf.matMul(centred, tf.tensor2d([...precision], [latentChannels, latentChannels]));
    return turned.mul(centred).reshape([count, -1]).mean(1).dataSync<"float32">().slice();
  });
  const decoded = await lesson.decode(latentChannels, tf.tensor(values, shape));
  return Array.from(squares, (square, i) => {
    const [from, to] = [i * size, (i + 1) * size];
    return {distance: Math.sqrt(square), loss: rmse(states.subarray(from, to), decoded.subarray(from, to))};
  });
}

/**
 * Place a reading on the scale of validation states: 1 at the farthest of them, more outside. A latent that is too near to the mean
 * is outside, too; a state of which little is lost is not.
 */
export function placeOf({distance, loss}: Reading, {distance: [low, , high], loss: [, , most]}: Calibration): number {
  return Math.max(distance / high, low / distance, loss / most);
}
