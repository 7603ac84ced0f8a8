/** Exact results for gas in a tube, and short runs that measure them. */
import {EulerSolver} from "./solver";
import type {ReferenceCurve, ReferenceRow} from "../reference";
import {riemann, starState, type GasState} from "./riemann";

/** Sod's tube: dense gas on the left, thin gas on the right. */
const LEFT: GasState = {density: 1, velocity: 0, pressure: 1};
const RIGHT: GasState = {density: 0.125, velocity: 0, pressure: 0.1};
const TIME = 0.2;

export interface TubeProfile {
  readonly x: number[];
  readonly density: number[];
  readonly velocity: number[];
  readonly pressure: number[];
}

/** Simulate Sod's tube, and return the profile of the gas at time 0.2. */
export function sodTube(cells = 200, gamma = 1.4): TubeProfile {
  const tube = new EulerSolver({cells: [cells, 4], size: [1, 4 / cells], gamma, boundary: "open"});
  tube.set((x) => {
    const {density, velocity, pressure} = x < 0.5 ? LEFT : RIGHT;
    return [density, velocity, 0, pressure];
  });
  tube.run(TIME);
  const states = Array.from({length: cells}, (_, i) => tube.cell(i, 0));
  return {
    x: states.map((_, i) => (i + 0.5) / cells),
    density: states.map(([density]) => density),
    velocity: states.map(([, velocity]) => velocity),
    pressure: states.map((state) => state[3]),
  };
}

export function exactSodDensity(x: number, gamma = 1.4): number {
  return riemann(LEFT, RIGHT, gamma)((x - 0.5) / TIME).density;
}

const at = (values: number[], x: number): number => values[Math.floor(x * values.length)];

/** List the states between the waves in Sod's tube for three gases. */
export function eulerReferences(): ReferenceRow[] {
  return [1.4, 1.13, 1.76].flatMap((gamma) => {
    const star = starState(LEFT, RIGHT, gamma);
    const contact = 0.5 + TIME * star.velocity;
    const inside = contact - 0.05; // between the waves, on both sides of the contact
    const outside = contact + 0.08;
    const row = (quantity: string, reference: number, measure: (tube: TubeProfile) => number): ReferenceRow => ({
      quantity: `Sod's tube, γ ${gamma}: ${quantity}`,
      reference,
      tolerance: 0.01,
      source: "exact solution of the Riemann problem",
      measure: () => measure(sodTube(400, gamma)),
    });
    return [
      row("pressure between the waves", star.pressure, ({pressure}) => at(pressure, inside)),
      row("velocity between the waves", star.velocity, ({velocity}) => at(velocity, outside)),
      row("density left of the contact", star.densityLeft, ({density}) => at(density, inside)),
      row("density right of the contact", star.densityRight, ({density}) => at(density, outside)),
    ];
  });
}

/** Compare the density in Sod's tube with the exact one. */
export function eulerCurve(): ReferenceCurve {
  const {x, density} = sodTube();
  const error = x.reduce((sum, at, i) => sum + Math.abs(density[i] - exactSodDensity(at)), 0) / x.length;
  const places = Array.from({length: 800}, (_, i) => 0.001 + (0.998 * i) / 799);
  return {
    title: `Sod's tube at t = 0.2: mean error of the density ${error.toFixed(4)}`,
    axes: ["x", "Density"],
    exact: {x: places, y: places.map((at) => exactSodDensity(at))},
    ours: {x, y: density},
  };
}
