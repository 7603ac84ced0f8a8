/**
 * Sub-steps of cooling and heating: compiled by set-up, many cells side by side, and in JavaScript, which are the reference of
 * the compiled ones and what runs without them.
 */
import {CompiledModule} from "@lola-ts/core";

// Bound once: where modules run in a context of their own (as in tests), looking up a global is slow.
const {abs, exp, max, min, sqrt} = Math;

/** Fraction of a sub-step in each of its two implicit parts. */
const ALPHA = 1 - Math.SQRT1_2;

/** Temperature in K below which the first term of the cooling rate is less than the rounding of the second. */
const WARM = 1500;

/** The function that packages/simulators/native/cooling.cc exports. */
export interface CoolingLoops {
  /**
   * Evolve the temperatures of the first `count` cells in place over a time by
   * $\dot T = \mathrm{gain} - n \, \mathrm{loss} \, \Lambda(T) / \Gamma$ for $n$ atoms per cm^3, in K/s.
   *
   * @param floor Minimum temperature in K.
   * @param change Maximum relative change of the temperature in a sub-step.
   * @returns The number of sub-steps.
   */
  readonly evolve: (
    temperatures: Float64Array,
    densities: Float64Array,
    count: number,
    seconds: number,
    gain: number,
    loss: number,
    floor: number,
    change: number,
  ) => number;
}

/** Compute $\Lambda(T) / \Gamma$ in cm^3. */
export function ratio(t: number): number {
  const cold = 0.014 * sqrt(t) * exp(-92 / t);
  return t <= WARM ? cold : cold + 1e7 * exp(-118400 / (t + 1000));
}

/**
 * Sub-steps change a temperature by a small part of itself. Each is two implicit ones of $\alpha h$, the second from a
 * point that makes both together second-order, $\alpha = 1 - 1 / \sqrt{2}$: with
 * $T_1 = T + \alpha h \dot T(T_1)$, $T_2 = T + (1 - \alpha) h \dot T(T_1) + \alpha h \dot T(T_2)$. Like backward Euler,
 * which is of first order, this settles at the equilibrium however short the time to get there.
 */
const evolve: CoolingLoops["evolve"] = (temperatures, densities, count, seconds, gain, lossOfOne, floor, change) => {
  let substeps = 0;
  for (let c = 0; c < count; c++) {
    const loss = lossOfOne * densities[c];
    let t = max(temperatures[c], floor);
    for (let left = seconds; left > 0; substeps++) {
      const rate = gain - loss * ratio(t);
      const h = min(left, (change * t) / abs(rate));
      const step = ALPHA * h;
      let base = t;
      let next = t + step * rate;
      for (let stage = 0; stage < 2; stage++) {
        // Newton's method for next = base + step * (gain - loss * ratio(next)), with the ratio and its derivative at once
        for (let iteration = 0, error = 1; iteration < 6 && error > 1e-4; iteration++) {
          const inverse = 1 / next;
          let value = 0.014 * sqrt(next) * exp(-92 * inverse);
          let derivative = value * inverse * (0.5 + 92 * inverse);
          if (next > WARM) {
            const shifted = 1 / (next + 1000);
            const hot = 1e7 * exp(-118400 * shifted);
            value += hot;
            derivative += hot * 118400 * shifted * shifted;
          }
          const change = (next - base - step * (gain - loss * value)) / (1 + step * loss * derivative);
          next = max(next - change, 0.5 * next);
          error = abs(change) * inverse; // the next error is about its square
        }
        if (stage === 0) {
          base = t + (1 / ALPHA - 1) * (next - t);
          next = max(t + (next - t) / ALPHA, 0.5 * t);
        }
      }
      t = max(next, floor);
      left -= h;
    }
    temperatures[c] = t;
  }
  return substeps;
};

/** More cells than the module takes side by side, from the minimum temperature to hot gas. */
function trial({evolve}: CoolingLoops): number[] {
  const count = 300;
  const densities = Float64Array.from({length: count}, (_, c) => 10 ** (3 * Math.sin(c * c)));
  return [0, 1e9, 1e12].flatMap((seconds) => {
    const temperatures = Float64Array.from({length: count}, (_, c) => 4 * 10 ** ((4 * c) / count));
    return [evolve(temperatures, densities, count, seconds, 2e-12, 2e-11, 5, 0.1), ...temperatures];
  });
}

export const scriptLoops: CoolingLoops = {evolve};
export const coolingModule = new CompiledModule("cooling", scriptLoops, trial);
