/**
 * Random initial vorticity: waves with independent normal amplitudes and the energy spectrum
 *
 * $$ E(k) \propto k^4 e^{-2 (k / k_0)^2}, \qquad k_0 = 4, $$
 *
 * whose largest value is at $k_0$ (a form used for decaying turbulence since McWilliams, J. Fluid Mech. 146 (1984) 21).
 */
import type {Rng} from "@lola-ts/core";
import {energyOf, type VorticityField} from "./diagnostics";
import {modesOf, zeros} from "./modes";

const PEAK = 4;

/** Waves along each axis; beyond them the spectrum is below a thousandth of its largest value. */
const LIMIT = 10;

/** Mean of $|u|^2$. */
const MEAN_SQUARE_VELOCITY = 1;

/** Draw a vorticity field, the same at any resolution; its mean of $|u|^2$ is 1. */
export function drawVorticity(rng: Rng): VorticityField {
  const modes = modesOf([LIMIT, LIMIT]);
  const vorticity = zeros(modes);
  modes.square.forEach((square, m) => {
    // a ring's 2 pi k modes share E(k) = |omega_k|^2 / k^2
    const amplitude = square ** 1.25 * Math.exp(-square / PEAK ** 2);
    vorticity.re[m] = amplitude * rng.normal();
    vorticity.im[m] = amplitude * rng.normal();
  });
  const scale = Math.sqrt(MEAN_SQUARE_VELOCITY / (2 * energyOf({modes, vorticity})));
  for (const part of [vorticity.re, vorticity.im]) part.forEach((value, m) => (part[m] = scale * value));
  return {modes, vorticity};
}
