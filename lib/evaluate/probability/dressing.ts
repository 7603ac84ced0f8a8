/**
 * A dressed forecast: one answer and a distribution of its errors around it, learned from other forecasts of the same kind. It is
 * the cheapest rival of a model that samples, because nothing is trained (Roulston & Smith, 2003).
 */

/**
 * Compute the continuous ranked probability score of a Gaussian of deviation σ for a truth at a distance e from its mean,
 *
 * $$ \sigma \Big( z (2 \Phi(z) - 1) + 2 \varphi(z) - \tfrac{1}{\sqrt \pi} \Big), \quad z = e / \sigma. $$
 *
 * Gneiting & Raftery (2007), section 4.2. Of σ = 0 it is |e|.
 *
 * @throws RangeError if the deviation is below 0.
 */
export function gaussianCrps(error: number, deviation: number): number {
  if (deviation < 0) throw new RangeError(`gaussianCrps: expected a deviation of 0 or more, found ${deviation}.`);
  if (deviation === 0) return Math.abs(error);
  const z = Math.abs(error) / deviation;
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return deviation * (z * errorFunction(z / Math.SQRT2) + 2 * density - 1 / Math.sqrt(Math.PI));
}

/** Compute erf(x) of x ≥ 0 to 1.5e-7. Abramowitz & Stegun (1964), 7.1.26. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - series * Math.exp(-x * x);
}

/** Errors of one forecast of a field, with the deviation that a Gaussian around it is measured in, and the score's own unit. */
export interface DressedErrors {
  readonly errors: ArrayLike<number>;
  /** Deviation of the forecast over its points. */
  readonly deviation: number;
  /** Divisor of the score: the truth's deviation. Default: 1. */
  readonly scale?: number;
}

/** Limits of the factor, and how closely it is found. */
const [LEAST, MOST, PRECISION] = [1e-3, 1e2, 1e-3];

/**
 * Find the factor γ by which deviations must be multiplied so that Gaussians around the forecasts have the least mean
 * {@link gaussianCrps}, by golden-section search over ln γ. All forecasts count alike.
 *
 * @throws RangeError if there are no errors.
 */
export function dressingFactor(forecasts: readonly DressedErrors[]): number {
  if (forecasts.length === 0) throw new RangeError("dressingFactor: expected errors of forecasts, found none.");
  const score = (logarithm: number) => {
    const factor = Math.exp(logarithm);
    return forecasts.reduce((total, {errors, deviation, scale = 1}) => {
      let sum = 0;
      for (let i = 0; i < errors.length; i++) sum += gaussianCrps(errors[i], factor * deviation);
      return total + sum / errors.length / scale;
    }, 0);
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(LEAST), Math.log(MOST)];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atLeft, atRight] = [score(left), score(right)];
  while (high - low > PRECISION) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - ratio * (high - low);
      atLeft = score(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + ratio * (high - low);
      atRight = score(right);
    }
  }
  return Math.exp((low + high) / 2);
}
