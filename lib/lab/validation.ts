/**
 * Is the simulator right? Numbers that are known for each system's equations, the same measured with our simulator, and
 * one picture of them.
 */
import type {TableRow} from "../core/table";
import type {SystemName} from "../systems/registry";
import type {Figure} from "../figures/style";
import {validationFigure} from "../figures/reference-curve";
import {eulerReference, exactSodDensity, sodTube} from "../systems/euler/reference";
import {collapse, collapseRadius, gravityCoolingReference} from "../systems/gravity-cooling/reference";
import {growthRate, RAYLEIGH_BENARD_REFERENCES} from "../systems/rayleigh-benard/reference";

/** A known number, ours, and whether they agree. */
interface Comparison {
  readonly quantity: string;
  readonly reference: number;
  readonly ours: number;
  /** Largest difference that is not an error. */
  readonly accepted: number;
  readonly source: string;
}

/** A simulator beside what is known. */
export interface Validation {
  /** Reference, ours and source by quantity. */
  readonly rows: TableRow[];
  /** What disagrees, in words; empty if all is well. */
  readonly failures: string[];
  readonly figure: Figure;
}

const points = (count: number, from: number, to: number) =>
  Array.from({length: count}, (_, i) => from + ((to - from) * i) / (count - 1));

function sodFigure(): Figure {
  const {x, density} = sodTube();
  const error = x.reduce((sum, at, i) => sum + Math.abs(density[i] - exactSodDensity(at)), 0) / x.length;
  return validationFigure({
    title: `Sod's tube at t = 0.2: mean error of the density ${error.toFixed(4)}`,
    axes: ["x", "Density"],
    exact: {x: points(800, 0.001, 0.999), y: points(800, 0.001, 0.999).map((at) => exactSodDensity(at))},
    ours: {x, y: density},
  });
}

/** Growth rates of the mode of wavenumber π at Pr 1, from an eigenvalue solver. */
const RATES: readonly (readonly [rayleigh: number, rate: number])[] = [
  [1500, -0.042267],
  [1700, -0.001472],
  [1720, 0.002226],
  [2000, 0.048227],
  [3000, 0.157557],
  [5000, 0.269629],
  [1e4, 0.385335],
];

function onsetFigure(): Figure {
  const rayleigh = RATES.map(([value]) => value);
  return validationFigure({
    title: "Onset of convection: a small wave decays below the critical Rayleigh number, and grows above",
    axes: ["Ra", "Growth rate"],
    names: ["linear stability", "simulation"],
    exact: {x: rayleigh, y: RATES.map(([, rate]) => rate)},
    ours: {
      x: rayleigh,
      y: rayleigh.map((value) => growthRate({rayleigh: value, prandtl: 1, wavenumber: Math.PI})),
    },
    logarithmic: {x: true},
  });
}

function collapseFigure(): Figure {
  const [taus, curve] = [points(10, 0, 0.9), points(100, 0, 0.93)];
  return validationFigure({
    title: "A sphere that falls without pressure: density at its centre",
    axes: ["Time, in units of free fall", "Density, relative to the initial one"],
    exact: {x: curve, y: curve.map((tau) => collapseRadius(tau) ** -3)},
    ours: {x: taus, y: collapse(taus).map(({density}) => density)},
    logarithmic: {y: true},
  });
}

function comparisons(system: SystemName): Comparison[] {
  switch (system) {
    case "euler":
      return eulerReference().map(({measure, tolerance, ...row}) => ({
        ...row,
        ...{ours: measure(), accepted: tolerance * Math.abs(row.reference)},
      }));
    case "rayleigh-benard":
      return RAYLEIGH_BENARD_REFERENCES.map(({measure, tolerance, ...row}) => ({
        ...row,
        ...{ours: measure(), accepted: tolerance},
      }));
    case "gravity-cooling":
      return gravityCoolingReference().map(({compute, tolerance, ...row}) => ({
        ...row,
        ...{ours: compute(), accepted: tolerance * Math.abs(row.reference)},
      }));
  }
}

const FIGURES: Readonly<Record<SystemName, () => Figure>> = {
  euler: sodFigure,
  "rayleigh-benard": onsetFigure,
  "gravity-cooling": collapseFigure,
};

/** Compare a system's simulator with what is known; takes a few seconds. */
export function validation(system: SystemName): Validation {
  const all = comparisons(system);
  return {
    rows: all.map(({quantity, reference, ours, source}) => ({
      ...{quantity, reference, ours},
      "difference, %": 100 * Math.abs(ours / reference - 1),
      source,
    })),
    failures: all
      .filter(({reference, ours, accepted}) => !(Math.abs(ours - reference) <= accepted))
      .map(({quantity, reference, ours}) => `${quantity}: expected ${reference}, found ${ours}`),
    figure: FIGURES[system](),
  };
}
