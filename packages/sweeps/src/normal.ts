/** The normal distribution. */

/** Terms of the series, and where the continued fraction takes over. */
const TERMS = 60;
const FAR = 3;

/**
 * Compute $\Phi(x) = P(Z \le x)$ of a standard normal variable, to about 15 digits: near 0 by the series of
 * $\Phi(x) - \tfrac12 = \varphi(x) (x + x^3/3 + x^5/15 + \dots)$, in the tails by the continued fraction of Mills' ratio
 * (Abramowitz and Stegun, 26.2.11 and 26.2.14).
 */
export function cumulative(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < FAR) {
    let term = x;
    let sum = x;
    for (let k = 1; k < TERMS; k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = 0;
  for (let k = TERMS; k > 0; k--) fraction = k / (Math.abs(x) + fraction);
  const tail = density / (Math.abs(x) + fraction);
  return x < 0 ? tail : 1 - tail;
}
