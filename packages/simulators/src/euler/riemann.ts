/**
 * Exact solution of the one-dimensional Riemann problem of an ideal gas, with which the solver is compared.
 *
 * Two constant states meet at $x = 0$. For $t > 0$ the solution depends on $x / t$ only: a wave (shock or rarefaction) to
 * each side, and between them a region of one pressure $p_*$ and one velocity $u_*$, split by a contact. The velocity
 * behind a wave that takes the pressure from $p_K$ to $p$ differs from $u_K$ by $f_K(p)$, so $p_*$ is the root of
 *
 * $$ f_L(p) + f_R(p) + u_R - u_L = 0. $$
 *
 * @see Toro, "Riemann Solvers and Numerical Methods for Fluid Dynamics", 3rd ed., chapter 4
 */

import {checkOptions, number} from "@lola-ts/core";

export interface GasState {
  readonly density: number;
  readonly velocity: number;
  readonly pressure: number;
}

/** States between the two outer waves, which share pressure and velocity. */
export interface StarState {
  readonly pressure: number;
  readonly velocity: number;
  readonly densityLeft: number;
  readonly densityRight: number;
}

const sound = ({density, pressure}: GasState, gamma: number): number => Math.sqrt((gamma * pressure) / density);

/** Compute $f_K(p)$ and its derivative: Hugoniot curve where $p > p_K$, isentrope elsewhere. */
function curve(p: number, state: GasState, gamma: number): [number, number] {
  const {density, pressure} = state;
  if (p > pressure) {
    const a = 2 / ((gamma + 1) * density);
    const b = ((gamma - 1) / (gamma + 1)) * pressure;
    const root = Math.sqrt(a / (p + b));
    return [(p - pressure) * root, root * (1 - (p - pressure) / (2 * (p + b)))];
  }
  const c = sound(state, gamma);
  const ratio = p / pressure;
  const power = ratio ** ((gamma - 1) / (2 * gamma));
  return [((2 * c) / (gamma - 1)) * (power - 1), power / ratio / (density * c)];
}

/** Compute the density behind the wave that takes a state to pressure `p`. */
function behind(p: number, {density, pressure}: GasState, gamma: number): number {
  const ratio = p / pressure;
  const k = (gamma - 1) / (gamma + 1);
  return ratio > 1 ? (density * (ratio + k)) / (k * ratio + 1) : density * ratio ** (1 / gamma);
}

function check(name: string, state: GasState): void {
  if (!(state.density > 0 && state.pressure > 0 && Number.isFinite(state.velocity))) {
    throw new RangeError(
      `starState: expected positive density and pressure and a finite velocity on the ${name}, ` +
        `found ${state.density}, ${state.pressure} and ${state.velocity}.`,
    );
  }
}

/**
 * Solve for the states between the waves, to rounding.
 *
 * @throws RangeError if density or pressure is not positive, or if the states move apart so fast that a vacuum opens.
 */
export function starState(left: GasState, right: GasState, gamma: number): StarState {
  checkOptions("starState", number({above: 1}), gamma, "gamma");
  check("left", left);
  check("right", right);
  const jump = right.velocity - left.velocity;
  const reach = (2 * (sound(left, gamma) + sound(right, gamma))) / (gamma - 1);
  if (jump >= reach) {
    throw new RangeError(`starState: expected a velocity jump below ${reach}, where a vacuum opens, found ${jump}.`);
  }

  // The sum is increasing and concave. With two rarefactions its root is known; otherwise it lies above the lower
  // pressure, and Newton's method approaches it from below without ever stepping over.
  const lowest = Math.min(left.pressure, right.pressure);
  const excess = (p: number): number => curve(p, left, gamma)[0] + curve(p, right, gamma)[0] + jump;
  let p = lowest;
  if (excess(lowest) >= 0) {
    const z = (gamma - 1) / (2 * gamma);
    const scale = sound(left, gamma) / left.pressure ** z + sound(right, gamma) / right.pressure ** z;
    p = (((reach - jump) * (gamma - 1)) / 2 / scale) ** (1 / z);
  } else {
    for (let iteration = 0; iteration < 100; iteration++) {
      const [f, df] = curve(p, left, gamma);
      const [g, dg] = curve(p, right, gamma);
      const change = (f + g + jump) / (df + dg);
      p -= change;
      if (Math.abs(change) <= 1e-15 * p) break;
    }
  }

  const velocity = (left.velocity + right.velocity + curve(p, right, gamma)[0] - curve(p, left, gamma)[0]) / 2;
  return {
    pressure: p,
    velocity,
    densityLeft: behind(p, left, gamma),
    densityRight: behind(p, right, gamma),
  };
}

/** Evaluate the solution at speed `xi` left of the contact (the right side is its mirror image). */
function sample(xi: number, state: GasState, star: GasState, gamma: number): GasState {
  const c = sound(state, gamma);
  if (star.pressure > state.pressure) {
    const ratio = star.pressure / state.pressure;
    const shock = state.velocity - c * Math.sqrt(((gamma + 1) * ratio + gamma - 1) / (2 * gamma));
    return xi < shock ? state : star;
  }
  if (xi <= state.velocity - c) return state;
  if (xi >= star.velocity - sound(star, gamma)) return star;
  const inside = (2 * c + (gamma - 1) * (state.velocity - xi)) / (gamma + 1); // sound speed inside of the fan
  return {
    density: state.density * (inside / c) ** (2 / (gamma - 1)),
    velocity: xi + inside,
    pressure: state.pressure * (inside / c) ** ((2 * gamma) / (gamma - 1)),
  };
}

/** Make the exact solution as a function of $\xi = x / t$. @throws RangeError as {@link starState}. */
export function riemann(left: GasState, right: GasState, gamma: number): (xi: number) => GasState {
  const {pressure, velocity, densityLeft, densityRight} = starState(left, right, gamma);
  const mirror = (state: GasState): GasState => ({...state, velocity: -state.velocity});
  return (xi) =>
    xi < velocity
      ? sample(xi, left, {density: densityLeft, velocity, pressure}, gamma)
      : mirror(sample(-xi, mirror(right), {density: densityRight, velocity: -velocity, pressure}, gamma));
}
