/** The present state of a convecting layer, as the diagnostics and the output read it. */
import type {Geometry} from "./operators";
import type {Modes} from "./parity";
import type {ModeTransform} from "./transforms";

export interface ConvectionFlow {
  readonly time: number;
  readonly steps: number;
  /** Whether the flow began at rest. */
  readonly resting: boolean;
  /** Points along $x$ and degree along $z$, and the length of the period along $x$. */
  readonly options: {readonly grid: readonly [number, number]; readonly length: number};
  readonly kappa: number;
  readonly nu: number;
  readonly geometry: Geometry;
  readonly transform: ModeTransform;
  /** $\theta$, $\omega$, $u$ and $w$. */
  readonly theta: Modes;
  readonly omega: Modes;
  readonly u: Modes;
  readonly w: Modes;
  /** Compute the forces on the fluid: $w \omega$ along $x$ and $\theta - u \omega$ upwards. Valid until the next call. */
  forces(): {readonly along: Modes; readonly upward: Modes};
}
