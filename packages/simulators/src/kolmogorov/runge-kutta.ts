/**
 * The stages of the classical Runge-Kutta scheme for $\partial_t \omega = N(\omega) - \lambda \omega$ with an integrating
 * factor: with $e = e^{-\lambda h / 2}$ for each mode,
 *
 * $$ k_1 = N(\omega), \quad k_2 = N(e (\omega + \tfrac{h}{2} k_1)), \quad k_3 = N(e \omega + \tfrac{h}{2} k_2), \quad
 *    k_4 = N(e^2 \omega + h e k_3), $$
 *
 * $$ \omega \leftarrow e^2 \omega + \tfrac{h}{6} (e^2 k_1 + 2 e (k_2 + k_3) + k_4). $$
 */
import type {Coefficients} from "./modes";

export interface RungeKuttaStep {
  /** $\omega$ at the beginning, and after the last stage at the end. */
  readonly state: Coefficients;
  /** $N$ of the state or of the last stage. */
  readonly tendency: Coefficients;
  /** $e$ of each mode. */
  readonly decay: Float64Array;
  /** Where $N$ is evaluated next. */
  readonly stage: Coefficients;
  /** The sum of the next state. */
  readonly next: Coefficients;
}

/** Take $k_1$ and prepare the evaluation of $k_2$. */
export function firstStage({state, tendency, decay, stage, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const s = stage[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) {
      const e = decay[m];
      s[m] = e * (w[m] + (h / 2) * k[m]);
      sum[m] = e * e * (w[m] + (h / 6) * k[m]);
    }
  }
}

/** Take $k_2$ and prepare the evaluation of $k_3$. */
export function secondStage({state, tendency, decay, stage, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const s = stage[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) {
      const e = decay[m];
      s[m] = e * w[m] + (h / 2) * k[m];
      sum[m] += (h / 3) * e * k[m];
    }
  }
}

/** Take $k_3$ and prepare the evaluation of $k_4$. */
export function thirdStage({state, tendency, decay, stage, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const s = stage[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) {
      const e = decay[m];
      s[m] = e * (e * w[m] + h * k[m]);
      sum[m] += (h / 3) * e * k[m];
    }
  }
}

/** Take $k_4$; the state is then that at the end of the step. */
export function lastStage({state, tendency, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) w[m] = sum[m] + (h / 6) * k[m];
  }
}
