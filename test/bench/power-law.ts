/** How a cost grows with a size. */

export interface PowerLaw {
  readonly exponent: number;
  /** Largest factor by which a point is off, e.g. 1.05. */
  readonly off: number;
}

/** Fit a power law $y = a x^p$: least squares of a straight line through $(\log x, \log y)$. */
export function fitPowerLaw(x: readonly number[], y: readonly number[]): PowerLaw {
  const [u, v] = [x, y].map((values) => values.map(Math.log));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const mu = mean(u);
  const mv = mean(v);
  const moment = (values: number[], around: number) =>
    u.reduce((sum, each, i) => sum + (each - mu) * (values[i] - around), 0);
  const exponent = moment(v, mv) / moment(u, mu);
  const off = Math.exp(Math.max(...v.map((each, i) => Math.abs(each - mv - exponent * (u[i] - mu)))));
  return {exponent, off};
}
