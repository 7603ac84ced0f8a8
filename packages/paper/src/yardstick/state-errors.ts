/** Errors of states: of values, of the spectrum, and of one number that the equations conserve or transport. */
import {sizeOf, type TableRow} from "@lola-ts/core";
import {displayedView} from "@lola-ts/figures";
import type {Dataset} from "@lola-ts/laboratory/stages";
import {unstandardize} from "lola/data";
import {bandErrors, central, powerSpectrum, rings, summary} from "lola/evaluate";

/** A number of a state in physical units, by its fields and parameters. */
interface Quantity {
  readonly name: string;
  readonly of: (field: (channel: string) => Float64Array, scalars: Readonly<Record<string, number>>) => number;
}

const average = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);

/**
 * Choose the number by the fields that a system has: the enstrophy $\frac{1}{2} \langle \omega^2 \rangle$ of a vorticity, the
 * Nusselt number $1 + \sqrt{\operatorname{Ra} \operatorname{Pr}} \langle w b \rangle$ of a buoyancy, the mass of a density.
 *
 * @param grid numbers of points per axis; those along the height of convection are Chebyshev-Gauss nodes.
 */
export function quantityOf(channels: readonly string[], grid: readonly number[]): Quantity {
  if (channels.includes("vorticity")) {
    return {name: "enstrophy", of: (field) => average(field("vorticity").map((value) => value ** 2 / 2))};
  }
  if (!channels.includes("buoyancy")) return {name: "mass", of: (field) => average(field("density"))};
  const up = grid[1];
  const weights = fejer(up);
  return {
    name: "Nusselt number",
    of: (field, {Rayleigh, Prandtl}) => {
      const w = field("velocity_y");
      const heat = field("buoyancy").map((b, i) => b * w[i] * weights[i % up] * up);
      return 1 + Math.sqrt(Rayleigh * Prandtl) * average(heat);
    },
  };
}

/** Compute the weights of Fejér's rule on n Chebyshev-Gauss nodes; they sum to 1. */
export function fejer(n: number): Float64Array {
  return Float64Array.from({length: n}, (_, j) => {
    let sum = 1;
    for (let k = 1; k <= n / 2; k++) sum -= (2 * Math.cos((k * Math.PI * (2 * j + 1)) / n)) / (4 * k * k - 1);
    return sum / n;
  });
}

/**
 * Make the functions that compare standardised states with the true ones: `rmse` with its standard error over trajectories, and
 * `physics`, medians of the spectrum's error by band and the mean error of the system's number over its mean modulus.
 *
 * @param truth standardised test states, one after the other.
 * @param trajectories the trajectory of each.
 */
export function stateErrors(dataset: Dataset, truth: Float32Array, trajectories: readonly number[]) {
  const {system, standardization, wells} = dataset;
  const {channels} = system;
  const grid = dataset.shape("test").slice(2, -1);
  const size = sizeOf(grid) * channels.length;
  const quantity = quantityOf(channels, grid);
  const shown = displayedView(system).channel;
  const {k} = rings(grid);
  const facts = (states: ArrayLike<number>, n: number) => {
    const state = unstandardize(
      Float32Array.from({length: size}, (_, i) => states[n * size + i]),
      standardization,
    );
    const field = (channel: number) =>
      Float64Array.from({length: size / channels.length}, (_, i) => state[i * channels.length + channel]);
    const {scalars} = wells.test.trajectories[trajectories[n]];
    return {
      power: powerSpectrum([field(shown)], grid),
      number: quantity.of((name) => field(channels.indexOf(name)), scalars),
    };
  };
  const truths = trajectories.map((_, n) => facts(truth, n));
  const rmse = (states: ArrayLike<number>) => {
    const squares = new Float64Array(trajectories.length);
    truth.forEach((value, i) => (squares[Math.floor(i / size)] += (value - states[i]) ** 2 / size));
    const roots = [...new Set(trajectories)].map((one) =>
      Math.sqrt(average(squares.filter((_, n) => trajectories[n] === one))),
    );
    return summary(roots);
  };
  const physics = (states: ArrayLike<number>): TableRow => {
    const found = truths.map((_, n) => facts(states, n));
    const bands = found.map(({power}, n) => bandErrors(truths[n].power, power, k));
    const middle = (band: "low" | "mid" | "high") => central(bands.map((one) => one[band]), "median"); // prettier-ignore
    const wrong = found.reduce((sum, {number}, n) => sum + Math.abs(number - truths[n].number), 0);
    const whole = truths.reduce((sum, {number}) => sum + Math.abs(number), 0);
    return {low: middle("low"), mid: middle("mid"), high: middle("high"), [quantity.name]: wrong / whole};
  };
  return {rmse, physics};
}
